"""Read one column of a predictions file, block by block, as what its metric takes: classes, numbers, or text.

Nothing is refused before the last block: what is wrong is counted, and its first lines are kept.
"""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from grader.metrics.overlap import boxes
from grader.predictions.errors import SHOWN_ROWS, Offence, clipped
from grader.predictions.numbers import NUMBER, parse_numbers
from grader.predictions.solution import Column, Labels, Solution
from grader.predictions.tables import Block, Cells

MAX_TEXT = 10_000
SHOWN_CLASSES = 8
NUMERIC = frozenset({"scores", "probabilities", "values"})
WRITTEN = frozenset({"lists", "sets", "boxes", "text"})
EMPTY: npt.NDArray[np.intp] = np.empty(0, dtype=np.intp)


class ColumnReader(Protocol):
    """Fills `out` `(n_rows,)` at the positions of each block's rows."""

    name: str
    place: int
    out: Column

    def read(self, block: Block, positions: npt.NDArray[np.int64]) -> None:
        """Take the column's cells of one block."""

    def check(self) -> None:
        """Raises `InvalidPredictions` for what was wrong in any block."""


def column_reader(
    solution: Solution, name: str, place: int, *, takes: str | None, minimum: float | None, decimal_comma: bool
) -> ColumnReader:
    """How a target column is read for a metric that `takes` this; None: as what the truth is, number or text."""
    if takes == "labels":
        return LabelReader(name, place, solution.labels(name), decimal_comma=decimal_comma)
    is_number = takes not in WRITTEN and takes != "clusters" and solution.targets[name].dtype.kind == "f"
    if takes in NUMERIC or is_number:
        return NumberReader(name, place, solution.n_rows, minimum=minimum, decimal_comma=decimal_comma)
    return TextReader(name, place, solution.n_rows, takes=takes)


class LabelReader:
    """Classes, as positions in the solution's."""

    def __init__(self, name: str, place: int, labels: Labels, *, decimal_comma: bool) -> None:
        self.name, self.place, self.labels, self.decimal_comma = name, place, labels, decimal_comma
        self.out = np.zeros(len(labels.codes), dtype=labels.codes.dtype)
        self.empty, self.odd, self.unknown = Offence(), Offence(), Offence()

    def read(self, block: Block, positions: npt.NDArray[np.int64]) -> None:
        cells = block.columns[self.place].stripped()
        codes = self.labels.encode(cells, decimal_comma=self.decimal_comma)
        if codes.min(initial=0) < 0:
            bad = self._empty(cells, block, np.flatnonzero(codes < 0))
            if self.labels.classes.dtype.kind == "f":
                values, _ = parse_numbers(cells.of(bad), decimal_comma=self.decimal_comma)
                note(self.odd, cells, block, bad[np.isnan(values)])
                bad = bad[~np.isnan(values)]
            note(self.unknown, cells, block, bad)
        self.out[positions] = codes

    def _empty(self, cells: Cells, block: Block, bad: npt.NDArray[np.intp]) -> npt.NDArray[np.intp]:
        is_empty = cells.starts[bad] == cells.ends[bad]
        note(self.empty, cells, block, bad[is_empty])
        rest: npt.NDArray[np.intp] = bad[~is_empty]
        return rest

    def check(self) -> None:
        column = clipped(self.name)
        if self.empty.count:
            raise self.empty.refusal("empty_cells", column=column)
        if self.odd.count:
            raise self.odd.refusal("not_a_number", column=column)
        if self.unknown.count:
            names = self.labels.listed
            if not names:
                raise self.unknown.refusal("strange_class", column=column)
            classes = ", ".join(map(clipped, names[:SHOWN_CLASSES])) + (", …" if len(names) > SHOWN_CLASSES else "")
            raise self.unknown.refusal("unknown_class", column=column, classes=classes)


class NumberReader:
    """Finite numbers, float64."""

    def __init__(self, name: str, place: int, n_rows: int, *, minimum: float | None, decimal_comma: bool) -> None:
        self.name, self.place, self.minimum, self.decimal_comma = name, place, minimum, decimal_comma
        self.out = np.zeros(n_rows)
        self.empty, self.odd, self.low = Offence(), Offence(), Offence()

    def read(self, block: Block, positions: npt.NDArray[np.int64]) -> None:
        cells = block.columns[self.place].stripped()
        values, bad = parse_numbers(cells, decimal_comma=self.decimal_comma)
        if bad.size:
            is_empty = cells.starts[bad] == cells.ends[bad]
            note(self.empty, cells, block, bad[is_empty])
            note(self.odd, cells, block, bad[~is_empty])
        if self.minimum is not None:
            note(self.low, cells, block, np.flatnonzero(values < self.minimum))
        self.out[positions] = values

    def check(self) -> None:
        column = clipped(self.name)
        if self.empty.count:
            raise self.empty.refusal("empty_cells", column=column)
        if self.odd.count:
            raise self.odd.refusal("not_a_number", column=column)
        if self.low.count:
            raise self.low.refusal("below_minimum", column=column, minimum=f"{self.minimum:g}")


class TextReader:
    """Text as it is written; an empty cell is an empty list, set or text, but no cluster's and no class's name."""

    def __init__(self, name: str, place: int, n_rows: int, *, takes: str | None) -> None:
        self.name, self.place, self.takes = name, place, takes
        self.out = np.empty(n_rows, dtype=object)
        self.empty, self.long, self.odd = Offence(), Offence(), Offence()

    def read(self, block: Block, positions: npt.NDArray[np.int64]) -> None:
        cells = block.columns[self.place].stripped()
        lengths = cells.ends - cells.starts
        if self.takes not in WRITTEN:
            note(self.empty, cells, block, np.flatnonzero(lengths == 0))
        note(self.long, cells, block, np.flatnonzero(lengths > MAX_TEXT))
        texts = Cells(cells.buffer, cells.starts, np.minimum(cells.ends, cells.starts + MAX_TEXT)).texts()
        if self.takes == "boxes":
            wrong = np.array([not is_boxes(text) for text in texts], dtype=bool)
            note(self.odd, cells, block, np.flatnonzero(wrong))
        values = np.empty(len(texts), dtype=object)
        values[:] = texts
        self.out[positions] = values

    def check(self) -> None:
        column = clipped(self.name)
        if self.empty.count:
            raise self.empty.refusal("empty_cells", column=column)
        if self.long.count:
            raise self.long.refusal("long_cell", column=column, limit=MAX_TEXT)
        if self.odd.count:
            raise self.odd.refusal("not_boxes", column=column)


def is_boxes(text: str) -> bool:
    """Whether a cell reads as boxes (`grader.metrics.overlap.boxes`), in ASCII digits alone."""
    if not all(NUMBER.fullmatch(part) for part in text.split()):
        return False
    try:
        boxes(text)
    except ValueError:
        return False
    return True


def note(offence: Offence, cells: Cells, block: Block, rows: npt.NDArray[Any]) -> None:
    """Count these rows of a block, and keep the first of them."""
    if rows.size:
        first = rows[:SHOWN_ROWS]
        offence.add(len(rows), block.lines[first].tolist(), [cells.text(row)[:400] for row in first.tolist()])
