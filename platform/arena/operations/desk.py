"""What an admin looks at: lanes, workers, what runs, what is stuck, room, throughput."""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from arena.leaderboards.plots import Column, columns
from arena.submissions import bells
from arena.submissions.models import METRIC_FAILED, Attempt, Purpose, Status, VerdictChoice, Worker
from arena.submissions.queueing import IN_LANE, IS_BATCH, Lane
from arena.submissions.room import free_mb
from arena.submissions.waiting import durations_s
from arena.submissions.workers import SILENT, n_processes

HOUR = timedelta(hours=1)
N_COLUMNS = 12
SHOWN = 100


@dataclass(frozen=True, kw_only=True)
class LaneState:
    """One lane. `rings` are the broker's bells, None while it is away; `median_s` what an attempt took lately."""

    name: str
    people: int
    batch: int
    running: int
    oldest_s: int | None
    rings: int | None
    processes: int
    median_s: float | None
    last_hour: int


def lane_states(*, at: datetime) -> list[LaneState]:
    return [_lane(lane, at=at) for lane in Lane]


def _lane(lane: Lane, *, at: datetime) -> LaneState:
    mine = Attempt.objects.filter(IN_LANE[lane])
    waiting = mine.filter(status=Status.QUEUED)
    oldest = waiting.order_by("created_at").values_list("created_at", flat=True).first()
    took = durations_s(lane)
    return LaneState(
        name=lane.value,
        people=waiting.exclude(IS_BATCH).count(),
        batch=waiting.filter(IS_BATCH).count(),
        running=mine.filter(status=Status.RUNNING).count(),
        oldest_s=round((at - oldest).total_seconds()) if oldest else None,
        rings=bells.n_rings(lane),
        processes=n_processes(lane, at=at),
        median_s=statistics.median(took) if took else None,
        last_hour=mine.filter(status=Status.FINISHED, finished_at__gt=at - HOUR).count(),
    )


def workers(*, at: datetime) -> list[Worker]:
    """All that were heard of in the last day; `is_alive` says whether they were just now."""
    found = list(Worker.objects.all())
    for worker in found:
        worker.is_alive = worker.seen_at > at - SILENT
        worker.n_running = Attempt.objects.filter(status=Status.RUNNING, worker__startswith=f"{worker.name}:").count()
    return found


def running() -> QuerySet[Attempt]:
    """What is being judged, the longest first."""
    rows = Attempt.objects.filter(status=Status.RUNNING).select_related("submission__user", "submission__competition")
    return rows.order_by("started_at")[:SHOWN]


def set_aside() -> QuerySet[Attempt]:
    """Attempts that our own faults ended, where no result replaced them; a failed metric is the instructor's."""
    rows = Attempt.objects.filter(
        status=Status.FINISHED,
        verdict=VerdictChoice.SANDBOX_FAULT,
        purpose=Purpose.LIVE,
        submission__verdict=VerdictChoice.SANDBOX_FAULT,
    ).exclude(code=METRIC_FAILED)
    return rows.select_related("submission__user", "submission__competition").order_by("-finished_at")[:SHOWN]


def stuck() -> QuerySet[Attempt]:
    """Queued attempts that met a fault, rest after one, or are held back."""
    rows = Attempt.objects.filter(Q(faults__gt=0) | Q(is_held=True), status=Status.QUEUED, purpose=Purpose.LIVE)
    return rows.select_related("submission__user", "submission__competition").order_by("created_at")[:SHOWN]


def throughput(*, at: datetime) -> tuple[Column, ...]:
    """Attempts finished in each five minutes of the last hour."""
    times = Attempt.objects.filter(finished_at__gt=at - HOUR).values_list("finished_at", flat=True)
    width = HOUR / N_COLUMNS
    counts = [0] * N_COLUMNS
    for finished in times:
        counts[min(N_COLUMNS - 1, max(0, int((finished - (at - HOUR)) / width)))] += 1
    minutes = [f"−{round((N_COLUMNS - i) * width.total_seconds() / 60)}" for i in range(N_COLUMNS)]
    return columns(dict(zip(minutes, counts, strict=True)))


def room_mb() -> int:
    return free_mb()
