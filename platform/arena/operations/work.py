"""Whether work is being done: workers, the sweeper, the queue."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from arena.celery import app
from arena.competitions.models import Competition
from arena.operations.findings import Finding, bad, good
from arena.operations.heartbeats import EVERY, SWEEPER
from arena.operations.models import Heartbeat
from arena.submissions.models import METRIC_FAILED, Attempt, Status, VerdictChoice
from arena.submissions.queueing import Lane

PING_S = 1.5
# work that waits longer than this on a site with idle workers has been forgotten
PATIENCE = timedelta(minutes=10)


def workers() -> list[Finding]:
    """Who answers, and whether each queue that this site uses has somebody who serves it."""
    answers = app.control.inspect(timeout=PING_S).active_queues() or {}
    serving: dict[str, list[str]] = {}
    for worker, queues in answers.items():
        for queue in queues:
            serving.setdefault(queue["name"], []).append(worker)
    needed = {Lane.SCORING.value, Lane.CPU.value, settings.CELERY_TASK_DEFAULT_QUEUE}
    if Competition.objects.filter(gpus__gt=0).exists():
        needed.add(Lane.GPU.value)
    found = []
    for queue in sorted(needed):
        if queue in serving:
            found.append(good(f"workers of queue {queue}", ", ".join(sorted(serving[queue]))))
        else:
            found.append(
                bad(
                    f"workers of queue {queue}",
                    "nobody answers",
                    consequence="Submissions stay queued.",
                    fix=f"Start one: celery -A arena worker -Q {queue}",
                )
            )
    return found


def sweeper() -> list[Finding]:
    now = timezone.now()
    last = Heartbeat.objects.filter(name=SWEEPER).first()
    if last is not None and now - last.at < 3 * EVERY + timedelta(seconds=3 * settings.ARENA_SWEEP_S):
        return [good("sweeper", f"{_age(now, last.at)} ago on {last.host}")]
    detail = f"last seen {_age(now, last.at)} ago on {last.host}" if last else "never seen"
    return [
        bad(
            "sweeper",
            detail,
            consequence="Work of a worker that dies is not taken back, and forgotten work is not queued again.",
            fix="Start it: manage.py sweep",
        )
    ]


def queue() -> list[Finding]:
    now = timezone.now()
    queued = Attempt.objects.filter(status=Status.QUEUED)
    running = Attempt.objects.filter(status=Status.RUNNING)
    oldest = queued.order_by("created_at").first()
    detail = f"{queued.count()} waiting, {running.count()} running"
    if oldest is not None:
        detail += f", the oldest waits for {_age(now, oldest.created_at)}"
    found = [good("queue", detail)]
    if oldest is not None and now - oldest.created_at > PATIENCE:
        found = [
            bad(
                "queue",
                detail,
                consequence="Students wait.",
                fix="Start more workers; see the workers and sweeper above.",
            )
        ]
    late = running.filter(lease_until__lt=now - timedelta(seconds=3 * settings.ARENA_SWEEP_S + 5)).count()
    if late:
        found.append(
            bad(
                "leases",
                f"{late} attempts run on a lease that ran out",
                consequence="Their workers are dead, and nobody took the work back.",
                fix="Start the sweeper: manage.py sweep",
            )
        )
    return found + _set_aside(now)


def _set_aside(now: datetime) -> list[Finding]:
    """Attempts that our own faults ended; an admin must look at them."""
    faults = Attempt.objects.filter(
        verdict=VerdictChoice.SANDBOX_FAULT,
        finished_at__gt=now - timedelta(days=1),
        submission__verdict="sandbox_fault",
    ).exclude(code=METRIC_FAILED)
    if not (n := faults.count()):
        return [good("faults of ours", "none in the last day")]
    return [
        bad(
            "faults of ours",
            f"{n} in the last day; the last says: {faults.latest('finished_at').message[:200]}",
            consequence="Those students have no result, and used no quota.",
            fix="Mend the cause, then manage.py queue --requeue-all, or judge them again at /desk/.",
        )
    ]


def _age(now: datetime, then: datetime) -> str:
    seconds = max(0, int((now - then).total_seconds()))
    return f"{seconds} s" if seconds < 120 else f"{seconds // 60} min" if seconds < 7200 else f"{seconds // 3600} h"
