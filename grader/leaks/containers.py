"""Archives and compressed files, opened within bounds: members go one by one, and nothing is written to disk."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

MAX_DEPTH, MAX_MEMBERS, MAX_BYTES = 4, 1000, 512 * 2**20
BETWEEN = " › "
BROKEN = (OSError, EOFError, ValueError, RuntimeError, NotImplementedError, zlib.error, lzma.LZMAError, zipfile.BadZipFile,
          tarfile.TarError)  # fmt: skip


@dataclass
class Budget:
    """What may still be expanded; `unread` names what was left out."""

    n_bytes: int = MAX_BYTES
    n_members: int = MAX_MEMBERS
    unread: str = ""

    def take(self, stream: io.IOBase, name: str) -> bytes | None:
        """All of a stream, or None where the bounds don't allow it."""
        self.n_members -= 1
        data: bytes = stream.read(max(0, self.n_bytes) + 1) if self.n_members >= 0 else b""
        if self.n_members < 0 or len(data) > self.n_bytes:
            self.unread = self.unread or name
            return None
        self.n_bytes -= len(data)
        return data


def contents(name: str, data: bytes, budget: Budget, depth: int = 0) -> Iterator[tuple[str, bytes]]:
    """The file itself, and what is in it, and what is in that."""
    yield name, data
    if not is_packed(data):
        return
    if depth == MAX_DEPTH:
        budget.unread = budget.unread or name
        return
    try:
        for member, inner in _members(name, data, budget):
            yield from contents(f"{name}{BETWEEN}{member}", inner, budget, depth + 1)
    except BROKEN:
        budget.unread = budget.unread or name


def is_packed(data: bytes) -> bool:
    """Whether `contents` opens it."""
    return data[:2] == b"\x1f\x8b" or data[:4] in {b"PK\x03\x04", b"PK\x05\x06"} or data[:3] == b"BZh" or (
        data[:6] == b"\xfd7zXZ\x00" or data[257:262] == b"ustar"
    )  # fmt: skip


def _members(name: str, data: bytes, budget: Budget) -> Iterator[tuple[str, bytes]]:
    if data[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for info in archive.infolist():
                if not info.is_dir():
                    with archive.open(info) as stream:
                        if (inner := budget.take(stream, name)) is None:  # type: ignore[arg-type]
                            return
                    yield info.filename, inner
    elif data[257:262] == b"ustar":
        with tarfile.open(fileobj=io.BytesIO(data), mode="r:") as tar:
            for member in tar:
                if member.isfile() and (file := tar.extractfile(member)):
                    if (inner := budget.take(file, name)) is None:  # type: ignore[arg-type]
                        return
                    yield member.name, inner
    else:
        opened = {b"\x1f\x8b": gzip.open, b"BZ": bz2.open}.get(data[:2], lzma.open)
        with opened(io.BytesIO(data), "rb") as stream:  # type: ignore[operator]
            inner = budget.take(stream, name)
        if inner is not None:
            yield "…", inner
