"""The competition's own metric failed on somebody's predictions: who is told, and whom it costs a submission.

Such a failure is the instructor's and not the student's; so the first of the day is refunded, and the staff are told with
the file that causes it. But whoever finds an input that breaks the metric must not have the workers for nothing: the same
file again, or another failure of that day, costs a submission, and after as many failures as the daily limit nothing more
is taken until the metric is mended or the day is over.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db.models import Q, QuerySet

from arena.competitions.entrants import lock_entrant, mates
from arena.competitions.models import Competition
from arena.competitions.services import note_failure
from arena.courses.models import Role
from arena.notifications.services import notify
from arena.submissions.models import Attempt, MetricFailure, Purpose, Status, Submission, Use
from arena.submissions.quota import local_midnight
from grader.own_metric_answers import MetricFailed


def failures_of(user_id: int, competition: Competition) -> QuerySet[MetricFailure]:
    """Those that an entrant's entries met with the metric that the competition has now."""
    return MetricFailure.objects.filter(
        attempt__submission__in=Submission.entries.filter(
            competition=competition, user__in=mates(user_id, competition), is_baseline=False
        ),
        attempt__purpose=Purpose.LIVE,
        attempt__metric=competition.metric,
    )


def waits_for_metric(user_id: int, competition: Competition, *, at: datetime, digests: Iterable[str]) -> str:
    """The code of a refusal at the door; empty where the entrant may hand in these predictions files, by their SHA-256."""
    failures = failures_of(user_id, competition)
    if failures.filter(attempt__predictions_sha256__in=list(digests)).exists():
        return "metric_failed_on_file"
    today = Submission.entries.filter(
        competition=competition, user__in=mates(user_id, competition), submitted_at__gte=local_midnight(at)
    )
    n_failed = today.filter(attempts__metric_failure__in=failures).distinct().count()
    n_waiting = today.filter(status__in=(Status.QUEUED, Status.RUNNING)).count() if n_failed else 0
    return "metric_waits" if n_failed and n_failed + n_waiting >= competition.daily_limit else ""


def note_metric_failure(attempt: Attempt, error: MetricFailed) -> None:
    """Record it, decide whether it is refunded, and tell the staff; in the transaction that records the attempt."""
    submission = attempt.submission
    if attempt.purpose != Purpose.LIVE or submission.use != Use.ENTRY or submission.is_baseline:
        _create(attempt.pk, error, is_refunded=True)
    else:
        # two of one entrant that fail at once are decided one after the other
        lock_entrant(submission.user_id, submission.competition)
        is_repeated = _is_repeated(attempt)
        _create(attempt.pk, error, is_refunded=not is_repeated)
        _tell_staff(attempt, error, is_repeated=is_repeated)
    if attempt.purpose == Purpose.LIVE:
        note_failure(submission.competition, error)


def _is_repeated(attempt: Attempt) -> bool:
    submission = attempt.submission
    failures = failures_of(submission.user_id, submission.competition)
    before = failures.filter(attempt__submission=submission).exclude(attempt=attempt).first()
    if before is not None:  # it is judged again, which is no act of its author's
        return not before.is_refunded
    others = failures.exclude(attempt__submission=submission)
    same_day = Q(attempt__submission__submitted_at__gte=local_midnight(submission.submitted_at))
    return others.filter(same_day | Q(attempt__predictions_sha256=attempt.predictions_sha256)).exists()


def note_shadow_failures(failures: Mapping[int, MetricFailed], kept: Iterable[int]) -> None:
    """Of a batch of a regrade, whose page shows them: attempt id -> failure, for those that were recorded."""
    for pk in set(failures) & set(kept):
        _create(pk, failures[pk], is_refunded=True)


def _create(attempt_id: int, error: MetricFailed, *, is_refunded: bool) -> None:
    MetricFailure.objects.update_or_create(
        attempt_id=attempt_id,
        defaults={
            "message": error.message, "code": error.code, "params": dict(error.params), "line": error.line,
            "log": error.log, "is_refunded": is_refunded,
        },
    )  # fmt: skip


def _tell_staff(attempt: Attempt, error: MetricFailed, *, is_repeated: bool) -> None:
    """The course's instructors: of the first failure of a day, and of each student's second, the one that costs."""
    submission, competition = attempt.submission, attempt.submission.competition
    today = MetricFailure.objects.filter(
        attempt__submission__competition=competition, attempt__metric=attempt.metric, attempt__purpose=Purpose.LIVE,
        attempt__submission__submitted_at__gte=local_midnight(submission.submitted_at),
    ).exclude(attempt=attempt)  # fmt: skip
    entrant = mates(submission.user_id, competition)
    n_theirs = today.filter(attempt__submission__user__in=entrant).count()
    if (is_repeated and n_theirs != 1) or (not is_repeated and today.exists()):
        return
    code = "metric_fails_again" if is_repeated else "metric_failed"
    params = {"competition": competition.title, "submission": str(submission.pk), "line": str(error.line or "")}
    for member in competition.course.enrolments.filter(role=Role.INSTRUCTOR).select_related("user"):
        notify(member.user, code, params=params, url=f"/competitions/{competition.slug}/edit/metric/")
