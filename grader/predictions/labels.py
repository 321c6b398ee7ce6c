"""A target column as classes, and when two spellings are one class."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from grader.predictions.ids import IdIndex
from grader.predictions.numbers import parse_number, parse_numbers
from grader.predictions.tables import Cells

EXACT = 1e15  # larger integers aren't told apart by a float
CEDILLAS = str.maketrans("şţŞŢ", "șțȘȚ")


@dataclass(frozen=True, kw_only=True)
class Labels:
    """A target column as classes: the sorted classes `(n_classes,)` and each row's position in them `(n_rows,)`.

    `public` are the names that a refusal may list; None: all.
    """

    classes: npt.NDArray[Any]
    codes: npt.NDArray[np.int64]
    index: IdIndex
    public: frozenset[str] | None = None

    @property
    def names(self) -> list[str]:
        """The classes as people write them."""
        return [plain(value) for value in self.classes.tolist()]

    @property
    def listed(self) -> list[str]:
        """The classes that a refusal may list."""
        return [name for name in self.names if self.public is None or name in self.public]

    @cached_property
    def folded(self) -> Mapping[str, int]:
        """Positions by folded text, for what isn't spelt as in the solution."""
        return {fold(str(name)): i for i, name in enumerate(self.classes.tolist())}

    @cached_property
    def of_bytes(self) -> npt.NDArray[np.int64]:
        """Positions of the classes that are one byte long, by that byte; -1 for the rest."""
        table = np.full(256, -1, dtype=np.int64)
        for i, name in enumerate(self.names):
            if len(name.encode()) == 1:
                table[ord(name)] = i
        return table

    def of_number(self, text: str, *, decimal_comma: bool) -> int:
        """The position of the only class with this number, -1 where there is none."""
        value = parse_number(text.replace(",", ".") if decimal_comma else text)
        return self.by_value.get(value, -1) if abs(value) < EXACT else -1

    @cached_property
    def by_value(self) -> Mapping[float, int]:
        """Positions of classes in text that are numbers, such as codes, where no other class has the same."""
        values = [parse_number(str(name)) for name in self.classes.tolist()]
        counts = Counter(values)
        return {value: i for i, value in enumerate(values) if counts[value] == 1 and abs(value) < EXACT}

    def encode(self, cells: Cells, *, decimal_comma: bool) -> npt.NDArray[np.int64]:
        """Positions of the cells' classes, -1 for an unknown one.

        What isn't written as any class is the one with the same number, if there is just one: `2.0` is `2`, and so is `02`
        unless both are classes.
        """
        if (cells.ends - cells.starts == 1).all():
            codes = self.of_bytes[cells.buffer[cells.starts]]
        else:
            codes = self.index.locate(cells)
        rest = np.flatnonzero(codes < 0)
        if not rest.size:
            return codes
        if self.classes.dtype.kind == "f":
            values, _ = parse_numbers(cells.of(rest), decimal_comma=decimal_comma)
            at = np.minimum(np.searchsorted(self.classes, values), len(self.classes) - 1)
            codes[rest] = np.where(self.classes[at] == values, at, -1)
            return codes
        known: dict[str, int] = {}
        for row in rest.tolist():
            text = cells.text(row)
            if text not in known and len(known) < 10_000:
                known[text] = self.folded.get(fold(text), self.of_number(text, decimal_comma=decimal_comma))
            codes[row] = known.get(text, -1)
        return codes


def plain(value: Any) -> str:
    """A number as people write it: 2 for 2.0."""
    if isinstance(value, float | np.floating):
        return str(int(value)) if float(value).is_integer() else repr(float(value))
    return str(value)


def fold(text: str) -> str:
    """One spelling of a label: composed characters, and Romanian letters with a comma below, never a cedilla."""
    return unicodedata.normalize("NFC", text.strip()).translate(CEDILLAS)
