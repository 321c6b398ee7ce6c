"""Workers in rows, as each says it of itself (see `beat`): who serves which lane, who takes no more work."""

from __future__ import annotations

import os
from datetime import datetime, timedelta

from django.db.models import QuerySet

from arena.submissions.leases import NODE
from arena.submissions.models import Worker
from arena.submissions.queueing import Lane

# not heard of for so long, it is dead; and forgotten after a day
SILENT = timedelta(seconds=30)
FORGOTTEN = timedelta(days=1)


def alive(*, at: datetime) -> QuerySet[Worker]:
    return Worker.objects.filter(seen_at__gt=at - SILENT)


def n_processes(lane: Lane, *, at: datetime) -> int:
    """How many attempts of a lane can be judged at the same time; 0 when nobody serves it."""
    serving = [w.processes for w in alive(at=at).filter(is_draining=False) if lane.value in w.lanes]
    return sum(serving)


def is_draining() -> bool:
    """Whether this process belongs to a worker that shall take no more work."""
    name = os.environ.get(NODE)
    return bool(name) and Worker.objects.filter(name=name, is_draining=True).exists()


def forget_dead(*, at: datetime) -> int:
    """Remove the rows of workers that were killed long ago."""
    return Worker.objects.filter(seen_at__lt=at - FORGOTTEN).delete()[0]
