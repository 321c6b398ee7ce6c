"""Read a predictions file, validate every row, and put it into the solution's order.

Accepted: comma, semicolon (with a decimal comma) or tab, any line ends, a byte order mark, cp1250, `label`, `labels` and
`class` for each other, no header where the ids tell the columns apart, rows in any order. What is refused is named with
the first offending lines.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from grader.metrics.overlap import boxes
from grader.predictions.decoding import MAX_BYTES, clean, read_bytes
from grader.predictions.errors import SHOWN_ROWS, InvalidPredictions, Offence, clipped, quoted
from grader.predictions.numbers import NUMBER, parse_numbers
from grader.predictions.solution import Column, Labels, Solution
from grader.predictions.tables import Block, Cells, Table, open_table

LABEL_NAMES = frozenset({"label", "labels", "class"})
MAX_TEXT = 10_000
GUESSED_ROWS = 1000
NUMERIC = frozenset({"scores", "probabilities", "values"})
WRITTEN = frozenset({"lists", "sets", "boxes", "text"})


@dataclass(frozen=True, kw_only=True)
class Predictions:
    """Predictions in the solution's order. `values` and `codes` hold `(n_rows,)` per column, one of them each.

    `codes` are positions in the solution's classes (`Solution.labels`).
    """

    values: Mapping[str, Column]
    codes: Mapping[str, npt.NDArray[np.int64]] = field(default_factory=dict)
    labels: Mapping[str, Labels] = field(default_factory=dict)

    @cached_property
    def columns(self) -> Mapping[str, Column]:
        """Every column as what was predicted: numbers or text."""
        return {**self.values, **{name: self.labels[name].classes[codes] for name, codes in self.codes.items()}}


def read_predictions(
    path: Path,
    solution: Solution,
    *,
    takes: str | None = None,
    minimum: float | None = None,
    allow_gzip: bool = False,
    max_bytes: int = MAX_BYTES,
) -> Predictions:
    """Read and align a file of predictions. Raises `InvalidPredictions`, which names the first offending lines.

    `takes` and `minimum` are the metric's (`grader.metrics.Metric`); without them a cell is what the truth is, number or
    text, and unknown classes pass.
    """
    table = open_table(clean(read_bytes(path, allow_gzip=allow_gzip, max_bytes=max_bytes)))
    layout = _layout(table, solution)
    readers = [_reader(solution, name, place, takes, minimum, table) for name, place in layout.targets]
    seen = np.zeros(solution.n_rows, dtype=bool)
    unknown, n_rows = Offence(), 0
    for block in table.blocks(with_first=not layout.has_header):
        ids = block.columns[layout.id_place]
        positions = solution.index.locate(ids, expected_at=n_rows)
        n_rows += len(ids)
        if positions.min(initial=0) < 0:
            bad = np.flatnonzero(positions < 0)
            _note(unknown, ids, block, bad)
            kept = positions >= 0
            block = Block([cells.of(kept) for cells in block.columns], block.lines[kept])
            positions = positions[kept]
        seen[positions] = True
        for reader in readers:
            reader.read(block, positions)
    if not n_rows:
        raise InvalidPredictions("empty_file", "The file has a header but no rows; it needs one line per id.")
    if unknown.count:
        raise unknown.error(
            "unknown_ids", "{count} ids are not in the test set, such as {shown}. Copy the ids from test.csv as text."
        )
    if n_rows > np.count_nonzero(seen):
        raise _duplicates(table, layout, solution)
    if not seen.all():
        raise _missing(seen, solution)
    for reader in readers:
        reader.check()
    return Predictions(
        values={r.name: r.out for r in readers if r.labels is None},
        codes={r.name: r.out for r in readers if r.labels is not None},
        labels={r.name: r.labels for r in readers if r.labels is not None},
    )


@dataclass(frozen=True)
class _Layout:
    has_header: bool
    id_place: int
    targets: tuple[tuple[str, int], ...]


def _layout(table: Table, solution: Solution) -> _Layout:
    """Which column is what, by the header or, without one, by where the ids are."""
    names = _renamed(table.first, solution)
    wanted = (solution.id_column, *solution.target_columns)
    if sorted(names) == sorted(wanted):
        return _Layout(True, names.index(solution.id_column), tuple((n, names.index(n)) for n in wanted[1:]))
    if len(names) == len(wanted):
        place = _id_place(table, solution)
        others = [i for i in range(len(names)) if i != place]
        if place == 0 or (place is not None and len(others) == 1):
            return _Layout(False, place, tuple(zip(wanted[1:], others, strict=True)))
    if len(set(names)) < len(names):
        raise InvalidPredictions("duplicate_columns", "Two columns have the same name; keep one.", (table.first_line,))
    expected = ",".join(wanted)
    hint = " Leave out the row numbers (index=False in pandas)." if not names[0] or names[0] == "Unnamed: 0" else ""
    raise InvalidPredictions(
        "wrong_columns",
        f"The first line must be “{expected}”, but it has the columns {quoted(names[:8])}.{hint}",
        (table.first_line,),
        {"expected": expected, "found": ",".join(clipped(name) for name in names[:8])},
    )


def _renamed(names: tuple[str, ...], solution: Solution) -> list[str]:
    """The header with `label`, `labels` and `class` as the solution has it."""
    target = next((name for name in solution.target_columns if name.lower() in LABEL_NAMES), None)
    if target is None or target in names:
        return list(names)
    return [target if name.lower() in LABEL_NAMES and name != solution.id_column else name for name in names]


def _id_place(table: Table, solution: Solution) -> int | None:
    """The one column whose first cells are distinct ids, None where there is none or several are such."""
    block = next(table.blocks(with_first=True))
    found = []
    for place, cells in enumerate(block.columns):
        positions = solution.index.locate(cells.of(np.arange(min(len(cells), GUESSED_ROWS))))
        # the first line decides; a later row may be what the file is refused for
        known = positions[positions >= 0]
        if positions[0] >= 0 and len(np.unique(known)) > 0.9 * len(positions):
            found.append(place)
    return found[0] if len(found) == 1 else None


class _ColumnReader:
    """Fills one column block by block and remembers what is wrong with it."""

    def __init__(self, name: str, place: int, labels: Labels | None, out: Column) -> None:
        self.name, self.place, self.labels, self.out = name, place, labels, out
        self.empty, self.wrong = Offence(), Offence()
        self.allows_empty = False
        self.code, self.message = "", ""
        self.convert: Callable[[Cells], tuple[Column, npt.NDArray[Any]]]

    def read(self, block: Block, positions: npt.NDArray[np.int64]) -> None:
        cells = block.columns[self.place].stripped()
        values, bad = self.convert(cells)
        if bad.size:
            is_empty = cells.starts[bad] == cells.ends[bad]
            if not self.allows_empty:
                _note(self.empty, cells, block, bad[is_empty])
                bad = bad[~is_empty]
            _note(self.wrong, cells, block, bad)
        self.out[positions] = values

    def check(self) -> None:
        """Raises `InvalidPredictions` for what was found."""
        column = clipped(self.name)
        if self.empty.count:
            message = f"Column “{column}” has {{count}} empty cells; every id needs a value."
            raise self.empty.error("empty_cells", message, column=column)
        if self.wrong.count:
            raise self.wrong.error(self.code, f"Column “{column}” {self.message}", column=column)


def _reader(
    solution: Solution, name: str, place: int, takes: str | None, minimum: float | None, table: Table
) -> _ColumnReader:
    """How a column is read: numbers, classes, or text as it is written."""
    decimal_comma = table.separator != ","
    n = solution.n_rows
    if takes == "labels":
        labels = solution.labels(name)
        reader = _ColumnReader(name, place, labels, np.zeros(n, dtype=np.int64))
        shown = ", ".join(clipped(name) for name in labels.names[:8]) + (", …" if len(labels.classes) > 8 else "")
        reader.code = "unknown_class"
        reader.message = f"must name one of the classes {shown}, but {{count}} cells do not, such as {{shown}}."

        def classify(cells: Cells) -> tuple[Column, npt.NDArray[Any]]:
            codes = labels.encode(cells, decimal_comma=decimal_comma)
            return codes, np.flatnonzero(codes < 0) if codes.min(initial=0) < 0 else np.empty(0, dtype=np.intp)

        reader.convert = classify
        return reader
    is_written = takes in WRITTEN
    if takes in NUMERIC or (not is_written and takes != "clusters" and solution.targets[name].dtype.kind == "f"):
        reader = _ColumnReader(name, place, None, np.zeros(n))
        reader.code = "not_a_number"
        reader.message = "must hold finite numbers, but {count} cells do not, such as {shown}."
        if minimum is not None:
            reader.message = f"must hold finite numbers from {minimum:g} up, but {{count}} cells do not, such as {{shown}}."

        def measure(cells: Cells) -> tuple[Column, npt.NDArray[Any]]:
            values, bad = parse_numbers(cells, decimal_comma=decimal_comma)
            if minimum is not None:
                bad = np.flatnonzero(~(values >= minimum))
            return values, bad

        reader.convert = measure
        return reader
    reader = _ColumnReader(name, place, None, np.empty(n, dtype=object))
    reader.allows_empty = is_written
    reader.code = "not_boxes" if takes == "boxes" else "long_cell"
    reader.message = f"has {{count}} cells longer than {MAX_TEXT} bytes, such as {{shown}}."
    if takes == "boxes":
        reader.message = "must hold “x_min y_min x_max y_max” once per box, but {count} cells do not, such as {shown}."

    def write(cells: Cells) -> tuple[Column, npt.NDArray[Any]]:
        lengths = cells.ends - cells.starts
        bad = (lengths > MAX_TEXT) | ((lengths == 0) & (not is_written))
        short = Cells(cells.buffer, cells.starts, np.minimum(cells.ends, cells.starts + MAX_TEXT))
        texts = short.texts()
        if takes == "boxes":
            bad |= np.array([not _is_boxes(text) for text in texts], dtype=bool)
        values = np.empty(len(texts), dtype=object)
        values[:] = texts
        return values, np.flatnonzero(bad)

    reader.convert = write
    return reader


def _is_boxes(text: str) -> bool:
    if not all(NUMBER.fullmatch(part) for part in text.split()):
        return False
    try:
        boxes(text)
    except ValueError:
        return False
    return True


def _note(offence: Offence, cells: Cells, block: Block, rows: npt.NDArray[Any]) -> None:
    first = rows[:SHOWN_ROWS].tolist()
    offence.add(len(rows), block.lines[rows[:SHOWN_ROWS]].tolist(), [cells.text(row)[:400] for row in first])


def _duplicates(table: Table, layout: _Layout, solution: Solution) -> InvalidPredictions:
    """Read once more, to say which ids are there twice."""
    with_first = not layout.has_header
    counts = np.zeros(solution.n_rows, dtype=np.int64)
    for block in table.blocks(with_first=with_first):
        np.add.at(counts, solution.index.locate(block.columns[layout.id_place]), 1)
    offence = Offence()
    for block in table.blocks(with_first=with_first):
        ids = block.columns[layout.id_place]
        _note(offence, ids, block, np.flatnonzero(counts[solution.index.locate(ids)] > 1))
    offence.count = int(np.count_nonzero(counts > 1))
    return offence.error("duplicate_ids", "{count} ids occur more than once, such as {shown}. Keep one row each.")


def _missing(seen: npt.NDArray[np.bool_], solution: Solution) -> InvalidPredictions:
    missing = np.flatnonzero(~seen)
    shown = [solution.ids[i] for i in missing[:SHOWN_ROWS]]
    return InvalidPredictions(
        "missing_ids",
        f"{missing.size} of {solution.n_rows} ids have no prediction, such as {quoted(shown)}. Add a row for each.",
        (),
        {"count": int(missing.size), "total": solution.n_rows, "examples": ", ".join(map(clipped, shown))},
    )
