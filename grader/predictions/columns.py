"""Read one column of a predictions file, block by block, as what its metric takes: classes, numbers, or text.

Nothing is refused before the last block: what is wrong is counted, and its first lines are kept.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from grader.metrics.overlap import boxes
from grader.predictions.decimals import DecimalSigns
from grader.predictions.errors import SHOWN_ROWS, Offence, clipped
from grader.predictions.items import Vocabulary
from grader.predictions.labels import Labels
from grader.predictions.numbers import NUMBER, is_too_large, parse_numbers
from grader.predictions.solution import LISTED, NUMERIC, Column, Solution
from grader.predictions.tables import Block, Cells

MAX_TEXT = 10_000
SHOWN_CLASSES = 8
WRITTEN = LISTED | {"boxes", "text"}
# hints at what a cell that is no number was meant to be
SPACES, DIGITS = "[ \u00a0\u2009\u202f'’`_]", r"[+-]?\d{1,3}"
LOOKS = {
    "thousands": re.compile(
        rf"{DIGITS}({SPACES}\d{{2,4}})+([.,]\d*)?|{DIGITS}(,\d{{2,3}})+(\.\d*)?|{DIGITS}(\.\d{{3}})+(,\d*)?", re.ASCII
    ),
    "decimal_comma": re.compile(r"[+-]?\d*,\d+", re.ASCII),
    "percent": re.compile(r".*\d\s*[%‰]"),
    "minus": re.compile(r"[\u2212\u2010-\u2014\ufe63\uff0d]\s*\d.*|\d+([.,]\d+)?-|\(\s*\d.*\)"),
    "unit": re.compile(r"[^\d\s.,+-]{1,4}\s*[+-]?\d[\d.,]*|[+-]?\d[\d.,]*\s*[^\d\s.,+-]{1,6}"),
}


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
    solution: Solution,
    name: str,
    place: int,
    *,
    takes: str | None,
    minimum: float | None,
    maximum: float | None,
    signs: DecimalSigns | None,
) -> ColumnReader:
    """How a target column is read for a metric that `takes` this; None: as what the truth is, number or text.

    `signs` collects what numbers say of the decimal sign; None: it is a point.
    """
    if takes == "labels":
        return LabelReader(name, place, solution.labels(name), decimal_comma=signs is not None)
    is_number = takes not in WRITTEN and takes != "clusters" and solution.targets[name].dtype.kind == "f"
    if takes in NUMERIC or is_number:
        if takes == "probabilities":
            return ProbabilityReader(name, place, solution.n_rows, maximum=maximum, signs=signs)
        return NumberReader(name, place, solution.n_rows, minimum=minimum, signs=signs)
    if takes in LISTED:
        return ListReader(name, place, solution.n_rows, vocabulary=solution.items(name)[1])
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

    def __init__(
        self, name: str, place: int, n_rows: int, *, minimum: float | None, signs: DecimalSigns | None
    ) -> None:
        self.name, self.place, self.minimum, self.signs = name, place, minimum, signs
        self.out = np.zeros(n_rows)
        self.empty, self.odd, self.large, self.low = Offence(), Offence(), Offence(), Offence()

    def read(self, block: Block, positions: npt.NDArray[np.int64]) -> None:
        cells = block.columns[self.place].stripped()
        values, bad = parse_numbers(cells, decimal_comma=self.signs is not None)
        if self.signs is not None:
            self.signs.read(cells, block.lines)
        if bad.size:
            is_empty = cells.starts[bad] == cells.ends[bad]
            note(self.empty, cells, block, bad[is_empty])
            bad = bad[~is_empty]
            is_large = np.array([is_too_large(cells.text(row)) for row in bad.tolist()], dtype=bool)
            note(self.large, cells, block, bad[is_large])
            note(self.odd, cells, block, bad[~is_large])
        self._note_range(values, cells, block)
        self.out[positions] = values

    def _note_range(self, values: npt.NDArray[np.float64], cells: Cells, block: Block) -> None:
        if self.minimum is not None:
            note(self.low, cells, block, np.flatnonzero(values < self.minimum))

    def check(self) -> None:
        column = clipped(self.name)
        if self.empty.count:
            raise self.empty.refusal("empty_cells", column=column)
        if self.odd.count:
            raise self.odd.refusal("not_a_number", column=column, hint=hint_of_number(self.odd.shown))
        if self.large.count:
            raise self.large.refusal("too_large", column=column)
        if self.low.count:
            raise self.low.refusal("below_minimum", column=column, minimum=f"{self.minimum:g}")


class ProbabilityReader(NumberReader):
    """Numbers from 0 to `maximum`, which is None where a row's columns are divided by their sum."""

    def __init__(
        self, name: str, place: int, n_rows: int, *, maximum: float | None, signs: DecimalSigns | None
    ) -> None:
        super().__init__(name, place, n_rows, minimum=0.0, signs=signs)
        self.maximum = maximum

    def _note_range(self, values: npt.NDArray[np.float64], cells: Cells, block: Block) -> None:
        outside = values < 0
        if self.maximum is not None:
            outside |= values > self.maximum
        note(self.low, cells, block, np.flatnonzero(outside))

    def check(self) -> None:
        count, self.low.count = self.low.count, 0
        super().check()
        self.low.count = count
        if count:
            raise self.low.refusal("not_probabilities", column=clipped(self.name))


class ListReader:
    """Lists or sets of items, as text with single spaces between the items. An empty cell is an empty list."""

    def __init__(self, name: str, place: int, n_rows: int, *, vocabulary: Vocabulary) -> None:
        self.name, self.place, self.vocabulary = name, place, vocabulary
        self.out = np.empty(n_rows, dtype=object)
        self.long, self.odd = Offence(), Offence()

    def read(self, block: Block, positions: npt.NDArray[np.int64]) -> None:
        cells = block.columns[self.place].stripped()
        note(self.long, cells, block, np.flatnonzero(cells.ends - cells.starts > MAX_TEXT))
        texts = Cells(cells.buffer, cells.starts, np.minimum(cells.ends, cells.starts + MAX_TEXT)).texts()
        values = np.empty(len(texts), dtype=object)
        read = self.vocabulary.read(texts)
        values[:] = read
        if read is not texts:
            note(self.odd, cells, block, np.array([i for i, text in enumerate(read) if text is None], dtype=np.intp))
        self.out[positions] = values

    def check(self) -> None:
        column = clipped(self.name)
        if self.long.count:
            raise self.long.refusal("long_cell", column=column, limit=MAX_TEXT)
        if self.odd.count:
            raise self.odd.refusal("not_a_list", column=column)


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


def hint_of_number(shown: Sequence[str]) -> str | None:
    """What cells that are no numbers look like."""
    for hint, pattern in LOOKS.items():
        if any(pattern.fullmatch(text) for text in shown):
            return hint
    return None


def note(offence: Offence, cells: Cells, block: Block, rows: npt.NDArray[Any]) -> None:
    """Count these rows of a block, and keep the first of them."""
    if rows.size:
        first = rows[:SHOWN_ROWS]
        offence.add(len(rows), block.lines[first].tolist(), [cells.text(row)[:400] for row in first.tolist()])
