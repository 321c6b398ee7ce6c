"""Who is judged next. The broker only says that there is work; which work comes first is asked of the rows.

Scoring a file takes a moment and running code may take minutes, so each has a lane (a queue with workers) of its own.
In a lane people come before batches, and of those regrades, which a person watches, before a backlog such as a demo's.
Among people everybody's first submission comes before anybody's second, counting what was judged lately; then competitions
that close soon; then the competition that was served least lately; then the earlier one. In the lanes of code nobody runs
more than a few programs at a time.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from enum import StrEnum

from django.conf import settings
from django.db.models import Count, Q, QuerySet

from arena.submissions.models import Attempt, Purpose, Status, Type

# Whoever was served within this time lets the others go first.
RECENT = timedelta(minutes=5)
# A batch that has waited for so long gets a turn even while people wait, but not again within `TRICKLE`.
PATIENCE = timedelta(minutes=15)
TRICKLE = timedelta(minutes=1)
# A deadline within this time hurries a competition's submissions.
SOON = timedelta(hours=1)


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
IS_BATCH = Q(in_background=True) | Q(purpose=Purpose.SHADOW)


def lane_of(attempt: Attempt) -> Lane:
    if attempt.submission.type == Type.PREDICTIONS or attempt.reuses_id is not None:
        return Lane.SCORING
    return Lane.GPU if attempt.submission.competition.gpus else Lane.CPU


def claimable(lane: Lane, *, at: datetime) -> QuerySet[Attempt]:
    """The attempts of a lane that may start now: queued, not resting after a fault, held back by nobody."""
    ready = Q(not_before__isnull=True) | Q(not_before__lte=at)
    return Attempt.objects.filter(IN_LANE[lane], ready, status=Status.QUEUED, is_held=False)


def is_batch_turn(lane: Lane, *, at: datetime) -> bool:
    """Whether a batch is judged next: no person waits, or the batch has waited too long."""
    ready = claimable(lane, at=at)
    if not ready.exclude(IS_BATCH).exists():
        return True
    waits = ready.filter(IS_BATCH, created_at__lt=at - PATIENCE).exists()
    return waits and not Attempt.objects.filter(IN_LANE[lane], IS_BATCH, started_at__gt=at - TRICKLE).exists()


def in_order(lane: Lane, *, at: datetime) -> list[int]:
    """The ids of the attempts that may start now, the one to judge next first."""
    return _line(claimable(lane, at=at), lane, at=at, room=_room_of_people(lane))


def n_ahead(attempt: Attempt, *, at: datetime) -> int:
    """How many attempts would be judged before this one, as things stand."""
    lane = lane_of(attempt)
    waiting = Attempt.objects.filter(IN_LANE[lane], status=Status.QUEUED, is_held=False)
    order = _line(waiting, lane, at=at, room=None)
    return order.index(attempt.pk) if attempt.pk in order else 0


def _line(ready: QuerySet[Attempt], lane: Lane, *, at: datetime, room: dict[int, int] | None) -> list[int]:
    people = _people_in_order(ready.exclude(IS_BATCH), lane, at=at, room=room)
    batch = list(ready.filter(IS_BATCH).order_by("faults", "in_background", "pk").values_list("pk", flat=True))
    if people and batch and is_batch_turn(lane, at=at):
        return [batch[0], *people, *batch[1:]]
    return [*people, *batch]


def _people_in_order(ready: QuerySet[Attempt], lane: Lane, *, at: datetime, room: dict[int, int] | None) -> list[int]:
    rows = list(
        ready.order_by("pk").values_list(
            "pk", "submission__user", "submission__competition", "submission__competition__deadline"
        )
    )
    if len(rows) < 2 and room is None:
        return [row[0] for row in rows]
    recent = Attempt.objects.filter(IN_LANE[lane], started_at__gt=at - RECENT).exclude(IS_BATCH)
    users, competitions = _served(recent, "submission__user"), _served(recent, "submission__competition")
    first_round = []
    for pk, user, competition, deadline in rows:
        if room is not None:
            if room[user] <= 0:
                continue
            room[user] -= 1
        first_round.append((users[user], not at <= deadline <= at + SOON, pk, competition))
        users[user] += 1
    turns = []
    for n_served, is_calm, pk, competition in sorted(first_round):
        turns.append((n_served, is_calm, competitions[competition], pk))
        competitions[competition] += 1
    return [turn[-1] for turn in sorted(turns)]


def _served(attempts: QuerySet[Attempt], by: str) -> Counter[int]:
    return Counter(dict(attempts.values_list(by).annotate(n=Count("pk")).order_by()))


class _Room(dict[int, int]):
    """How many more programs of a person may start."""

    def __missing__(self, key: int) -> int:
        return settings.ARENA_STUDENT_CONCURRENCY


def _room_of_people(lane: Lane) -> dict[int, int] | None:
    if lane is Lane.SCORING:
        return None
    running = Attempt.objects.filter(IN_LANE[lane], status=Status.RUNNING).exclude(IS_BATCH)
    taken = _served(running, "submission__user")
    return _Room({user: settings.ARENA_STUDENT_CONCURRENCY - n for user, n in taken.items()})
