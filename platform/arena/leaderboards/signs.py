"""Signs of probing and scores that can't be right, participant by participant, for the staff to look at.

A participant's submissions are read once and the signs are kept until something of theirs changes. A large competition is
looked through in slices, so that no page makes its reader wait.
"""

from __future__ import annotations

import hashlib
import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from django.core.cache import cache

from arena.competitions.entrants import mates
from arena.competitions.models import Competition, Solution
from arena.competitions.selectors import current_solution
from arena.competitions.truth import parsed
from arena.leaderboards.certainty import stored_file
from arena.leaderboards.models import BoardRow
from arena.submissions.models import Submission
from grader.metrics import Metric, get_metric
from grader.outcome import Evaluation
from grader.predictions import InvalidPredictions, InvalidSolution, Predictions
from grader.predictions import Solution as Truth
from grader.probing import SHARES, Handed, Sign, lead_sign, odd_scores, probing_signs
from grader.scoring import read_for_metric

KEPT_S = 24 * 3600
# more would say nothing new, and take long to read
MOST_READ = 200


@dataclass(frozen=True, kw_only=True)
class Suspect:
    """A participant whose submissions show at least one sign."""

    row: BoardRow
    signs: tuple[Sign, ...]


@dataclass(frozen=True, kw_only=True)
class Found:
    """What was seen of a competition; `n_read` of `n_all` participants were looked at so far."""

    suspects: tuple[Suspect, ...]
    n_read: int
    n_all: int


def look(competition: Competition, *, budget_s: float) -> Found:
    """Look at each participant, most signs first; whoever isn't reached within the time is left for the next call."""
    try:
        solution = current_solution(competition)
        truth = parsed(solution, metric=competition.metric)
    except (Solution.DoesNotExist, InvalidSolution):
        return Found(suspects=(), n_read=0, n_all=0)
    rows = list(BoardRow.objects.filter(competition=competition).select_related("user", "team").order_by("pk"))
    people = [row for row in rows if not row.is_baseline]
    deadline = time.monotonic() + budget_s
    suspects, n_read = [], 0
    for row in people:
        signs = _of_participant(row, competition, solution, truth, may_read=time.monotonic() < deadline)
        if signs is None:
            continue
        n_read += 1
        if ahead := _ahead(row, rows, get_metric(competition.metric)):
            signs = (*signs, ahead)
        if signs:
            suspects.append(Suspect(row=row, signs=signs))
    suspects.sort(key=lambda suspect: -len(suspect.signs))
    return Found(suspects=tuple(suspects), n_read=n_read, n_all=len(people))


def _ahead(row: BoardRow, rows: Sequence[BoardRow], metric: Metric) -> Sign | None:
    if row.public_score is None or row.best_id is None:
        return None
    others = [other.public_score for other in rows if other.pk != row.pk and other.public_score is not None]
    sign = lead_sign(row.public_score, others, metric=metric)
    return replace(sign, keys=(row.best_id,)) if sign else None


def _of_participant(
    row: BoardRow, competition: Competition, solution: Solution, truth: Truth, *, may_read: bool
) -> tuple[Sign, ...] | None:
    """The signs, computed if need be and there is time; None otherwise."""
    mine = Submission.entries.filter(
        competition=competition,
        user__in=mates(row.user_id, competition),
        is_baseline=False,
        verdict="ok",
        result__solution=solution,
    )
    scored = list(mine.select_related("result").prefetch_related("files").order_by("submitted_at", "pk"))[-MOST_READ:]
    parts = [competition.pk, competition.metric, solution.pk, row.user_id, *(s.result_id for s in scored)]
    key = "signs-" + hashlib.sha256("\n".join(map(str, parts)).encode()).hexdigest()
    found: tuple[Sign, ...] | None = cache.get(key)
    if found is None and may_read:
        found = _compute(scored, competition.metric, truth)
        cache.set(key, found, KEPT_S)
    return found


def _compute(scored: Sequence[Submission], metric: str, truth: Truth) -> tuple[Sign, ...]:
    chosen = get_metric(metric)
    signs = list(_odd(scored, chosen, truth))
    if len(scored) > 1:
        handed = []
        for submission in scored:
            read = _read(submission, metric, truth)
            if read is not None:
                handed.append(Handed(key=submission.pk, predicted=folded(read), public=submission.public_score))
        signs += probing_signs(handed, direction=chosen.direction) if len(handed) > 1 else []
    return tuple(signs)


def _odd(scored: Sequence[Submission], metric: Metric, truth: Truth) -> list[Sign]:
    """Odd scores, each kind once, with all submissions that show it."""
    n_public, n_private = (int((truth.usage_codes == usage).sum()) for usage in (0, 1))
    found: dict[tuple[str, object], Sign] = {}
    for submission in scored:
        attempt = submission.result
        if attempt is None or attempt.metric != metric.name:
            continue
        evaluation = Evaluation(
            metric=metric.name, direction=metric.direction, public=attempt.public_score,
            private=attempt.private_score, overall=None, n_rows=attempt.n_rows or 0, interval=None,
        )  # fmt: skip
        spread = _spread(metric, attempt.interval, n_private)
        for sign in odd_scores(evaluation, metric=metric, n_public=n_public, n_private=n_private, spread=spread):
            key = (sign.code, sign.params.get("part"))
            earlier = found.get(key, sign)
            found[key] = replace(earlier, keys=(*earlier.keys, submission.pk))
    return list(found.values())


def _spread(metric: Metric, interval: Sequence[float] | None, n_private: int) -> float:
    """The standard deviation of one row's part in the score; 0 where nothing tells it."""
    if metric.name in SHARES:
        return 0.5
    return (interval[1] - interval[0]) / (2 * 1.96) * math.sqrt(n_private) if interval else 0.0


def _read(submission: Submission, metric: str, truth: Truth) -> Predictions | None:
    stored = stored_file(submission)
    try:
        return (
            read_for_metric(stored.path, solution=truth, metric=metric, allow_gzip=stored.is_gzip) if stored else None
        )
    except (InvalidPredictions, OSError):
        return None


def folded(read: Predictions) -> npt.NDArray[np.uint64]:
    """Each row's predictions in one number `(n_rows,)`, equal where all columns are."""
    columns: Mapping[str, npt.NDArray[np.generic]] = {**read.values, **read.codes}
    total: npt.NDArray[np.uint64] | None = None
    for name in sorted(columns):
        column = columns[name]
        if column.dtype.kind == "f":
            bits = np.ascontiguousarray(column, dtype=np.float64).view(np.uint64)
        elif column.dtype.kind in "iu":
            bits = column.astype(np.uint64)
        else:
            bits = np.array([hash(value) & (2**64 - 1) for value in column.tolist()], dtype=np.uint64)
        total = bits if total is None else total * np.uint64(1_000_003) ^ bits
    assert total is not None
    return total
