"""Rows of cells out of an uploaded .xlsx or .csv file. Nothing of it is trusted: sizes are bounded, failures are values."""

from __future__ import annotations

import csv
import io
import warnings
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MAX_ROWS = 5000
MAX_COLUMNS = 50
MAX_BYTES = 20 * 2**20
MAX_UNPACKED_BYTES = 200 * 2**20
# What openpyxl raises on damaged files; SyntaxError is what the XML parser's error derives from.
DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    KeyError,
    IndexError,
    ValueError,
    TypeError,
    AttributeError,
    OSError,
    EOFError,
    SyntaxError,
    RuntimeError,
)


@dataclass
class UnreadableFile(Exception):
    """`code` is too_big, wrong_type, unreadable or no_sheet."""

    code: str
    message: str

    def __str__(self) -> str:
        return self.message


def read_csv(path: Path) -> list[list[Any]]:
    """Rows of text. UTF-8 with or without a BOM, else cp1250; the separator is a comma, semicolon or tab."""
    data = _bounded(path)
    if b"\0" in data:
        raise UnreadableFile("unreadable", "This is no text file in UTF-8; save it again as “CSV UTF-8”.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1250", errors="replace")
    start = "\n".join(text.splitlines()[:5])
    separator = max(",;\t", key=start.count)
    try:
        return [list(row) for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator)][:MAX_ROWS]
    except csv.Error as error:
        raise UnreadableFile("unreadable", f"This is no readable CSV file: {error}.") from error


def read_table(path: Path) -> list[list[Any]]:
    """Rows of a .csv or .txt, or of the first sheet of an .xlsx. Raises `UnreadableFile`, or OSError."""
    suffix = path.suffix.lower()
    if suffix == ".xlsx":
        return read_xlsx(path)
    if suffix not in {".csv", ".txt", ".tsv"}:
        raise UnreadableFile("wrong_type", "This must be a .csv or .xlsx file.")
    return read_csv(path)


def read_xlsx(path: Path, *, sheet: str | None = None, max_rows: int = MAX_ROWS) -> list[list[Any]]:
    """Rows of one sheet (None: the first), found without regard to case and spaces; cells are text, numbers, dates or None."""
    _bounded(path)
    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
        if unpacked > MAX_UNPACKED_BYTES:
            raise UnreadableFile("too_big", "This spreadsheet unpacks to more than 200 MB.")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl remarks on missing styles, which say nothing of the data
            return _rows(path, sheet, max_rows)
    except DAMAGED as error:
        message = "This file is no readable .xlsx spreadsheet; export it again."
        raise UnreadableFile("unreadable", message) from error


def _rows(path: Path, sheet: str | None, max_rows: int) -> list[list[Any]]:
    import openpyxl

    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    try:
        sheet = book.sheetnames[0] if sheet is None else sheet
        names = {name.strip().casefold(): name for name in book.sheetnames}
        if sheet.strip().casefold() not in names:
            present = ", ".join(f"“{name}”" for name in book.sheetnames[:6])
            raise UnreadableFile("no_sheet", f"The file has no sheet “{sheet}”; it has {present}.")
        page = book[names[sheet.strip().casefold()]]
        page.reset_dimensions()  # what the file itself claims of its size is sometimes wrong
        return [list(row) for row in page.iter_rows(values_only=True, max_row=max_rows, max_col=MAX_COLUMNS)]
    finally:
        book.close()


def _bounded(path: Path) -> bytes:
    with path.open("rb") as file:
        data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise UnreadableFile("too_big", "This file is larger than 20 MB.")
    return data
