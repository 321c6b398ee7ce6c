"""From the bytes of an upload to plain UTF-8 lines that end in a newline, within a size that the caller sets.

Letters are composed (NFC), so that `ș` is one text however a system writes it; every line end is a newline, in quotation
marks too. What isn't UTF-8 is read as Windows-1250 and Windows-1252: where these differ, the caller says which one fits.
"""

from __future__ import annotations

import unicodedata
import zlib
from pathlib import Path

import numpy as np

from grader.predictions.errors import SHOWN_ROWS, InvalidPredictions, refusal
from grader.predictions.kinds import refusal_of_kind, refusal_of_zeros

MAX_BYTES = 64 * 2**20
MAX_GZIP_MEMBERS = 16
GZIP_CHUNK = 2**16
BOM = b"\xef\xbb\xbf"
ENCODINGS = ("cp1250", "cp1252")
COMBINING = 0xCC  # letters below U+0300 begin with lower bytes, and are composed already


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
    """UTF-8 without a byte order mark, every line ended. Raises `InvalidPredictions`, also where letters are unsure."""
    readings = readings_of(data)
    if len(readings) > 1:
        raise unsure(readings)
    return readings[0]


def readings_of(data: bytes) -> list[bytes]:
    """What `clean` gives, once for each way in which the letters may be meant. Raises `InvalidPredictions`."""
    if not data or data.isspace():
        raise refusal("empty_file")
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        raise refusal("utf16")
    if error := refusal_of_kind(data):
        raise error
    if b"\0" in data:
        raise refusal_of_zeros(data)
    if data.startswith(BOM):
        data = data[len(BOM) :]
        if not data or data.isspace():
            raise refusal("empty_file")
    return [with_newlines(text) for text in _decoded(data)]


def with_newlines(data: bytes) -> bytes:
    r"""Every line end as `\n`, the last one too: `\r\n`, the `\r\r\n` of a file opened in text mode, `\r`."""
    if b"\r" in data:
        data = data.replace(b"\r\n", b"\n")
        if b"\r" in data:
            data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return data if data.endswith(b"\n") else data + b"\n"


def unsure(readings: list[bytes]) -> InvalidPredictions:
    """The refusal of letters that may be meant in two ways, with the first lines that hold such."""
    pairs = enumerate(zip(*(text.decode().split("\n") for text in readings), strict=True), start=1)
    different = [(at, texts) for at, texts in pairs if len(set(texts)) > 1]
    _, (one, other) = different[0]
    at = next(i for i, (a, b) in enumerate(zip(one, other, strict=True)) if a != b)
    lines = [at for at, _ in different[:SHOWN_ROWS]]
    return refusal("unsure_letters", lines, count=len(different), lines=lines, examples=[one[at], other[at]])


def _decoded(data: bytes) -> list[bytes]:
    if data.isascii():
        return [data]
    try:
        text = data.decode()
    except UnicodeDecodeError:
        texts = []
        for encoding in ENCODINGS:
            try:
                texts.append(data.decode(encoding))
            except UnicodeDecodeError:
                continue
        if not texts:
            raise refusal("unknown_encoding") from None
        return [text.encode() for text in dict.fromkeys(texts)]
    if int(np.frombuffer(data, np.uint8).max()) < COMBINING or unicodedata.is_normalized("NFC", text):
        return [data]
    return [unicodedata.normalize("NFC", text).encode()]


def _too_big(max_bytes: int) -> InvalidPredictions:
    return refusal("too_big", mb=max_bytes // 2**20)
