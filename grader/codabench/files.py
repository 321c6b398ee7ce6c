"""Load a bundle's files from a folder or a .zip, bounded, without following links or leaving the folder."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

from grader.codabench.bundle import BadBundle
from grader.containers.opening import UnreadableContainer, read_archive

MAX_FILES = 2000
MAX_BYTES = 512 * 2**20
CPU_S = 20


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
    try:
        members = read_archive(path, most_files=MAX_FILES, file_bytes=MAX_BYTES, total_bytes=MAX_BYTES, cpu_s=CPU_S)
    except UnreadableContainer as error:
        if error.code in {"too_big", "too_many", "too_costly"}:
            raise _too_big() from error
        raise BadBundle("bad_archive", f"The bundle is no readable .zip archive: {error}") from error
    files: dict[str, bytes] = {}
    for member in members:
        name = PurePosixPath(member.name)
        if not (name.is_absolute() or ".." in name.parts):
            files[str(name)] = member.data
    return files


def _check(n_files: int, total: int) -> None:
    if n_files >= MAX_FILES or total > MAX_BYTES:
        raise _too_big()


def _too_big() -> BadBundle:
    return BadBundle("too_big", f"The bundle holds more than {MAX_FILES} files or {MAX_BYTES // 2**20} MB.")
