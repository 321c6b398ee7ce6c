"""Open an untrusted container in a child process that is bounded in time, memory and what it hands back."""

from __future__ import annotations

import json
import os
import struct
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import IO, Any

CHILD = Path(__file__).with_name("child.py")
CODES = frozenset({"unreadable", "encrypted", "too_big", "too_many", "too_costly", "no_sheet"})
CPU_S = 3
WALL_S = 20  # a busy machine gives a child less than a whole processor
MEMORY_BYTES = 180 * 2**20
MAX_FRAME = 2**26
MAX_WORKBOOK_BYTES = 20 * 2**20  # of the cells that are handed back
ZIP_BEGINNINGS = {b"PK\x03\x04", b"PK\x05\x06"}
HEADER = struct.Struct(">cI")


@dataclass
class UnreadableContainer(Exception):
    """Why a container was not read: one of `CODES`. `params` are `names` of sheets, or the `name` of a file in it."""

    code: str
    params: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.code


@dataclass(frozen=True, kw_only=True)
class Member:
    """A regular file in an archive, by its whole path there, which may be anything: absolute, with `..`, twice."""

    name: str
    data: bytes


def read_archive(
    source: Path | bytes,
    *,
    most_files: int,
    file_bytes: int,
    total_bytes: int,
    suffixes: tuple[str, ...] | None = None,
    with_hidden: bool = False,
    cpu_s: int = CPU_S,
) -> list[Member]:
    """The regular files of a .zip in its order, folders and links left out; with `suffixes` (lower case) only those.

    What systems add by themselves is left out (`__MACOSX`, names that begin with a point), but for `with_hidden`. Nothing
    is written to disk, no name is believed. At most `most_files` files of `file_bytes` each and `total_bytes` together are
    unpacked, in a child of `cpu_s` seconds of processor time and 180 MB. Raises `UnreadableContainer`: unreadable,
    encrypted, too_many, too_big (`params["name"]` is the file), or too_costly.
    """
    members: list[tuple[str, list[bytes]]] = []
    what: dict[str, Any] = {"most_files": most_files, "file_bytes": file_bytes, "total_bytes": total_bytes}
    what |= {"suffixes": suffixes, "with_hidden": with_hidden}
    most = total_bytes + most_files * 2**12
    for content in _frames("archive", source, what, max_bytes=most, cpu_s=cpu_s):
        if isinstance(content, bytes):
            members[-1][1].append(content)
        else:
            members.append((content["name"], []))
    return [Member(name=name, data=b"".join(pieces)) for name, pieces in members]


def read_workbook(
    source: Path | bytes, *, sheet: str | None = None, max_rows: int = 5000, max_columns: int = 50
) -> list[list[Any]]:
    """The first rows of a sheet of an .xlsx (None: the first), all equally long; cells are text, numbers, dates or None.

    Formulas give the value that was saved with them. Raises `UnreadableContainer`: unreadable, encrypted, too_big,
    too_costly, or no_sheet (`params["names"]` are those that are there).
    """
    what = {"sheet": sheet, "max_rows": max_rows, "max_columns": max_columns}
    rows = [
        [_cell(value) for value in row]
        for row in _frames("workbook", source, what, max_bytes=MAX_WORKBOOK_BYTES, cpu_s=CPU_S)
    ]
    width = max(map(len, rows), default=0)
    return [row + [None] * (width - len(row)) for row in rows]


def _cell(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    if "date" in value:
        return datetime.fromisoformat(value["date"])
    if "time" in value:
        return time.fromisoformat(value["time"])
    return timedelta(seconds=value["seconds"])


def _frames(kind: str, source: Path | bytes, what: Mapping[str, Any], *, max_bytes: int, cpu_s: int) -> Iterator[Any]:
    """What the child writes before it says that it has ended. Raises `UnreadableContainer`."""
    options = {"kind": kind, "what": what, "max_bytes": max_bytes, "cpu_s": cpu_s, "memory_bytes": MEMORY_BYTES}
    with _opened(source) as file:
        if os.pread(file.fileno(), 4, 0) not in ZIP_BEGINNINGS:
            raise UnreadableContainer("unreadable")
        process = subprocess.Popen(
            [sys.executable, "-I", "-S", "-X", "utf8", str(CHILD), json.dumps(options)],
            stdin=file,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={},
            cwd="/",
        )
        assert process.stdout is not None
        timer = threading.Timer(WALL_S, process.kill)
        timer.start()
        try:
            yield from _checked(process.stdout, max_bytes)
        finally:
            timer.cancel()
            process.kill()
            process.stdout.close()
            process.wait()


def _checked(stream: IO[bytes], max_bytes: int) -> Iterator[Any]:
    left = max_bytes + 2**16
    while True:
        header = stream.read(HEADER.size)
        if len(header) < HEADER.size:  # it was killed for time or memory before it could say anything
            raise UnreadableContainer("too_costly")
        kind, length = HEADER.unpack(header)
        left -= length
        if length > MAX_FRAME or left < 0:
            raise UnreadableContainer("too_big")
        content = stream.read(length)
        if len(content) < length:
            raise UnreadableContainer("too_costly")
        if kind == b"D":
            yield content
            continue
        value = json.loads(content)
        if isinstance(value, dict) and "end" in value:
            return
        if isinstance(value, dict) and "error" in value:
            code = value.pop("error")
            raise UnreadableContainer(code if code in CODES else "unreadable", value)
        yield value


@contextmanager
def _opened(source: Path | bytes) -> Iterator[IO[bytes]]:
    """A file that the child may read and seek in."""
    if isinstance(source, Path):
        with source.open("rb") as file:
            yield file
        return
    with tempfile.TemporaryFile() as file:
        file.write(source)
        file.flush()
        os.lseek(file.fileno(), 0, os.SEEK_SET)
        yield file
