"""What the numbers of a table say of its decimal sign, where commas don't separate its columns.

There `1,234` is 1.234 to one program and a thousand times as much to another. A file is read only where its numbers leave
one way: `987,5` shows a decimal comma, `0.25` a decimal point. What has a point or comma and exactly three digits behind
it is unsure, unless another number shows that this very sign is the decimal one.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from grader.predictions.errors import SHOWN_ROWS, InvalidPredictions, Offence, refusal
from grader.predictions.numbers import COMMA, MINUS, NINE, PLUS, POINT, ZERO
from grader.predictions.tables import Cells, Table

GROUP = 3  # digits between two separators of thousands
SIGNS = (COMMA, POINT)


def _offences() -> dict[int, Offence]:
    return {sign: Offence() for sign in SIGNS}


@dataclass
class DecimalSigns:
    """Collects the evidence of a file, block by block. `sure` and `unsure` hold the cells with each sign."""

    has_both: bool
    sure: dict[int, Offence] = field(default_factory=_offences)
    unsure: dict[int, Offence] = field(default_factory=_offences)

    def read(self, cells: Cells, lines: npt.NDArray[np.int64]) -> None:
        """Take a column of numbers, without spaces around."""
        if not self.has_both and any(self.sure[sign].count for sign in SIGNS):
            return
        is_digit = (cells.buffer >= ZERO) & (cells.buffer <= NINE)
        n_digits = np.concatenate([[0], np.cumsum(is_digit)])
        first = cells.buffer[cells.starts]
        starts = cells.starts + ((first == MINUS) | (first == PLUS))
        for sign in SIGNS:
            places = np.flatnonzero(cells.buffer == sign)
            if not places.size:
                continue
            rows = np.searchsorted(starts, places, side="right") - 1
            inside = (rows >= 0) & (places < cells.ends[rows])
            rows, places = rows[inside], places[inside]
            # all but the sign are digits: nothing is there twice, no exponent, no letter
            lengths = cells.ends[rows] - starts[rows]
            plain = n_digits[cells.ends[rows]] - n_digits[starts[rows]] == lengths - 1
            rows, places = rows[plain], places[plain]
            behind, before = cells.ends[rows] - places - 1, places - starts[rows]
            is_group = (behind == GROUP) & (before >= 1) & (before <= GROUP) & (cells.buffer[starts[rows]] != ZERO)
            _note(self.unsure[sign], cells, lines, rows[is_group])
            _note(self.sure[sign], cells, lines, rows[~is_group & (behind + before > 0)])

    def refusal(self) -> InvalidPredictions | None:
        """Of the cells that leave it open by how much they are too small; None where all numbers are sure."""
        decimal = [sign for sign in SIGNS if self.sure[sign].count]
        if len(decimal) > 1:
            both = sorted((self.sure[sign].lines[0], self.sure[sign].shown[0]) for sign in SIGNS)
            return refusal("two_decimal_signs", [line for line, _ in both], examples=[text for _, text in both])
        doubtful = [self.unsure[sign] for sign in SIGNS if sign not in decimal and self.unsure[sign].count]
        if not doubtful:
            return None
        shown = sorted((line, text) for one in doubtful for line, text in zip(one.lines, one.shown, strict=True))
        offence = Offence()
        offence.add(
            sum(one.count for one in doubtful),
            [line for line, _ in shown[:SHOWN_ROWS]],
            [text for _, text in shown[:SHOWN_ROWS]],
        )
        return offence.refusal("unsure_numbers")


def decimal_signs(table: Table) -> DecimalSigns | None:
    """The collector for a table; None where a comma separates the columns, so that only a point can be in a number."""
    if table.separator == ",":
        return None
    return DecimalSigns(has_both=b"," in table.data and b"." in table.data)


def _note(offence: Offence, cells: Cells, lines: npt.NDArray[np.int64], rows: npt.NDArray[np.intp]) -> None:
    if rows.size:
        first = rows[:SHOWN_ROWS]
        offence.add(len(rows), lines[first].tolist(), [cells.text(row) for row in first.tolist()])
