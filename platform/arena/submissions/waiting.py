"""How long a submission will wait, from what was measured lately and never from a guess."""

from __future__ import annotations

import math
import statistics
from datetime import datetime

from arena.submissions.models import Attempt, Status
from arena.submissions.queueing import IN_LANE, IS_BATCH, Lane, lane_of, n_ahead
from arena.submissions.workers import n_processes

LATEST = 50


def durations_s(lane: Lane) -> list[float]:
    """How long the latest attempts of people took in this lane."""
    done = Attempt.objects.filter(IN_LANE[lane], status=Status.FINISHED, started_at__isnull=False).exclude(IS_BATCH)
    times = done.exclude(finished_at=None).order_by("-finished_at").values_list("started_at", "finished_at")[:LATEST]
    return [(finished - started).total_seconds() for started, finished in times]


def expected_wait_s(attempt: Attempt, *, at: datetime, ahead: int | None = None) -> int | None:
    """Seconds until a queued attempt starts, as things stand; None while nothing was measured or nobody serves its lane.

    Those ahead and the one that runs now take a median each, shared among the lane's processes.
    """
    lane = lane_of(attempt)
    processes, measured = n_processes(lane, at=at), durations_s(lane)
    if not processes or not measured:
        return None
    ahead = n_ahead(attempt, at=at) if ahead is None else ahead
    running = Attempt.objects.filter(IN_LANE[lane], status=Status.RUNNING).count()
    if ahead + running < processes:
        return 0
    return math.ceil((ahead + 1) / processes * statistics.median(measured))
