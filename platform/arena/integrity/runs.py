"""That a run is done once, whatever dies: its row is the truth, a bell only wakes a worker, the sweeper rings again.

A run that gave no sign of life for long is queued again under no token; the fence then drops what the first worker
may still bring.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from arena.integrity.models import PlagiarismRun, RunStatus
from arena.submissions import bells

CHECK = "arena.integrity.tasks.check"
RING_AGAIN = timedelta(minutes=1)
# a sign of life comes with every twenty programs
SILENT = timedelta(minutes=10)


class TakenAway(Exception):
    """The run was given to another worker meanwhile."""


def ring_on_commit(run: PlagiarismRun) -> None:
    transaction.on_commit(lambda: _ring(run.pk), robust=True)


def _ring(run_id: int) -> None:
    if bells.tell(CHECK, run_id):
        PlagiarismRun.objects.filter(pk=run_id, status=RunStatus.QUEUED).update(seen_at=timezone.now())


def claim(run_id: int) -> Callable[..., None] | None:
    """Take a queued run: what writes into it as long as it is ours, raising `TakenAway` after; None for any other run."""
    token = uuid.uuid4()
    queued = PlagiarismRun.objects.filter(pk=run_id, status=RunStatus.QUEUED)
    if not queued.update(status=RunStatus.RUNNING, token=token, seen_at=timezone.now()):
        return None
    mine = PlagiarismRun.objects.filter(pk=run_id, status=RunStatus.RUNNING, token=token)

    def write(**values: object) -> None:
        if not mine.update(**{"seen_at": timezone.now(), **values}):
            raise TakenAway(f"run {run_id}")

    return write


def keep_going(*, at: datetime) -> None:
    """For the sweeper: queue again what a dead worker held, and ring for what waits."""
    dead = PlagiarismRun.objects.filter(status=RunStatus.RUNNING).filter(Q(seen_at=None) | Q(seen_at__lt=at - SILENT))
    dead.update(status=RunStatus.QUEUED, token=None, seen_at=None, done=0)
    waiting = PlagiarismRun.objects.filter(status=RunStatus.QUEUED)
    for pk in waiting.filter(Q(seen_at=None) | Q(seen_at__lt=at - RING_AGAIN)).values_list("pk", flat=True):
        _ring(pk)
