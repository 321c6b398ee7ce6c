"""Entries that came while a regrade ran: they were judged under the old definition, and are judged anew once it is applied."""

from __future__ import annotations

from django.db.models import Max
from django.utils import timezone

from arena.competitions.definition import current_digest
from arena.competitions.models import Competition
from arena.submissions import bells
from arena.submissions.models import Attempt, Status, Submission


def outdated(competition: Competition) -> list[Submission]:
    """Finished entries whose scores were made under another definition than the present one."""
    current = current_digest(competition)
    entries = Submission.entries.filter(competition=competition, status=Status.FINISHED)
    return list(entries.exclude(definition__in=["", current]).select_related("result"))


def judge_outdated(competition: Competition) -> int:
    """Queue them again in the background, in the caller's transaction; predictions that are stored run no code again."""
    late = outdated(competition)
    for submission in late:
        last = submission.attempts.aggregate(n=Max("number"))["n"] or 0
        result = submission.result
        attempt = Attempt.objects.create(
            submission=submission,
            number=last + 1,
            reuses=result if result and result.predictions and submission.type == "code" else None,
            in_background=True,
            created_at=timezone.now(),
        )
        Submission.objects.filter(pk=submission.pk).update(status=Status.QUEUED)
        bells.enqueue_on_commit(attempt)
    return len(late)
