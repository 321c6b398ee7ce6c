"""Who is judged next. The broker only says that there is work; which work comes first is asked of the rows.

Scoring a file takes a moment and running code may take minutes, so each has a lane (a queue with workers) of its own.
In a lane people come before batches (regrades, a demo's backlog), and whoever was served least lately before the others.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from enum import StrEnum

from django.db.models import Q, QuerySet

from arena.submissions.models import Attempt, Purpose, Status, Type

# Whoever was served within this time lets the others go first.
RECENT = timedelta(minutes=5)
# A batch that has waited for so long stands in line like a person, so that it can't wait for ever.
PATIENCE = timedelta(minutes=15)


class Lane(StrEnum):
    """The name of a Celery queue."""

    SCORING = "scoring"
    CPU = "cpu"
    GPU = "gpu"


IS_SCORING = Q(submission__type=Type.PREDICTIONS) | Q(reuses__isnull=False)
IN_LANE = {
    Lane.SCORING: IS_SCORING,
    Lane.CPU: ~IS_SCORING & Q(submission__competition__gpus=0),
    Lane.GPU: ~IS_SCORING & Q(submission__competition__gpus__gt=0),
}


def lane_of(attempt: Attempt) -> Lane:
    if attempt.submission.type == Type.PREDICTIONS or attempt.reuses_id is not None:
        return Lane.SCORING
    return Lane.GPU if attempt.submission.competition.gpus else Lane.CPU


def in_order(lane: Lane, *, at: datetime) -> list[int]:
    """The ids of a lane's queued attempts, the one to judge next first."""
    attempts = Attempt.objects.filter(IN_LANE[lane])
    served = Counter(_by_people(attempts).filter(started_at__gt=at - RECENT).values_list("submission__user", flat=True))
    waiting = attempts.filter(status=Status.QUEUED).values_list(
        "pk", "submission__user", "purpose", "in_background", "created_at"
    )

    def turn(row: tuple[int, int, str, bool, datetime]) -> tuple[bool, int, int]:
        pk, user, purpose, in_background, created_at = row
        is_batch = (in_background or purpose == Purpose.SHADOW) and created_at > at - PATIENCE
        return (is_batch, served[user], pk)

    return [row[0] for row in sorted(waiting, key=turn)]


def _by_people(attempts: QuerySet[Attempt]) -> QuerySet[Attempt]:
    return attempts.filter(purpose=Purpose.LIVE, in_background=False)


def n_ahead(attempt: Attempt, *, at: datetime) -> int:
    """How many attempts would be judged before this one, as things stand."""
    order = in_order(lane_of(attempt), at=at)
    return order.index(attempt.pk) if attempt.pk in order else 0
