"""Rows of cells out of an uploaded .xlsx or .csv file. Nothing of it is trusted: sizes are bounded, failures are values."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.containers.opening import UnreadableContainer, read_workbook
from grader.predictions.decoding import with_newlines

MAX_ROWS = 5000
MAX_COLUMNS = 50
MAX_BYTES = 20 * 2**20


@dataclass
class UnreadableFile(Exception):
    """`code` is too_big, wrong_type, unreadable or no_sheet."""

    code: str
    message: str

    def __str__(self) -> str:
        return self.message


def read_csv(path: Path) -> list[list[Any]]:
    """Rows of text. UTF-8 with or without a BOM, else cp1250; the separator is a comma, semicolon or tab."""
    data = with_newlines(_bounded(path))
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
    try:
        if path.stat().st_size > MAX_BYTES:
            raise UnreadableFile("too_big", "This file is larger than 20 MB.")
        return read_workbook(path, sheet=sheet, max_rows=max_rows, max_columns=MAX_COLUMNS)
    except UnreadableContainer as error:
        raise _unreadable(error, sheet) from error


def _unreadable(error: UnreadableContainer, sheet: str | None) -> UnreadableFile:
    if error.code == "no_sheet":
        present = ", ".join(f"“{name}”" for name in error.params["names"])
        return UnreadableFile("no_sheet", f"The file has no sheet “{sheet}”; it has {present}.")
    if error.code in {"too_big", "too_many", "too_costly"}:
        return UnreadableFile(
            "too_big", "This spreadsheet takes too much to read. Copy the cells into a new one, or save it as CSV."
        )
    if error.code == "encrypted":
        return UnreadableFile("unreadable", "This spreadsheet is locked with a password; save it without one.")
    return UnreadableFile("unreadable", "This file is no readable .xlsx spreadsheet; export it again.")


def _bounded(path: Path) -> bytes:
    with path.open("rb") as file:
        data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise UnreadableFile("too_big", "This file is larger than 20 MB.")
    return data
