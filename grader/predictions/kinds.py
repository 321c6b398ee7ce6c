"""Tell what a file is that is no text, from its first bytes, so that a refusal can say what to do. Nothing is unpacked."""

from __future__ import annotations

from grader.predictions.errors import InvalidPredictions, refusal

SPREADSHEET, ARCHIVE, DATA_FILE = "is_spreadsheet", "is_archive", "is_data_file"
DOCUMENT, PICTURE, WEB_PAGE, JSON_FILE = "is_document", "is_picture", "is_web_page", "is_json"
# the beginning of a file, the code of its refusal, and its name
BEGINNINGS: tuple[tuple[bytes, str, str], ...] = (
    (b"\x1f\x8b", ARCHIVE, "gzip"),
    (b"BZh", ARCHIVE, "bzip2"),
    (b"\xfd7zXZ\0", ARCHIVE, "xz"),
    (b"\x28\xb5\x2f\xfd", ARCHIVE, "zstd"),
    (b"7z\xbc\xaf\x27\x1c", ARCHIVE, "7z"),
    (b"Rar!\x1a\x07", ARCHIVE, "rar"),
    (b"PAR1", DATA_FILE, "Parquet"),
    (b"ARROW1", DATA_FILE, "Arrow"),
    (b"FEA1", DATA_FILE, "Feather"),
    (b"\x93NUMPY", DATA_FILE, ".npy"),
    (b"\x89HDF\r\n", DATA_FILE, "HDF5"),
    (b"SQLite format 3\0", DATA_FILE, "SQLite"),
    (b"%PDF", DOCUMENT, ".pdf"),
    (b"{\\rtf", DOCUMENT, ".rtf"),
    (b"\x89PNG", PICTURE, ".png"),
    (b"\xff\xd8\xff", PICTURE, ".jpg"),
    (b"GIF8", PICTURE, ".gif"),
)
# what the names of the files in a zip archive, or a member that is stored as it is, say of the whole
IN_ARCHIVE: tuple[tuple[bytes, str, str], ...] = (
    (b"xl/workbook", SPREADSHEET, ".xlsx"),
    (b"opendocument.spreadsheet", SPREADSHEET, ".ods"),
    (b"Index/Document.iwa", SPREADSHEET, ".numbers"),
    (b"word/document", DOCUMENT, ".docx"),
    (b"opendocument.text", DOCUMENT, ".odt"),
    (b"ppt/presentation", DOCUMENT, ".pptx"),
    (b".npy", DATA_FILE, ".npz"),
    (b"archive/data.pkl", DATA_FILE, ".pt"),
)
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
PICKLES = tuple(b"\x80" + bytes([protocol]) for protocol in range(2, 6))
LOOKED_AT = 512
N_MEMBERS_SHOWN = 2**16


def is_zip(data: bytes) -> bool:
    """Whether the bytes begin as a zip archive does, an empty one included."""
    return data[:4] in {b"PK\x03\x04", b"PK\x05\x06"}


def refusal_of_kind(data: bytes) -> InvalidPredictions | None:
    """The refusal that names what this is instead of a table in text; None where nothing speaks against text."""
    if is_zip(data):
        code, kind = _in_archive(data)
        return refusal(code, kind=kind)
    for beginning, code, kind in BEGINNINGS:
        if data.startswith(beginning) and _is_binary(data):
            return refusal(code, kind=kind)
    if data.startswith(OLE):
        is_text = "WordDocument".encode("utf-16-le") in data
        return refusal(DOCUMENT, kind=".doc") if is_text else refusal(SPREADSHEET, kind=".xls")
    if data.startswith(PICKLES) and b"\0" in data:
        return refusal(DATA_FILE, kind="pickle")
    if data[257:262] == b"ustar":
        return refusal(ARCHIVE, kind="tar")
    start = data[:LOOKED_AT].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if start.startswith((b"<!doctype html", b"<html")):
        return refusal(WEB_PAGE)
    if start.startswith(b"<?xml") and b"spreadsheet" in data[:4096]:
        return refusal(SPREADSHEET, kind="XML")
    if start.startswith((b'{"', b'[{"', b"{\n", b"{\r\n", b"[\n", b"[\r\n")):
        return refusal(JSON_FILE)
    return None


def refusal_of_zeros(data: bytes) -> InvalidPredictions:
    """Of a file with zero bytes: UTF-16 without its mark has them at every second place."""
    for first in (0, 1):
        half = data[first:LOOKED_AT:2]
        if half and half.count(0) > 0.7 * len(half):
            return refusal("utf16")
    return refusal("binary_file")


def _in_archive(data: bytes) -> tuple[str, str]:
    looked_at = data[:N_MEMBERS_SHOWN] + data[-N_MEMBERS_SHOWN:]
    return next(((code, kind) for mark, code, kind in IN_ARCHIVE if mark in looked_at), (ARCHIVE, "zip"))


def _is_binary(data: bytes) -> bool:
    """Names such as `GIF8` may begin a text as well; no picture or archive is text."""
    head = data[:LOOKED_AT]
    return not head.isascii() or any(byte < 9 for byte in head) or head.startswith((b"%PDF", b"{\\rtf"))
