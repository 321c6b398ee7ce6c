"""The Ladder: a public score moves only when a submission is better than the best released one beyond what chance explains.

Blum & Hardt 2015, "The Ladder: A Reliable Leaderboard for Machine Learning Competitions", algorithm 3 (without a parameter).
Whoever hands in learns of a submission that it made a step, and the step's score in steps of one row; of any other, that it
made none. Two things are stricter than in the paper: an improvement must exceed two standard errors of the paired
difference instead of one, or else a single corrected row would always be a step, and it must be at least one row's.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from grader.metrics import HIGHER, Metric
from grader.resolution import ShownScore, has_scale, resolved

Z = 2.0
TOLERANCE = 1e-12
# the largest standard deviation of a share's row
LARGEST_SPREAD = 0.5


@dataclass(frozen=True, kw_only=True)
class Handed:
    """A submission of one participant with its exact public score."""

    key: Any
    score: float


@dataclass(frozen=True, kw_only=True)
class Release:
    """What its author reads of a submission: the best score released so far, and whether this one made the step to it."""

    key: Any
    score: ShownScore
    is_step: bool


def releases(
    handed: Sequence[Handed], *, metric: Metric, n_rows: int, error: Callable[[Any, Any], float | None]
) -> list[Release]:
    """Go through one participant's submissions, the oldest first; the first one always is a step.

    `error(candidate, best)` is the standard error of the paired difference of two submissions' public scores, by their keys;
    None where it can't be computed. It is asked only where the candidate looks better by a row or more.
    """
    sign = 1.0 if metric.direction == HIGHER else -1.0
    released: list[Release] = []
    best: Release | None = None
    for one in handed:
        score = resolved(one.score, metric=metric, n_rows=n_rows)
        if best is None or (
            sign * (score - best.score) > 0
            and sign * (one.score - best.score)
            > Z * _error(error(one.key, best.key), best.score, metric=metric, n_rows=n_rows) + TOLERANCE
        ):
            best = Release(key=one.key, score=score, is_step=True)
            released.append(best)
        else:
            released.append(Release(key=one.key, score=best.score, is_step=False))
    return released


def _error(known: float | None, best: float, *, metric: Metric, n_rows: int) -> float:
    """Without the rows, as much as a share's can be, or that part of an error that has no scale."""
    if known is not None:
        return known
    spread = LARGEST_SPREAD * (1.0 if has_scale(metric) else abs(best))
    return float(spread / max(1, n_rows) ** 0.5)
