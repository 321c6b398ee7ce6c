"""From the bytes of an upload to plain UTF-8 lines that end in a newline, within a size that the caller sets."""

from __future__ import annotations

import zlib
from pathlib import Path

from grader.predictions.errors import InvalidPredictions, refusal

MAX_BYTES = 64 * 2**20
MAX_GZIP_MEMBERS = 16
GZIP_CHUNK = 2**16


def read_bytes(path: Path, *, allow_gzip: bool, max_bytes: int) -> bytes:
    """The file's content, unpacked where `allow_gzip`. Raises `InvalidPredictions` above `max_bytes` in either form."""
    if path.stat().st_size > max_bytes:
        raise _too_big(max_bytes)
    data = path.read_bytes()
    if len(data) > max_bytes:
        raise _too_big(max_bytes)
    return gunzip(data, max_bytes=max_bytes) if allow_gzip else data


def gunzip(data: bytes, *, max_bytes: int) -> bytes:
    """Unpack gzip, never holding more than `max_bytes` of the result. Raises `InvalidPredictions`."""
    parts, size = [], 0
    for _ in range(MAX_GZIP_MEMBERS):
        unpacker = zlib.decompressobj(wbits=31)
        try:
            while not unpacker.eof:
                part = unpacker.decompress(data, GZIP_CHUNK)
                if not part and not unpacker.eof:
                    raise refusal("bad_gzip")
                size += len(part)
                if size > max_bytes:
                    raise _too_big(max_bytes)
                parts.append(part)
                data = unpacker.unconsumed_tail
        except zlib.error as error:
            raise refusal("bad_gzip") from error
        data = unpacker.unused_data.lstrip(b"\0")
        if not data:
            return b"".join(parts)
    raise refusal("bad_gzip")


def clean(data: bytes) -> bytes:
    """UTF-8 without a byte order mark, every line ended. What isn't UTF-8 is read as cp1250. Raises `InvalidPredictions`."""
    if not data.strip():
        raise refusal("empty_file")
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        raise refusal("utf16")
    if b"\0" in data:
        raise refusal("binary_file")
    if data.startswith(b"\xef\xbb\xbf"):
        data = data[3:]
        if not data.strip():
            raise refusal("empty_file")
    if not data.isascii():
        try:
            data.decode()
        except UnicodeDecodeError:
            data = data.decode("cp1250", errors="replace").encode()
    if b"\n" not in data:
        data = data.replace(b"\r", b"\n")
    return data if data.endswith(b"\n") else data + b"\n"


def _too_big(max_bytes: int) -> InvalidPredictions:
    return refusal("too_big", mb=max_bytes // 2**20)
