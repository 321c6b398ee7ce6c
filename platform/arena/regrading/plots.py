"""Two distributions in one SVG: pairs of bars, before and after."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, TOP, BOTTOM = 640, 18, 150
# every so many labels is written, so that they don't run into each other
MAX_LABELS = 10


@dataclass(frozen=True, kw_only=True)
class Pair:
    """Two bars in SVG units, as strings: no locale puts a decimal comma into the SVG."""

    label: str
    middle: str
    width: str
    x: tuple[str, str]
    y: tuple[str, str]
    height: tuple[str, str]
    counts: tuple[int, int]


def pairs(bins: Sequence[Sequence[object]]) -> tuple[Pair, ...]:
    """One pair for each (label, before, after), as tall as their counts."""
    if not bins:
        return ()
    step = WIDTH / len(bins)
    most = max(1, *(int(count) for _, *counts in bins for count in counts))
    every = -(-len(bins) // MAX_LABELS)
    found = []
    for i, (label, *counts) in enumerate(bins):
        tall = [(BOTTOM - TOP) * int(count) / most for count in counts]
        found.append(
            Pair(
                label=str(label) if i % every == 0 else "",
                middle=f"{(i + 0.5) * step:.1f}",
                width=f"{0.4 * step:.1f}",
                x=(f"{(i + 0.08) * step:.1f}", f"{(i + 0.52) * step:.1f}"),
                y=(f"{BOTTOM - tall[0]:.1f}", f"{BOTTOM - tall[1]:.1f}"),
                height=(f"{tall[0]:.1f}", f"{tall[1]:.1f}"),
                counts=(int(counts[0]), int(counts[1])),
            )
        )
    return tuple(found)
