"""Release public scores by the Ladder: what each submission of a participant says, made anew from all of them in their order.

A withdrawn submission keeps its step: otherwise handing in, reading and withdrawing would start the Ladder anew each time. The
board shows the last step that still counts. What the staff disqualify leaves the Ladder altogether.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime

from django.core.cache import cache

from arena.competitions.models import Competition, Solution
from arena.competitions.public_scores import n_public_rows
from arena.competitions.truth import parsed
from arena.leaderboards.certainty import UNKNOWN, stored_file
from arena.submissions.models import Release, Submission
from grader.ladder import Handed, releases
from grader.metrics import get_metric
from grader.predictions import InvalidPredictions, InvalidSolution
from grader.scoring import read_for_metric
from grader.significance import PUBLIC, paired_error

KEPT_S = 24 * 3600
UNCOMPUTABLE = -1.0


def release(competition: Competition, submissions: Sequence[Submission]) -> list[Release]:
    """Store what each of one participant's submissions says, the oldest first; those that made a step.

    In a transaction that holds the participant's row of the board.
    """
    scored = [s for s in submissions if s.verdict == "ok" and s.public_score is not None and not s.disqualified_for]
    scored.sort(key=lambda s: (s.submitted_at, s.pk))
    by_key = {s.pk: s for s in scored}
    made = releases(
        [Handed(key=s.pk, score=s.public_score) for s in scored],
        metric=get_metric(competition.metric),
        n_rows=n_public_rows(competition),
        error=lambda one, best: _error(competition, by_key[one], by_key[best]),
    )
    rows = [Release(submission=by_key[r.key], score=float(r.score), is_step=r.is_step) for r in made]
    Release.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["submission"], update_fields=["score", "is_step"]
    )
    Release.objects.filter(submission__in=[s.pk for s in submissions if s.pk not in by_key]).delete()
    return [row for row in rows if row.is_step]


def board_fields(steps: Sequence[Release], *, freeze: datetime | None) -> Mapping[str, object]:
    """What a row of the board holds of the steps: the last that counts, and the last of before the freeze."""
    counting = [step for step in steps if step.submission.may_count]
    stood = [step for step in counting if freeze is not None and step.submission.submitted_at <= freeze]
    found: dict[str, object] = {}
    for name, some in (("released", counting), ("frozen_released", stood)):
        found[f"{name}_score"] = some[-1].score if some else None
        found[f"{name}_at"] = some[-1].submission.submitted_at if some else None
    return found


def _error(competition: Competition, one: Submission, best: Submission) -> float | None:
    """The paired standard error over the public rows; None where predictions or labels can't be compared."""
    if get_metric(competition.metric).takes in UNKNOWN or one.result is None or best.result is None:
        return None
    solution = one.result.solution
    if solution is None or solution.pk != best.result.solution_id:
        return None
    parts = (one.result_id, best.result_id, solution.pk, competition.metric)
    key = "ladder-" + hashlib.sha256("\n".join(map(str, parts)).encode()).hexdigest()
    error: float | None = cache.get(key)
    if error is None:
        error = _computed(competition.metric, solution, one, best)
        cache.set(key, error, KEPT_S)
    return None if error == UNCOMPUTABLE else error


def _computed(metric: str, solution: Solution, *both: Submission) -> float:
    try:
        truth = parsed(solution, metric=metric)
        read = []
        for submission in both:
            stored = stored_file(submission)
            if stored is None:
                return UNCOMPUTABLE
            read.append(read_for_metric(stored.path, solution=truth, metric=metric, allow_gzip=stored.is_gzip))
    except (InvalidPredictions, InvalidSolution, OSError):
        return UNCOMPUTABLE
    return paired_error(*read, solution=truth, metric=metric, usage=PUBLIC)
