"""Small plots as numbers for an SVG template."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

WIDTH, TOP, BOTTOM = 640, 30, 150
# a marker this close to the right edge has its name on its left
EDGE = 560


@dataclass(frozen=True, kw_only=True)
class Bar:
    """A bar in SVG units; `title` says what it counts."""

    x: str
    y: str
    width: str
    height: str
    title: str


@dataclass(frozen=True, kw_only=True)
class Column:
    """A labelled bar in SVG units with its count above it."""

    x: str
    middle: str
    y: str
    width: str
    height: str
    text_y: str
    label: str
    count: int


@dataclass(frozen=True, kw_only=True)
class Marker:
    """A named vertical line; its name stands beside it, the second one lower, so that two never overlap."""

    name: str
    x: str
    text_y: str
    anchor: str
    dx: str


@dataclass(frozen=True, kw_only=True)
class Histogram:
    bars: tuple[Bar, ...]
    markers: tuple[Marker, ...]
    low: float
    high: float
    most: int


def histogram(
    values: Sequence[float], *, markers: Mapping[str, float | None] | None = None, bins: int = 32
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
    step, tallest = WIDTH / bins, BOTTOM - TOP
    bars = tuple(
        Bar(
            x=f"{i * step + 1:.1f}",
            y=f"{BOTTOM - tallest * count / most:.1f}",
            width=f"{step - 2:.1f}",
            height=f"{tallest * count / most:.1f}",
            title=f"{edges[i]:.4g} – {edges[i + 1]:.4g}: {count}",
        )
        for i, count in enumerate(counts.tolist())
    )
    lines = tuple(
        _marker(name, WIDTH * (value - low) / (high - low), row) for row, (name, value) in enumerate(placed.items())
    )
    return Histogram(bars=bars, markers=lines, low=low, high=high, most=most)


def columns(counts: Mapping[str, int]) -> tuple[Column, ...]:
    """One column per label, in the order given."""
    step, most, tallest = WIDTH / max(1, len(counts)), max(1, *counts.values()), BOTTOM - TOP
    return tuple(
        Column(
            x=f"{i * step + 0.12 * step:.1f}",
            middle=f"{(i + 0.5) * step:.1f}",
            y=f"{BOTTOM - tallest * count / most:.1f}",
            width=f"{0.76 * step:.1f}",
            height=f"{tallest * count / most:.1f}",
            text_y=f"{BOTTOM - tallest * count / most - 5:.1f}",
            label=label,
            count=count,
        )
        for i, (label, count) in enumerate(counts.items())
    )


def _marker(name: str, x: float, row: int) -> Marker:
    is_right = x > EDGE
    return Marker(
        name=name,
        x=f"{x:.1f}",
        text_y=str(12 + 14 * row),
        anchor="end" if is_right else "start",
        dx="-5" if is_right else "5",
    )
