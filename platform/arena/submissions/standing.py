"""Make attempts the standing results of their submissions, one by one or by the hundred thousand."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection, transaction

from arena.submissions.models import METRIC_FAILED, Attempt, MetricFailure, Status, Submission
from arena.submissions.signals import submission_recorded
from grader.outcome import Verdict

FIELDS = (
    "result_id",
    "status",
    "verdict",
    "message",
    "public_score",
    "private_score",
    "definition",
    "counts_for_quota",
)


def stand(attempt: Attempt) -> Submission:
    """Make a finished attempt its submission's standing result, and tell the apps above, in the caller's transaction."""
    submission = Submission.objects.select_for_update(no_key=True).get(pk=attempt.submission_id)
    for name, value in zip(FIELDS, _values(attempt), strict=True):
        setattr(submission, name, value)
    submission.save()
    submission_recorded.send(Submission, submission=submission)
    return submission


@transaction.atomic
def stand_all(attempts: Sequence[Attempt]) -> None:
    """The same for many, with one signal for each participant instead of one for each submission."""
    meta = Submission._meta
    quote = connection.ops.quote_name
    sets = ", ".join(f"{quote(meta.get_field(name.removesuffix('_id')).column)} = %s" for name in FIELDS)
    sql = f"UPDATE {quote(meta.db_table)} SET {sets} WHERE id = %s"  # noqa: S608 - our own names
    if attempts:
        with connection.cursor() as cursor:
            cursor.executemany(sql, [[*_values(attempt), attempt.submission_id] for attempt in attempts])
    told = set()
    for chunk in range(0, len(attempts), 500):
        pks = [attempt.submission_id for attempt in attempts[chunk : chunk + 500]]
        for submission in Submission.objects.filter(pk__in=pks).select_related("competition", "user"):
            participant = (submission.user_id, submission.comment if submission.is_baseline else None)
            if participant not in told:
                told.add(participant)
                submission_recorded.send(Submission, submission=submission)


def _values(attempt: Attempt) -> tuple[object, ...]:
    return (
        attempt.pk, Status.FINISHED.value, attempt.verdict, attempt.message, attempt.public_score,
        attempt.private_score, attempt.definition, _counts(attempt),
    )  # fmt: skip


def _counts(attempt: Attempt) -> bool:
    """Our faults cost nothing; a further failure of the competition's metric does."""
    if attempt.verdict != Verdict.SANDBOX_FAULT.value:
        return True
    return attempt.code == METRIC_FAILED and MetricFailure.objects.filter(attempt=attempt, is_refunded=False).exists()
