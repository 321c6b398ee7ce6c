"""Ranks on full precision. A missing score (None or NaN) ranks last in both directions."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A participant's score; `at` (anything that orders in time) breaks ties."""

    key: Any
    score: float | None
    at: Any


@dataclass(frozen=True, kw_only=True)
class Ranked:
    """A participant's rank, from 1."""

    key: Any
    rank: int
    score: float | None


def order_key(score: float | None, *, direction: str) -> tuple[bool, float]:
    """Sorts the better score first and a missing one last.

    >>> sorted([0.5, None, 0.9], key=lambda s: order_key(s, direction="higher"))
    [0.9, 0.5, None]
    """
    if score is None or math.isnan(score):
        return (True, 0.0)
    return (False, {"higher": -score, "lower": score}[direction])


def rank(entries: Sequence[Entry], *, direction: str, ties: str = "earlier") -> list[Ranked]:
    """Best first. `earlier`: a tie goes to the earlier entry; `shared`: equal scores share a rank, 1-2-2-4."""
    keyed = sorted(((order_key(e.score, direction=direction), e.at, i) for i, e in enumerate(entries)))
    ranked: list[Ranked] = []
    before = None
    for place, (key, _, i) in enumerate(keyed, start=1):
        shared = ties == "shared" and key == before
        ranked.append(Ranked(key=entries[i].key, rank=ranked[-1].rank if shared else place, score=entries[i].score))
        before = key
    return ranked
