"""Who held the shared code first: a hint from the history of attempts, never a proof."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from plagiarism.fingerprints import Fingerprint, UInts

HELD = 0.8  # whoever has so much of what is shared has it


@dataclass(frozen=True, kw_only=True)
class Direction:
    """`first` is "a", "b" or "" where neither or both at once; the times are those of each one's first attempt that
    holds the shared code, `steps` how many attempts of each held a part of it before."""

    first: str
    at_a: datetime | None
    at_b: datetime | None
    steps_a: int
    steps_b: int


def shared_grams(a: Fingerprint, b: Fingerprint, *, common: UInts | None = None) -> UInts:
    """Runs of events that both hold, less those of starter code."""
    both = np.intersect1d(a.view("grams"), b.view("grams"), assume_unique=True)
    return both if common is None else np.setdiff1d(both, common, assume_unique=True)


def direction(
    a: Sequence[tuple[datetime, Fingerprint]], b: Sequence[tuple[datetime, Fingerprint]], shared: UInts
) -> Direction:
    """From every attempt of both, in any order. Whose code grew over attempts more likely wrote it."""
    at_a, steps_a = _first(a, shared)
    at_b, steps_b = _first(b, shared)
    first = ""
    if at_a is not None and (at_b is None or at_a < at_b):
        first = "a"
    elif at_b is not None and (at_a is None or at_b < at_a):
        first = "b"
    return Direction(first=first, at_a=at_a, at_b=at_b, steps_a=steps_a, steps_b=steps_b)


def _first(history: Sequence[tuple[datetime, Fingerprint]], shared: UInts) -> tuple[datetime | None, int]:
    if not len(shared):
        return None, 0
    steps = 0
    for at, one in sorted(history, key=lambda row: row[0]):
        held = len(np.intersect1d(one.view("grams"), shared, assume_unique=True)) / len(shared)
        if held >= HELD:
            return at, steps
        steps += held > 0.1
    return None, steps
