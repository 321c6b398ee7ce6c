"""Two distributions of final marks side by side, as numbers for an SVG template."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from grader.marks import MarkSheet

WIDTH, TOP, BOTTOM = 640, 30, 150


@dataclass(frozen=True, kw_only=True)
class Pair:
    """A mark's two columns in SVG units (texts, so that no locale puts a comma into the SVG)."""

    label: str
    middle: str
    before_x: str
    before_y: str
    before_height: str
    after_x: str
    after_y: str
    after_height: str
    width: str
    before: int
    after: int
    is_failing: bool


def whole(sheet: MarkSheet) -> int | None:
    """The integer under which a final mark is counted."""
    return None if sheet.final is None else int(sheet.final.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def pairs(before: Sequence[MarkSheet], after: Sequence[MarkSheet], *, pass_mark: Decimal) -> tuple[Pair, ...]:
    """One pair of columns per mark from 1 to 10."""
    old, new = Counter(map(whole, before)), Counter(map(whole, after))
    most = max(1, *(old[mark] for mark in range(1, 11)), *(new[mark] for mark in range(1, 11)))
    step, tallest = WIDTH / 10, BOTTOM - TOP
    found = []
    for at, mark in enumerate(range(1, 11)):
        heights = [tallest * counts[mark] / most for counts in (old, new)]
        found.append(
            Pair(
                label=str(mark),
                middle=f"{(at + 0.5) * step:.1f}",
                before_x=f"{(at + 0.12) * step:.1f}",
                before_y=f"{BOTTOM - heights[0]:.1f}",
                before_height=f"{heights[0]:.1f}",
                after_x=f"{(at + 0.52) * step:.1f}",
                after_y=f"{BOTTOM - heights[1]:.1f}",
                after_height=f"{heights[1]:.1f}",
                width=f"{0.36 * step:.1f}",
                before=old[mark],
                after=new[mark],
                is_failing=mark < pass_mark,
            )
        )
    return tuple(found)
