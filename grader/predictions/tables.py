"""Split a table's bytes into cells without making an object per cell.

A table is read in blocks of about half a megabyte: positions of cells in a byte buffer, found with a few numpy passes
that stay in the processor's cache. Lines that hold quotation marks go through `csv` and come out as the same blocks.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from grader.predictions.errors import SHOWN_ROWS, InvalidPredictions, refusal

BLOCK_BYTES = 2**19
QUOTED_ROWS = 2**15
MAX_HEADER_BYTES = 2**16
MAX_LINE_BYTES = 2**24
PAD = 272  # bytes before and after a block that may be read, never used: an id has at most 256
NEWLINE, SPACE, TAB = 10, 32, 9

Positions = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Cells:
    """One column of one block: the cell of row i is `buffer[starts[i]:ends[i]]`."""

    buffer: npt.NDArray[np.uint8]
    starts: Positions
    ends: Positions

    def __len__(self) -> int:
        return len(self.starts)

    def text(self, row: int) -> str:
        """One cell."""
        return self.buffer[self.starts[row] : self.ends[row]].tobytes().decode(errors="replace")

    def texts(self) -> list[str]:
        """Every cell."""
        data = self.buffer.tobytes()
        pairs = zip(self.starts.tolist(), self.ends.tolist(), strict=True)
        return [data[start:end].decode(errors="replace") for start, end in pairs]

    def of(self, rows: npt.NDArray[Any]) -> Cells:
        """The cells of some rows, by position or mask."""
        return Cells(self.buffer, self.starts[rows], self.ends[rows])

    def stripped(self) -> Cells:
        """The cells without spaces and tabs around them."""
        if not (self.buffer == SPACE).any() and not (self.buffer == TAB).any():
            return self
        solid = np.flatnonzero((self.buffer != SPACE) & (self.buffer != TAB))
        starts = np.minimum(solid[np.searchsorted(solid, self.starts)], self.ends)
        ends = np.maximum(solid[np.searchsorted(solid, self.ends) - 1] + 1, starts)
        return Cells(self.buffer, starts, ends)


@dataclass(frozen=True)
class Block:
    """Some rows: a `Cells` per column, and the line of the file that each row starts on, `(n_rows,)`."""

    columns: Sequence[Cells]
    lines: npt.NDArray[np.int64]


@dataclass(frozen=True)
class Table:
    """`first` are the cells of the first line that isn't blank; `body` starts after it."""

    data: bytes
    separator: str
    first: tuple[str, ...]
    start: int
    body: int
    first_line: int

    def blocks(self, *, with_first: bool = False) -> Iterator[Block]:
        """The rows below the first line, or from it on. Raises `InvalidPredictions` where lines differ in columns."""
        start = self.start if with_first else self.body
        line = self.first_line
        if not with_first:
            line += max(1, self.data.count(b"\n", self.start, self.body))  # names may hold line breaks
        if self.data.find(b'"', start) >= 0:
            yield from self._quoted_blocks(start, line)
            return
        n_columns, separator = len(self.first), ord(self.separator)
        while start < len(self.data):
            end = self.data.rfind(b"\n", start, start + BLOCK_BYTES) + 1 or self.data.index(b"\n", start) + 1
            if end - start > MAX_LINE_BYTES:
                raise refusal("long_line", (line,), line=line)
            block, n_lines = _split(self.data[start:end], separator, n_columns, line)
            if len(block.lines):
                yield block
            start, line = end, line + n_lines

    def _quoted_blocks(self, start: int, line: int) -> Iterator[Block]:
        stream = io.StringIO(self.data[start:].decode(errors="replace"), newline="")
        reader = csv.reader(stream, delimiter=self.separator, strict=True, skipinitialspace=True)
        rows: list[list[str]] = []
        lines: list[int] = []
        wrong: list[int] = []
        before = 0
        try:
            for row in reader:
                at, before = line + before, reader.line_num
                if not row or (len(row) == 1 and not row[0].strip()):
                    continue
                if len(row) != len(self.first):
                    wrong.append(at)
                    continue
                rows.append(row)
                lines.append(at)
                if len(rows) == QUOTED_ROWS and not wrong:
                    yield _gather(rows, lines)
                    rows, lines = [], []
        except csv.Error as error:
            at = line + before
            raise refusal("bad_quotes", (at,), line=at) from error
        if wrong:
            raise _uneven(wrong, len(self.first))
        if rows:
            yield _gather(rows, lines)


def open_table(data: bytes) -> Table:
    """Find the first line and its separator: the most frequent of comma, semicolon and tab. Raises `InvalidPredictions`.

    `data` is as `grader.predictions.decoding.clean` returns it.
    """
    start = data.rfind(b"\n", 0, len(data) - len(data.lstrip())) + 1
    end = data.index(b"\n", start) + 1
    line = data.count(b"\n", 0, start) + 1
    if end - start > MAX_HEADER_BYTES:
        raise refusal("long_line", (line,), line=line)
    while data.count(b'"', start, end) % 2 and end < len(data) and end - start <= MAX_HEADER_BYTES:
        end = data.index(b"\n", end) + 1  # a line break in a name
    text = data[start:end].decode(errors="replace").rstrip("\n")
    separator = max(",;\t", key=text.count)
    if separator not in text:
        raise refusal("no_columns", (line,))
    try:
        first = next(csv.reader(text.splitlines(keepends=True), delimiter=separator))
    except csv.Error as error:
        raise refusal("bad_quotes", (line,), line=line) from error
    return Table(data, separator, tuple(cell.strip() for cell in first), start, end, line)


