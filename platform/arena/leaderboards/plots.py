"""Small plots as numbers for an SVG template."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

WIDTH, HEIGHT, BASE = 640, 160, 24


@dataclass(frozen=True, kw_only=True)
class Bar:
    """A bar in SVG units; `title` says what it counts."""

    x: str
    y: str
    width: str
    height: str
    title: str


@dataclass(frozen=True, kw_only=True)
class Histogram:
    bars: tuple[Bar, ...]
    markers: Mapping[str, str]
    low: float
    high: float
    most: int


def histogram(
    values: Sequence[float], *, markers: Mapping[str, float | None] | None = None, bins: int = 24
) -> Histogram | None:
    """Bars over the range of the values, with vertical markers; None without values. Coordinates are strings, so that
    no locale puts a decimal comma into the SVG."""
    if not values:
        return None
    placed = {name: value for name, value in (markers or {}).items() if value is not None}
    low, high = min([*values, *placed.values()]), max([*values, *placed.values()])
    if low == high:
        low, high = low - 0.5, high + 0.5
    counts, edges = np.histogram(values, bins=bins, range=(low, high))
    most = int(counts.max())
    step = WIDTH / bins
    bars = tuple(
        Bar(
            x=f"{i * step + 1:.1f}",
            y=f"{HEIGHT - BASE - (HEIGHT - BASE) * count / most:.1f}",
            width=f"{step - 2:.1f}",
            height=f"{(HEIGHT - BASE) * count / most:.1f}",
            title=f"{edges[i]:.4g} – {edges[i + 1]:.4g}: {count}",
        )
        for i, count in enumerate(counts.tolist())
    )
    positions = {name: f"{WIDTH * (value - low) / (high - low):.1f}" for name, value in placed.items()}
    return Histogram(bars=bars, markers=positions, low=low, high=high, most=most)
