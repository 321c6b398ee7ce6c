"""Signs that a board is being read out, and scores that can't have come about by prediction.

A sign is evidence for a person to look at, never a verdict: a code, a sentence, and the numbers it is made of. The attacks
are those of Blum & Hardt 2015 ("The Ladder", section 1) and Whitehill 2018 ("Climbing the Kaggle leaderboards by exploiting
the log-loss oracle"): submit nearly the same file again and again and learn from the score which rows were right.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from grader.metrics import Metric
from grader.outcome import Evaluation

NEAR = 0.01  # of the rows differ
LOOK_BACK = 50
MIN_STEPS = 5
MIN_ROWS = 50
Z_GAP = 5.0
FAR = 10
SHARES = frozenset({"accuracy_score", "classification_error", "micro_f1_score"})


@dataclass(frozen=True, kw_only=True)
class Handed:
    """One submission of a participant: what it predicts for each row `(n_rows,)`, and its public score."""

    key: Any
    predicted: npt.NDArray[Any]
    public: float | None


@dataclass(frozen=True, kw_only=True)
class Sign:
    """Something to look at. `keys` are the submissions that show it."""

    code: str
    message: str
    params: Mapping[str, object] = field(default_factory=dict)
    keys: tuple[Any, ...] = ()


def probing_signs(submissions: Sequence[Handed], *, direction: str) -> list[Sign]:
    """Signs in one participant's submissions, oldest first. Empty for the usual course of improving a model.

    - `small_steps`: at least five submissions each differ from an earlier one in at most 1% of the rows (or in one row);
    - `climbing`: among them, most changes that raised the public score were kept and most that lowered it were undone;
    - `constants`: two or more submissions of one value throughout, which give away the classes' shares;
    - `copies`: the same predictions again, at least five times.
    """
    signs = []
    steps, copies = _steps(submissions)
    if len(steps) >= MIN_STEPS:
        rows = sorted(differing for _, _, differing in steps)
        median = rows[len(rows) // 2]
        keys = tuple(submissions[later].key for _, later, _ in steps)
        params: dict[str, object] = {"count": len(steps), "rows": median, "total": len(submissions)}
        few = "1 row" if median == 1 else f"{median} rows"
        message = f"{len(steps)} of {len(submissions)} submissions differ from an earlier one in about {few} only."
        signs.append(Sign(code="small_steps", message=message, params=params, keys=keys))
        if climb := _climbing(submissions, steps, direction):
            signs.append(climb)
    constants = [s.key for s in submissions if len(s.predicted) >= MIN_ROWS and (s.predicted == s.predicted[0]).all()]
    if len(constants) >= 2:
        message = f"{len(constants)} submissions predict one value throughout, which tells how common it is."
        signs.append(Sign(code="constants", message=message, params={"count": len(constants)}, keys=tuple(constants)))
    if len(copies) >= MIN_STEPS:
        message = f"{len(copies)} submissions repeat earlier predictions."
        signs.append(Sign(code="copies", message=message, params={"count": len(copies)}, keys=tuple(copies)))
    return signs


def _steps(submissions: Sequence[Handed]) -> tuple[list[tuple[int, int, int]], list[Any]]:
    """Small steps as (earlier, later, differing rows), and the keys of exact copies."""
    steps: list[tuple[int, int, int]] = []
    copies: list[Any] = []
    for later in range(1, len(submissions)):
        own = submissions[later].predicted
        differing = [
            (int(np.count_nonzero(submissions[i].predicted != own)), -i)
            for i in range(max(0, later - LOOK_BACK), later)
        ]
        fewest, earlier = min(differing)
        if fewest == 0:
            copies.append(submissions[later].key)
        elif fewest <= max(1, NEAR * len(own)):
            steps.append((-earlier, later, fewest))
    return steps, copies


def _climbing(submissions: Sequence[Handed], steps: Sequence[tuple[int, int, int]], direction: str) -> Sign | None:
    """Whether later work keeps the small changes that the public score rewarded, and only those."""
    last = submissions[-1].predicted
    agreed = told = 0
    for earlier, later, _ in steps:
        before, after = submissions[earlier], submissions[later]
        if before.public is None or after.public is None or before.public == after.public:
            continue
        is_better = (after.public > before.public) == (direction == "higher")
        changed = before.predicted != after.predicted
        is_kept = np.count_nonzero(last[changed] == after.predicted[changed]) * 2 > np.count_nonzero(changed)
        told += 1
        agreed += is_kept == is_better
    # by chance, agreement is a coin toss: ask for what one toss series in a thousand shows
    if told < MIN_STEPS or agreed < told / 2 + 3.1 * math.sqrt(told) / 2:
        return None
    message = f"{agreed} of {told} small changes were kept or undone just as the public score said."
    return Sign(code="climbing", message=message, params={"count": agreed, "total": told})


def odd_scores(evaluation: Evaluation, *, metric: Metric, n_public: int, n_private: int, spread: float) -> list[Sign]:
    """Signs in one result. `spread` is the standard deviation of one row's part in the score, such as 0.5.

    - `out_of_range`: beyond what the metric can be; `no_share`: an accuracy that no whole number of rows makes;
    - `parts_disagree`: an overall accuracy that isn't the public and the private one together;
    - `perfect`: no error on 50 rows or more;
    - `gap`: the public score is better than the private one by more than chance gives (z of 5), as after probing.
    """
    signs = []
    parts = (("public", evaluation.public, n_public), ("private", evaluation.private, n_private))
    scored = [(name, value, n) for name, value, n in parts if value is not None and n]
    low, high = bounds(metric)
    for name, value, n in scored:
        params: dict[str, object] = {"part": name, "score": value, "rows": n}
        if not low - 1e-9 <= value <= high + 1e-9:
            message = f"The {name} score {value:g} is outside {metric.range}."
            signs.append(Sign(code="out_of_range", message=message, params=params))
        elif metric.name in SHARES and abs(value * n - round(value * n)) > 1e-6 * n:
            message = f"No number of right answers among {n} rows makes the {name} score {value:g}."
            signs.append(Sign(code="no_share", message=message, params=params))
        if n >= MIN_ROWS and value == (high if metric.direction == "higher" else low):
            message = f"The {name} score is perfect on {n} rows."
            signs.append(Sign(code="perfect", message=message, params=params))
    if len(scored) == 2:
        signs += _between_parts(evaluation, metric, n_public, n_private, spread)
    return signs


def lead_sign(score: float, others: Sequence[float], *, metric: Metric) -> Sign | None:
    """`far_ahead`: what a score lacks to perfection is at most a tenth of what the best of the `others` lacks.

    None below five others, and where the metric has no best value.

    >>> from grader.metrics import get_metric
    >>> lead_sign(0.99, [0.8, 0.79, 0.7, 0.6, 0.5], metric=get_metric("accuracy")).code
    'far_ahead'
    >>> lead_sign(0.9, [0.8, 0.79, 0.7, 0.6, 0.5], metric=get_metric("accuracy"))
    """
    low, high = bounds(metric)
    best = high if metric.direction == "higher" else low
    if len(others) < MIN_STEPS or not math.isfinite(best):
        return None
    nearest = min(others, key=lambda other: abs(best - other))
    if abs(best - score) * FAR > abs(best - nearest) or nearest == best:
        return None
    message = f"The score {score:g} is far ahead of the next one, {nearest:g}."
    return Sign(code="far_ahead", message=message, params={"score": score, "next": nearest})


def _between_parts(evaluation: Evaluation, metric: Metric, n_public: int, n_private: int, spread: float) -> list[Sign]:
    assert evaluation.public is not None and evaluation.private is not None
    signs = []
    together = (evaluation.public * n_public + evaluation.private * n_private) / (n_public + n_private)
    if metric.name in SHARES and evaluation.overall is not None and abs(evaluation.overall - together) > 1e-6:
        message = f"The overall score {evaluation.overall:g} is not the public and the private one together."
        signs.append(Sign(code="parts_disagree", message=message, params={"score": evaluation.overall}))
    lead = evaluation.public - evaluation.private
    lead = lead if metric.direction == "higher" else -lead
    error = spread * math.sqrt(1 / n_public + 1 / n_private)
    if error > 0 and lead > Z_GAP * error:
        z = lead / error
        message = f"The public score is better than the private one by {z:.1f} standard errors."
        signs.append(Sign(code="gap", message=message, params={"z": round(z, 1)}))
    return signs


def bounds(metric: Metric) -> tuple[float, float]:
    """The metric's range as numbers, infinite where it is open.

    >>> from grader.metrics import get_metric
    >>> bounds(get_metric("qwk")), bounds(get_metric("rmse")), bounds(get_metric("r2"))
    ((-1.0, 1.0), (0.0, inf), (-inf, 1.0))
    """
    low, _, high = metric.range.partition("..")
    return float(low or -math.inf), float(high or math.inf)
