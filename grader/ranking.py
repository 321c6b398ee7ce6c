"""Ranks on full precision. A missing score ranks last in both directions."""

from __future__ import annotations

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
    key: Any
    rank: int
    score: float | None


def rank(entries: Sequence[Entry], *, direction: str, ties: str = "earlier") -> list[Ranked]:
    """Best first. `earlier`: a tie goes to the earlier entry; `shared`: equal scores share a rank, 1-2-2-4."""
    sign = {"higher": -1.0, "lower": 1.0}[direction]
    ordered = sorted(entries, key=lambda e: (e.score is None, sign * (e.score or 0.0), e.at))
    ranked: list[Ranked] = []
    for place, entry in enumerate(ordered, start=1):
        if ties == "shared" and ranked and ranked[-1].score == entry.score:
            place = ranked[-1].rank
        ranked.append(Ranked(key=entry.key, rank=place, score=entry.score))
    return ranked
