"""Repair what a death left behind. Runs in a process of its own and asks the rows, never the queue."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q

from arena.submissions import tasks
from arena.submissions.judging import give_back
from arena.submissions.models import Attempt, Status

# How long a queued attempt may wait before the bell is rung again: the broker may have forgotten it. A second ring
# for a task that still waits is harmless, because the claim is conditional.
RING_AGAIN_S = 60


@dataclass(frozen=True)
class Sweep:
    """What one sweep did."""

    taken_back: int
    rung_again: int


def sweep(*, at: datetime) -> Sweep:
    """Take back attempts whose lease ran out; ring again for queued ones that the broker seems to have lost."""
    expired = list(Attempt.objects.filter(status=Status.RUNNING, lease_until__lt=at).values_list("pk", flat=True))
    for pk in expired:
        give_back(pk, None, reason="The worker that had this stopped answering.")
    silent = Attempt.objects.filter(
        Q(enqueued_at__isnull=True, created_at__lt=at - timedelta(seconds=settings.ARENA_LEASE_S))
        | Q(enqueued_at__lt=at - timedelta(seconds=RING_AGAIN_S)),
        status=Status.QUEUED,
    ).select_related("submission__competition")[:500]
    rung = 0
    for attempt in silent:
        tasks.ring(attempt)
        rung += 1
    return Sweep(taken_back=len(expired), rung_again=rung)
