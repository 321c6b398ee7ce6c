"""Inside the child: the regular files of a zip archive, in its order, each in pieces. Needs the standard library alone."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING, Any, BinaryIO

from grader.containers.frames import Refused

if TYPE_CHECKING:
    from grader.containers.frames import Output

PIECE = 2**16
ENCRYPTED = 0x1
LINK, KIND = 0o120000, 0o170000


def read(
    stream: BinaryIO,
    output: Output,
    *,
    most_files: int,
    file_bytes: int,
    total_bytes: int,
    suffixes: list[str] | None,
    with_hidden: bool,
) -> None:
    """Write each file's name and content. Folders and links are left out, and whatever has another suffix."""
    with zipfile.ZipFile(stream) as archive:
        chosen = [
            info
            for info in archive.infolist()
            if is_wanted(info, suffixes) and (with_hidden or not is_hidden(info.filename))
        ]
        if len(chosen) > most_files:
            raise Refused("too_many", most=most_files)
        total = 0
        for info in chosen:
            if info.flag_bits & ENCRYPTED:
                raise Refused("encrypted")
            output.json({"name": info.filename})
            size = 0
            with archive.open(info) as member:
                while piece := member.read(PIECE):
                    size += len(piece)
                    total += len(piece)
                    if size > file_bytes or total > total_bytes:
                        raise Refused("too_big", name=info.filename[:200])
                    output.frame(b"D", piece)


def is_wanted(info: Any, suffixes: list[str] | None) -> bool:
    """Whether an entry is a file, and of a wanted kind."""
    is_link = (info.external_attr >> 16) & KIND == LINK
    if not info.filename or info.is_dir() or is_link:
        return False
    return suffixes is None or info.filename.lower().endswith(tuple(suffixes))


def is_hidden(name: str) -> bool:
    """Whether a name or one of its folders begins with a point, or is what macOS adds."""
    parts = [part for part in name.split("/") if part not in {"", "."}]
    return not parts or any((part.startswith(".") and part != "..") or part == "__MACOSX" for part in parts)
