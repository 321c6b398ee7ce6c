"""Load a bundle's files from a folder or a .zip, bounded, without following links or leaving the folder."""

from __future__ import annotations

import struct
import zipfile
import zlib
from pathlib import Path, PurePosixPath

from grader.codabench.bundle import BadBundle

MAX_FILES = 2000
MAX_BYTES = 512 * 2**20
UNREADABLE = (
    zipfile.BadZipFile,
    NotImplementedError,
    RuntimeError,
    ValueError,
    OSError,
    EOFError,
    struct.error,
    zlib.error,
)


def load_files(path: Path) -> dict[str, bytes]:
    """Each file by its path inside the bundle. Raises `BadBundle`."""
    return _of_folder(path) if path.is_dir() else _of_archive(path)


def _of_folder(folder: Path) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    total = 0
    for path in sorted(folder.rglob("*")):
        if path.is_symlink() or not path.is_file():
            continue
        total += path.stat().st_size
        _check(len(files), total)
        files[path.relative_to(folder).as_posix()] = path.read_bytes()
    return files


def _of_archive(path: Path) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    total = 0
    try:
        with zipfile.ZipFile(path) as archive:
            for info in archive.infolist():
                name = PurePosixPath(info.filename)
                is_link = (info.external_attr >> 16) & 0o170000 == 0o120000
                if info.is_dir() or is_link or name.is_absolute() or ".." in name.parts or "__MACOSX" in name.parts:
                    continue
                with archive.open(info) as member:
                    data = member.read(MAX_BYTES - total + 1)
                total += len(data)
                _check(len(files), total)
                files[str(name)] = data
    except UNREADABLE as error:
        raise BadBundle("bad_archive", f"The bundle is no readable .zip archive: {error}") from error
    return files


def _check(n_files: int, total: int) -> None:
    if n_files >= MAX_FILES or total > MAX_BYTES:
        raise BadBundle("too_big", f"The bundle holds more than {MAX_FILES} files or {MAX_BYTES // 2**20} MB.")
