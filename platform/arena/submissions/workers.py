"""Workers in rows: who serves which lane, what each can do, who takes no more work. Connected in `arena.celery`."""

from __future__ import annotations

import logging
import os
import socket
import threading
from datetime import datetime, timedelta
from typing import Any

from django.db import DatabaseError, connection
from django.db.models import QuerySet
from django.utils import timezone

from arena.submissions.leases import NODE
from arena.submissions.models import Worker
from arena.submissions.queueing import Lane

log = logging.getLogger(__name__)
EVERY_S = 5.0
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


def abilities() -> dict[str, object]:
    """What this machine offers to programs."""
    from grader.sandbox import probe

    found = probe()
    return {"sandbox": found.backend or "", "cgroup": found.cgroup, "gpus": found.gpus}


class Beat(threading.Thread):
    """Says every few seconds that the worker lives, and lets go of its queues while it is drained."""

    def __init__(self, consumer: Any) -> None:
        super().__init__(name="worker-beat", daemon=True)
        self._consumer = consumer
        self._node = str(consumer.hostname)
        self._lanes = sorted(queue.name for queue in consumer.task_consumer.queues)
        self._stop_asked = threading.Event()
        self._was_draining = False

    def run(self) -> None:
        row = {
            "host": socket.gethostname(), "pid": os.getpid(), "lanes": self._lanes, "started_at": timezone.now(),
            "processes": self._consumer.pool.num_processes, "abilities": abilities(),
        }  # fmt: skip
        while not self._stop_asked.is_set():
            try:
                self._beat(row)
            except DatabaseError as error:  # away for a moment
                log.warning("worker %s: no sign of life: %s", self._node, error)
                connection.close()
            self._stop_asked.wait(EVERY_S)
        Worker.objects.filter(name=self._node).delete()
        connection.close()

    def _beat(self, row: dict[str, object]) -> None:
        worker, _ = Worker.objects.update_or_create(name=self._node, defaults={**row, "seen_at": timezone.now()})
        if worker.is_draining != self._was_draining:
            self._was_draining = worker.is_draining
            control = self._consumer.app.control
            for lane in self._lanes:
                act = control.cancel_consumer if worker.is_draining else control.add_consumer
                act(lane, destination=[self._node])

    def stop(self) -> None:
        self._stop_asked.set()
        self.join(EVERY_S)


def forget_dead(*, at: datetime) -> int:
    """Remove the rows of workers that were killed long ago."""
    return Worker.objects.filter(seen_at__lt=at - FORGOTTEN).delete()[0]
