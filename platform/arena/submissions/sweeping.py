"""Repair what a death left behind. Runs in a process of its own and asks the rows, never the queue."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from arena.submissions import bells
from arena.submissions.judging import give_back
from arena.submissions.models import Attempt, Status
from arena.submissions.queueing import Lane, in_order
from arena.submissions.workspaces import clear_abandoned

# At most so many bells hang at the broker because of the sweeper. More would wake no more workers.
ENOUGH_RINGS = 200
# No fault makes an attempt rest for longer, so a later time comes from a clock that was wrong.
LONGEST_REST = timedelta(hours=1)


@dataclass(frozen=True)
class Sweep:
    """What one sweep did."""

    taken_back: int
    rung_again: int
    cleared: int = 0


def sweep(*, at: datetime) -> Sweep:
    """Take back attempts whose lease ran out, ring for those that no bell stands for, clear what the dead left."""
    _shorten_leases(at)
    expired = list(Attempt.objects.filter(status=Status.RUNNING, lease_until__lt=at).values_list("pk", flat=True))
    for pk in expired:
        give_back(pk, None, reason="The worker that had this stopped answering.", at=at)
    return Sweep(taken_back=len(expired), rung_again=sum(map(_ring_in, Lane)), cleared=clear_abandoned())


def _shorten_leases(at: datetime) -> None:
    """A clock that was set back leaves leases that end far in the future. Who lives renews the shorter one."""
    lease = timedelta(seconds=settings.ARENA_LEASE_S)
    late = at + 2 * lease
    Attempt.objects.filter(status=Status.RUNNING, lease_until__gt=late).update(lease_until=at + lease)
    Attempt.objects.filter(status=Status.QUEUED, not_before__gt=at + LONGEST_REST).update(not_before=at)


def _ring_in(lane: Lane) -> int:
    """Ring for as many waiting attempts as the broker has no bell for. One bell too many does no harm."""
    waiting = in_order(lane, at=timezone.now())[:ENOUGH_RINGS]
    if not waiting:
        return 0
    rings = bells.n_rings(lane)
    if rings is None:
        return 0
    rows = Attempt.objects.select_related("submission__competition").in_bulk(waiting[rings:])
    return sum(bells.ring(row) for row in rows.values())
