"""Reproduce or void: run the code of final predictions and compare what it writes with what was handed in.

The runs are shadow attempts, judged in the background; they change no result. What follows from a verdict people decide.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
import numpy.typing as npt
from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils.translation import gettext as _

from arena.accounts.models import User
from arena.audit.services import record as audit
from arena.competitions.models import Competition
from arena.competitions.selectors import current_solution, is_own_metric
from arena.competitions.truth import parsed
from arena.leaderboards.models import BoardRow, Reproduced, Reproduction
from arena.locking import lock, tried_again
from arena.submissions import bells
from arena.submissions.evaluating import Stored, stored_predictions
from arena.submissions.models import Attempt, Purpose, Status, Submission, Type
from grader.predictions import InvalidPredictions, Predictions
from grader.scoring import read_for_metric, score

MOST_RUNS = 9
# the first is the best
ORDER = [Reproduced.YES, Reproduced.TOLERATED, Reproduced.WAITING, Reproduced.DIFFERS, Reproduced.FAILED]
# numbers that differ by less were only written with other digits
RELATIVE, ABSOLUTE = 1e-6, 1e-12


class NotNow(Exception):
    """No check can start; the text says why, in the reader's language."""


@dataclass(frozen=True, kw_only=True)
class Checked:
    """The newest check of a submission: one row for each seed. The best of them stands."""

    runs: tuple[Reproduction, ...]

    @property
    def best(self) -> Reproduction:
        return min(self.runs, key=lambda run: (ORDER.index(Reproduced(run.verdict)), run.difference or 0.0, run.run))

    @property
    def n_good(self) -> int:
        """How many gave the same predictions, or others within the tolerance."""
        return sum(run.verdict in {Reproduced.YES, Reproduced.TOLERATED} for run in self.runs)


@tried_again
def start(competition: Competition, *, at: datetime, actor: User, runs: int = 1) -> int:
    """Check every ranked participant's final predictions, with this many seeds each; how many. Raises `NotNow`."""
    if not 1 <= runs <= MOST_RUNS:
        raise NotNow(_("Choose 1 to %(most)d runs.") % {"most": MOST_RUNS})
    with transaction.atomic():
        codes = BoardRow.objects.filter(competition=competition, final__code__isnull=False).values("final__code")
        lock(Submission.objects.filter(pk__in=codes))
        competition = Competition.objects.select_for_update(no_key=True).get(pk=competition.pk)
        if not competition.must_reproduce:
            raise NotNow(_("This competition does not ask for reproduction."))
        if at <= competition.closes_at:
            raise NotNow(_("Wait for the deadline: until then students may change what is final."))
        if waiting(competition).exists():
            raise NotNow(_("A check is running; wait for it."))
        rows = BoardRow.objects.filter(competition=competition, is_ranked=True, final__type=Type.PREDICTIONS)
        finals = [row.final for row in rows.select_related("final__code")]
        if not finals:
            raise NotNow(_("There are no final predictions to check."))
        for final in finals:
            for run in range(runs if final.code else 1):
                attempt = _shadow(final.code, run=run) if final.code else None
                verdict = Reproduced.WAITING if attempt else Reproduced.FAILED
                Reproduction.objects.create(submission=final, attempt=attempt, verdict=verdict, run=run)
        found = [final.pk for final in finals]
        audit("reproduction.started", competition, actor=actor, submissions=found, runs=runs)
    return len(finals)


def waiting(competition: Competition) -> QuerySet[Reproduction]:
    return Reproduction.objects.filter(submission__competition=competition, verdict=Reproduced.WAITING)


def newest(competition: Competition) -> dict[int, Checked]:
    """The standing check of each submission that was checked: submission id -> check."""
    rows = Reproduction.objects.filter(submission__competition=competition).order_by("pk")
    found: dict[int, list[Reproduction]] = {}
    for row in rows.select_related("submission__user", "submission__code", "attempt"):
        if row.run == 0:  # a new check begins
            found[row.submission_id] = []
        found[row.submission_id].append(row)
    return {submission: Checked(runs=tuple(runs)) for submission, runs in found.items()}


def of_rows(competition: Competition) -> dict[int, Reproduction]:
    """The best run of the check of what counts: number of a board's row -> run."""
    checks = newest(competition)
    finals = BoardRow.objects.filter(competition=competition, final__in=list(checks)).values_list("pk", "final_id")
    return {row: checks[final].best for row, final in finals}


def _shadow(code: Submission, *, run: int) -> Attempt:
    Submission.objects.select_for_update(no_key=True).get(pk=code.pk)
    number = (code.attempts.aggregate(last=Max("number"))["last"] or 0) + 1
    attempt = Attempt.objects.create(
        submission=code,
        number=number,
        purpose=Purpose.SHADOW,
        in_background=True,
        overrides={"seed": run} if run else {},
    )
    bells.enqueue_on_commit(attempt)
    return attempt


def settle(attempt_ids: Sequence[int] | None = None) -> None:
    """Give their verdict to checks whose run is over: those of these attempts (and any with ids between), or all."""
    rows = Reproduction.objects.filter(
        verdict=Reproduced.WAITING, attempt__status__in=[Status.FINISHED, Status.CANCELLED]
    )
    if attempt_ids is not None:
        rows = rows.filter(attempt__gte=min(attempt_ids), attempt__lte=max(attempt_ids))
    for row in rows.select_related("submission__competition", "submission__result", "attempt"):
        verdict, agreement, difference = compare(row)
        Reproduction.objects.filter(pk=row.pk, verdict=Reproduced.WAITING).update(
            verdict=verdict, agreement=agreement, difference=difference
        )


def compare(row: Reproduction) -> tuple[Reproduced, float | None, float | None]:
    """Verdict, share of equal rows, and how far the private scores are apart, by today's labels and metric."""
    competition, attempt = row.submission.competition, row.attempt
    if attempt is None or attempt.verdict != "ok" or not attempt.predictions:
        return Reproduced.FAILED, None, None
    truth = parsed(current_solution(competition), metric=competition.metric)
    again = Stored(path=Path(attempt.predictions.path), name=attempt.predictions.name)
    try:
        one, two = (
            read_for_metric(file.path, solution=truth, metric=competition.metric, allow_gzip=file.is_gzip)
            for file in (stored_predictions(row.submission.result), again)
        )
    except (InvalidPredictions, OSError):
        return Reproduced.FAILED, None, None
    same = equal_rows(one, two)
    if is_own_metric(competition.metric):  # it ran for both already
        scores = [row.submission.result.private_score, attempt.private_score]
    else:
        scores = [score(each, solution=truth, metric=competition.metric).private for each in (one, two)]
    agreement = float(same.mean())
    difference = None if None in scores else abs(scores[0] - scores[1])
    if same.all():
        return Reproduced.YES, agreement, difference
    if difference is not None and difference <= competition.reproduction_tolerance + ABSOLUTE:
        return Reproduced.TOLERATED, agreement, difference
    return Reproduced.DIFFERS, agreement, difference


def equal_rows(one: Predictions, two: Predictions) -> npt.NDArray[np.bool_]:
    """Where two predictions in the same order say the same in every column, `(n_rows,)`."""
    parts = [one.codes[name] == two.codes[name] for name in one.codes]
    for name, column in one.values.items():
        a, b = np.asarray(column), np.asarray(two.values[name])
        is_number = np.issubdtype(a.dtype, np.number) and np.issubdtype(b.dtype, np.number)
        parts.append(np.isclose(a, b, rtol=RELATIVE, atol=ABSOLUTE) if is_number else a == b)
    return np.logical_and.reduce(parts)
