"""The thread in which a worker says that it lives, follows the admin's wish to drain it, and sees when it hangs.

Started by `starting`, once the worker is ready.
"""

from __future__ import annotations

import contextlib
import logging
import os
import socket
import threading
import time
from typing import Any, NoReturn

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.models import F
from django.utils import timezone

from arena.submissions.models import Worker
from arena.submissions.watchdog import Watchdog, end, start_again

log = logging.getLogger(__name__)
EVERY_S = 5.0
TIDY_S = 3600.0


class Beat(threading.Thread):
    """Says every few seconds that the worker lives, lets go of its queues while it is drained, and sees when it hangs."""

    def __init__(self, consumer: Any) -> None:
        super().__init__(name="worker-beat", daemon=True)
        self._consumer = consumer
        self._node = str(consumer.hostname)
        self._lanes = sorted(queue.name for queue in consumer.task_consumer.queues)
        self._stop_asked = threading.Event()
        self._was_draining = False
        self._tidied = float("-inf")

    def run(self) -> None:
        watchdog = Watchdog(self._node, self._lanes, patience_s=settings.ARENA_HUNG_S)
        row = {
            "host": socket.gethostname(), "pid": os.getpid(), "lanes": self._lanes, "started_at": timezone.now(),
            "processes": self._consumer.pool.num_processes, "abilities": abilities(),
        }  # fmt: skip
        while not self._stop_asked.is_set():
            try:
                self._beat(row)
                self._look(watchdog)
                self._tidy()
            except Exception as error:  # the database or the broker is away for a moment; the beat must outlive it
                log.warning("worker %s: no sign of life: %r", self._node, error)
                watchdog.reset()
                connection.close()
            self._stop_asked.wait(EVERY_S)
        Worker.objects.filter(name=self._node).delete()
        connection.close()

    def _look(self, watchdog: Watchdog) -> None:
        for pid in watchdog.hung_processes():
            end(pid)
        if self._was_draining:
            watchdog.reset()
        if watchdog.is_hung():
            log.error("worker %s takes nothing although work waits; it starts again", self._node)
            self._start_again()

    def _tidy(self) -> None:
        """Once an hour: control groups are this machine's, so the sweeper, which may live on another, can't."""
        from grader.sandbox.cgroups import clear_abandoned

        if time.monotonic() - self._tidied > TIDY_S:
            self._tidied = time.monotonic()
            clear_abandoned()

    def _start_again(self) -> NoReturn:
        with contextlib.suppress(DatabaseError):
            Worker.objects.filter(name=self._node).update(restarts=F("restarts") + 1)
        start_again()

    def _beat(self, row: dict[str, object]) -> None:
        worker, _ = Worker.objects.update_or_create(name=self._node, defaults={**row, "seen_at": timezone.now()})
        if worker.is_draining != self._was_draining:
            control = self._consumer.app.control
            for lane in self._lanes:
                act = control.cancel_consumer if worker.is_draining else control.add_consumer
                act(lane, destination=[self._node])
            self._was_draining = worker.is_draining

    def stop(self) -> None:
        self._stop_asked.set()
        self.join(EVERY_S)

    def ended(self, exit_code: int | None) -> None:
        """After an error in celery itself, as when the broker dies while bells are unacknowledged, the worker comes back."""
        if exit_code and not self._stop_asked.is_set():
            log.error("worker %s met an error of its own; it starts again", self._node)
            self._start_again()


def abilities() -> dict[str, object]:
    """What this machine offers to programs."""
    from grader.sandbox import probe

    found = probe()
    return {"sandbox": found.backend or "", "cgroup": found.cgroup, "gpus": found.gpus}
