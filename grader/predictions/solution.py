"""The truth that predictions are compared with: Kaggle's solution file, `id, target..., [Usage]`."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from grader.predictions.decimals import decimal_signs
from grader.predictions.decoding import clean
from grader.predictions.errors import InvalidPredictions, InvalidSolution, quoted
from grader.predictions.ids import MAX_ID_BYTES, IdIndex, build_index, build_numbers, index_texts, load_words, width_of
from grader.predictions.items import Vocabulary, names_in, read_truth
from grader.predictions.labels import Labels, plain
from grader.predictions.numbers import NUMBER, have_leading_zeros, is_too_large, parse_number, parse_numbers
from grader.predictions.tables import Cells, Table, cells_of, open_table

USAGES = ("Public", "Private", "Ignored")
USAGE_COLUMNS = ("Usage", "Indicator")  # Kaggle's wiki calls it Indicator
NUMERIC = frozenset({"scores", "probabilities", "values"})  # what a metric may take, as are these two
LISTED = frozenset({"lists", "sets"})
EXACT_DIGITS = 15  # integers of more digits may not survive as floats: they stay text

Column = npt.NDArray[Any]


@dataclass(frozen=True, kw_only=True)
class Solution:
    """Ids, target columns and each row's usage `(n_rows,)`: 0 Public, 1 Private, 2 Ignored.

    `classes` are labels that the test set may lack but a prediction may name, such as those of the training set. With
    `public_classes` a refusal lists no others, so that it gives away no class that only hidden rows have.
    """

    id_column: str
    target_columns: tuple[str, ...]
    table: Table
    index: IdIndex
    usage_codes: npt.NDArray[np.uint8]
    classes: tuple[str, ...] = ()
    public_classes: tuple[str, ...] | None = None

    @property
    def n_rows(self) -> int:
        return len(self.usage_codes)

    @cached_property
    def usage(self) -> npt.NDArray[np.str_]:
        """Each row's usage as a word `(n_rows,)`."""
        return np.array(USAGES)[self.usage_codes]

    @cached_property
    def ids(self) -> tuple[str, ...]:
        """Every id in the file's order."""
        return tuple(text for cells in self.cells(self.id_column) for text in cells.texts())

    @cached_property
    def targets(self) -> Mapping[str, Column]:
        """Each target column `(n_rows,)`: float64 where every cell is a number, else text.

        It is text too where a cell is a code with a zero in front, or an integer of more digits than a float keeps.
        """
        return {name: self._typed(name) for name in self.target_columns}

    @cached_property
    def suited(self) -> set[str]:
        """Names of the metrics that `grader.suitability` has found this solution to suit."""
        return set()

    def has_id(self, text: str) -> bool:
        """Whether this is one of the ids, exactly."""
        return bool(self.index.locate(cells_of([text]))[0] >= 0)

    def cells(self, column: str) -> Iterator[Cells]:
        """A column, block by block."""
        place = self.table.first.index(column)
        for block in self.table.blocks():
            yield block.columns[place]

    def texts(self, name: str) -> Column:
        """A target column as it is written, without spaces around: strings `(n_rows,)`."""
        return np.array([text for cells in self.cells(name) for text in cells.stripped().texts()], dtype=object)

    def truth(self, name: str, *, takes: str) -> Column:
        """A target column as a metric that `takes` this compares it. Raises `InvalidSolution` where it can't be read so."""
        if takes in NUMERIC:
            return self.numbers(name)
        if takes in LISTED:
            return self.items(name)[0]
        return self.targets[name] if takes == "labels" else self.texts(name)

    def numbers(self, name: str) -> Column:
        """A target column as float64 `(n_rows,)`. Raises `InvalidSolution` for a cell that is none, or is unsure."""
        if name not in self._numbers:
            self._numbers[name] = self._as_numbers(name)
        return self._numbers[name]

    def items(self, name: str) -> tuple[Column, Vocabulary]:
        """A target column as lists, with single spaces between items, and all its items. Raises `InvalidSolution`."""
        if name not in self._items:
            cells, vocabulary = read_truth(self.texts(name).tolist())
            if None in cells:
                place = cells.index(None)
                raise InvalidSolution(
                    "not_a_list",
                    f"The solution's “{name}” needs items with spaces between them, such as “a b c”, but line "
                    f"{self._line(place)} holds {quoted([self.texts(name)[place]])}. Write every list so.",
                )
            column = np.array(cells, dtype=object)
            told = column if self.public_classes is None else column[self.usage_codes == 0]
            self._items[name] = column, replace(vocabulary, names=names_in(told.tolist()))
        return self._items[name]

    def labels(self, name: str) -> Labels:
        """A target column as classes. Raises `InvalidSolution` where a class has more than 256 bytes."""
        if name not in self._labels:
            self._labels[name] = self._as_labels(name)
        return self._labels[name]

    @cached_property
    def _labels(self) -> dict[str, Labels]:
        return {}

    @cached_property
    def _numbers(self) -> dict[str, Column]:
        return {}

    @cached_property
    def _items(self) -> dict[str, tuple[Column, Vocabulary]]:
        return {}

    @cached_property
    def _unsure(self) -> InvalidPredictions | None:
        """What the columns of numbers leave open together."""
        signs = decimal_signs(self.table)
        if signs is None:
            return None
        for name in self.target_columns:
            place = self.table.first.index(name)
            for block in self.table.blocks():
                signs.read(block.columns[place].stripped(), block.lines)
        return signs.refusal()

    def _line(self, place: int) -> int:
        """The file's line of a row."""
        return int(np.concatenate([block.lines for block in self.table.blocks()])[place])

    def _as_numbers(self, name: str) -> Column:
        if self._unsure is not None:
            raise InvalidSolution(self._unsure.code, f"The solution: {self._unsure.message}")
        parts = []
        for block in self.table.blocks():
            cells = block.columns[self.table.first.index(name)].stripped()
            values, bad = parse_numbers(cells, decimal_comma=self.table.separator != ",")
            if bad.size:
                text = cells.text(int(bad[0]))
                if is_too_large(text):
                    raise InvalidSolution(
                        "too_large",
                        f"The solution's “{name}” holds a number too large for a metric: {quoted([text])} (line "
                        f"{block.lines[bad[0]]}). The limit is 1e100.",
                    )
                raise InvalidSolution(
                    "needs_numbers",
                    f"The metric needs numbers, but the solution's “{name}” holds {quoted([text])} (line "
                    f"{block.lines[bad[0]]}).",
                )
            parts.append(values)
        return np.concatenate(parts)

    def _as_labels(self, name: str) -> Labels:
        truth = self.targets[name]
        if truth.dtype.kind == "f" and have_leading_zeros(cells_of(self.classes)).any():
            truth = self.texts(name)
        if truth.dtype.kind == "f":
            more = [value for value in map(parse_number, self.classes) if not math.isnan(value)]
            classes, codes = np.unique(np.concatenate([truth, more]), return_inverse=True)
            names = [plain(value) for value in classes.tolist()]
        else:
            classes, codes = np.unique(
                np.concatenate([truth, np.array(self.classes, dtype=object)]), return_inverse=True
            )
            names = classes.tolist()
        if max(len(text.encode()) for text in names) > MAX_ID_BYTES:
            raise InvalidSolution("long_label", f"A class of “{name}” is longer than {MAX_ID_BYTES} bytes.")
        public = None if self.public_classes is None else frozenset(_as_written(self.public_classes, truth))
        return Labels(
            classes=classes, codes=codes[: len(truth)].astype(np.int64), index=index_texts(names), public=public
        )

    def _typed(self, name: str) -> Column:
        parts = []
        for cells in self.cells(name):
            cells = cells.stripped()
            values, bad = parse_numbers(cells, decimal_comma=self.table.separator != ",")
            is_long = (np.abs(values) >= 10.0**EXACT_DIGITS) & (cells.ends - cells.starts > EXACT_DIGITS)
            if bad.size or is_long.any() or have_leading_zeros(cells).any():
                return self.texts(name)
            parts.append(values)
        return np.concatenate(parts)