def _split(data: bytes, separator: int, n_columns: int, line: int) -> tuple[Block, int]:
    """Cells of whole lines, and how many lines they were."""
    buffer = np.zeros(len(data) + 2 * PAD, dtype=np.uint8)
    buffer[PAD : PAD + len(data)] = np.frombuffer(data, np.uint8)
    inner = buffer[PAD : PAD + len(data)]
    delimiters = _even(inner, data, separator, n_columns)
    if delimiters is not None:
        n_lines = len(delimiters)
        lines = np.arange(line, line + n_lines)
    else:
        delimiters, lines, n_lines = _uneven_lines(inner, separator, n_columns, line)
    delimiters += PAD
    starts = np.empty_like(delimiters)
    starts[:, 1:] = delimiters[:, :-1] + 1
    if len(lines) == n_lines:
        starts[1:, 0] = delimiters[:-1, -1] + 1
        starts[:1, 0] = PAD
    else:  # blank lines were dropped
        newlines = np.flatnonzero(inner == NEWLINE) + PAD
        before = np.concatenate([[PAD - 1], newlines[:-1]])
        starts[:, 0] = before[lines - line] + 1
    edges = zip(starts.T, delimiters.T, strict=True)
    columns = [Cells(buffer, np.ascontiguousarray(start), np.ascontiguousarray(end)) for start, end in edges]
    return Block(columns, lines), n_lines


def _even(inner: npt.NDArray[np.uint8], data: bytes, separator: int, n_columns: int) -> Positions | None:
    """Where each line's separators and newline are, `(n_lines, n_columns)`, or None where lines are not all alike."""
    width = data.index(b"\n") + 1
    if len(data) % width == 0:  # every line as long as the first, cells at the same places?
        grid = inner.reshape(-1, width)
        places = np.flatnonzero((grid[0] == separator) | (grid[0] == NEWLINE))
        if len(places) == n_columns and (grid[:, -1] == NEWLINE).all():
            marked = np.count_nonzero(inner == separator) + np.count_nonzero(inner == NEWLINE)
            if marked == len(grid) * n_columns and all((grid[:, place] == separator).all() for place in places[:-1]):
                return np.arange(0, len(data), width)[:, None] + places
    if separator <= 44:
        found = np.flatnonzero(inner <= separator) if separator > NEWLINE else np.flatnonzero(inner <= NEWLINE)
    else:
        found = np.flatnonzero((inner == separator) | (inner == NEWLINE))
    if len(found) % n_columns == 0:
        delimiters = found.reshape(-1, n_columns)
        kinds = inner[delimiters]
        if (kinds[:, -1] == NEWLINE).all() and (kinds[:, :-1] == separator).all():
            return delimiters
    return None


def _uneven_lines(
    inner: npt.NDArray[np.uint8], separator: int, n_columns: int, line: int
) -> tuple[Positions, Positions, int]:
    """As `_even`, after dropping blank lines; also the kept lines' numbers and how many lines there were."""
    newlines = np.flatnonzero(inner == NEWLINE)
    separators = np.flatnonzero(inner == separator)
    starts = np.concatenate([[0], newlines[:-1] + 1])
    counts = np.searchsorted(separators, newlines) - np.searchsorted(separators, starts)
    kept = counts == n_columns - 1
    solid = np.concatenate([[0], np.cumsum((inner != NEWLINE) & (inner != SPACE) & (inner != TAB))])
    is_wrong = ~kept & (solid[newlines] > solid[starts])
    if is_wrong.any():
        raise _uneven((np.flatnonzero(is_wrong) + line).tolist(), n_columns)
    numbers = np.flatnonzero(kept)
    is_inside = kept[np.searchsorted(newlines, separators)]  # a tab-separated file may have blank lines of tabs
    inside = separators[is_inside].reshape(-1, n_columns - 1)
    return np.column_stack([inside, newlines[numbers]]), numbers + line, len(newlines)


def _uneven(lines: Sequence[int], n_columns: int) -> InvalidPredictions:
    shown = list(lines[:SHOWN_ROWS])
    return refusal("not_a_table", shown, count=len(shown), lines=shown, columns=n_columns)


def cells_of(texts: Sequence[str]) -> Cells:
    """Texts as cells of a buffer of their own."""
    encoded = [text.encode(errors="replace") for text in texts]
    lengths = np.array([len(text) for text in encoded], dtype=np.int64)
    ends = np.cumsum(lengths) + PAD
    buffer = np.frombuffer(bytes(PAD) + b"".join(encoded) + bytes(PAD), np.uint8)
    return Cells(buffer, ends - lengths, ends)


def _gather(rows: list[list[str]], lines: list[int]) -> Block:
    """A block of cells that `csv` has read."""
    return Block([cells_of(column) for column in zip(*rows, strict=True)], np.array(lines))