def _as_written(names: Sequence[str], truth: Column) -> list[str]:
    """Classes as this column's refusals write them: `2` for `2.0` where classes are numbers."""
    if truth.dtype.kind != "f":
        return list(names)
    return [plain(value) for value in map(parse_number, names) if not math.isnan(value)]


def read_solution(
    path: Path,
    *,
    id_column: str = "id",
    classes: Sequence[str] = (),
    public_classes: Sequence[str] | None = None,
) -> Solution:
    """Read `id, target..., [Usage]`; the target is called `label` where the file has no header. Raises `InvalidSolution`."""
    try:
        solution = _read(path, id_column, tuple(classes))
        return solution if public_classes is None else replace(solution, public_classes=tuple(public_classes))
    except InvalidPredictions as error:
        raise InvalidSolution(error.code, error.message) from error


def _read(path: Path, id_column: str, classes: tuple[str, ...]) -> Solution:
    table = open_table(clean(path.read_bytes()))
    if all(NUMBER.fullmatch(cell) for cell in table.first):  # no header names its columns by numbers
        names = (
            (id_column, "label")
            if len(table.first) == 2
            else (id_column, *(f"label_{i}" for i in range(1, len(table.first))))
        )
        table = replace(table, first=names, body=table.start, first_line=table.first_line - 1)
    names = table.first
    if id_column not in names:
        raise InvalidSolution("no_id_column", f"The solution has no column “{id_column}”; it has {quoted(names[:8])}.")
    if len(set(names)) < len(names):
        raise InvalidSolution("duplicate_columns", "Two columns have the same name; keep one.")
    usage_column = next((name for name in USAGE_COLUMNS if name in names and name != id_column), None)
    targets = tuple(name for name in names if name not in {id_column, usage_column})
    if not targets:
        raise InvalidSolution("no_target_column", "The solution needs at least one column beside the id.")
    blocks = list(table.blocks())
    if not blocks:
        raise InvalidSolution("empty_file", "The solution has a header but no rows.")
    ids = [block.columns[names.index(id_column)] for block in blocks]
    width = max(map(width_of, ids))
    if width * 8 > MAX_ID_BYTES:
        raise InvalidSolution("long_id", f"An id is longer than {MAX_ID_BYTES} bytes.")
    loaded = [load_words(cells, width) for cells in ids]
    index, twice = build_index([np.concatenate(parts) for parts in zip(*loaded, strict=True)])
    if width == 1:
        lengths = np.concatenate([cells.ends - cells.starts for cells in ids])
        index = replace(index, numbers=build_numbers(index.words[0], lengths))
    if twice is not None:
        raise InvalidSolution(
            "duplicate_ids",
            "Ids in the solution must be unique, also where accents are written as letters of their own (NFD).",
        )
    usage = np.full(len(index), USAGES.index("Private"), dtype=np.uint8)
    if usage_column is not None:
        known, place = index_texts(USAGES), names.index(usage_column)
        found = np.concatenate([known.locate(block.columns[place].stripped()) for block in blocks])
        if (found < 0).any():
            texts = [text for block in blocks for text in block.columns[place].texts()]
            wrong = quoted([texts[int(np.argmin(found))]])
            raise InvalidSolution("unknown_usage", f"{usage_column} must be Public, Private or Ignored, not {wrong}.")
        usage = found.astype(np.uint8)
    return Solution(
        id_column=id_column,
        target_columns=targets,
        table=table,
        index=index,
        usage_codes=usage,
        classes=classes,
    )


def sample_submission(solution: Solution) -> str:
    """A valid predictions file as CSV text: the most frequent label, or the median of many numbers, for every id."""
    constants = []
    for truth in solution.targets.values():
        values, counts = np.unique(truth, return_counts=True)
        is_measure = truth.dtype.kind == "f" and len(values) > 50
        value = values[len(values) // 2] if is_measure else values[int(np.argmax(counts))]
        constants.append(plain(value))
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([solution.id_column, *solution.target_columns])
    writer.writerows([key, *constants] for key in solution.ids)
    return text.getvalue()
