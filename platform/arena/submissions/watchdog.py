"""A worker that takes no work although work waits for it starts itself again; looked after by `beat`.

The client of the broker is known to go deaf after a connection broke: the process lives, answers pings and takes nothing.
A pool that hangs looks the same. Whatever the cause, the rows say that work waits, the broker holds bells, and this worker
runs nothing. Nothing is lost by starting again: what runs nothing holds no attempt.
"""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import sys
import time
from collections.abc import Callable
from typing import Any, NoReturn

import billiard
from celery.worker import state
from django.utils import timezone

from arena.submissions import bells
from arena.submissions.models import Attempt, Status
from arena.submissions.queueing import Lane, in_order

log = logging.getLogger(__name__)
REAPED_WITHIN_S = 2.0


class Watchdog:
    """Looked after every few seconds. `patience_s` is how long a process or the worker may be silent before it hangs."""

    def __init__(
        self, node: str, lanes: list[str], *, patience_s: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._node, self._patience_s, self._clock = node, patience_s, clock
        self._lanes = [Lane(name) for name in lanes if name in set(Lane)]
        self._taken, self._since = -1, clock()
        self._silent: dict[tuple[int, str], float] = {}

    def reset(self) -> None:
        """Nothing can be said of the time until now."""
        self._since = self._clock()
        self._silent.clear()

    def hung_processes(self) -> list[int]:
        """Process ids of the pool that were told to judge and have held no attempt since, for longer than patience."""
        now, busy = self._clock(), self._busy()
        told = [(request.worker_pid, request.id) for request in _active() if request.name == bells.EVALUATE]
        self._silent = {one: self._silent.get(one, now) for one in told if one[0] and one[0] not in busy}
        return [pid for (pid, _), since in self._silent.items() if now - since >= self._patience_s]

    def is_hung(self) -> bool:
        """Whether the whole worker took nothing for longer than patience while it could have."""
        taken = state.all_total_count[0]
        if taken != self._taken or self._is_at_work() or not self._has_work():
            self._taken, self._since = taken, self._clock()
        return self._clock() - self._since >= self._patience_s

    def _is_at_work(self) -> bool:
        return bool(self._busy()) or any(request.name != bells.EVALUATE for request in _active())

    def _busy(self) -> set[int]:
        """The processes of this worker that judge an attempt."""
        rows = Attempt.objects.filter(status=Status.RUNNING, worker__startswith=f"{self._node}:")
        return {int(worker.rpartition(":")[2]) for worker in rows.values_list("worker", flat=True)}

    def _has_work(self) -> bool:
        """Whether a lane has an attempt that may start and the broker a bell that this worker could take."""
        return any(bells.n_rings(lane) and in_order(lane, at=timezone.now()) for lane in self._lanes)


def _active() -> list[Any]:
    """What the pool is doing; the worker's main thread changes the set meanwhile."""
    while True:
        with contextlib.suppress(RuntimeError):
            return list(state.active_requests)


def end(pid: int) -> None:
    """Kill a process of the pool, which makes another."""
    log.error("process %s of the pool was told to judge and does nothing; it is killed", pid)
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def start_again() -> NoReturn:
    """Kill the pool and become a new worker with the same command line and process id, whoever watches over it."""
    counts = {"taken": state.all_total_count[0], "active": len(_active()), "held": len(state.requests)}
    log.error("starting again: %s", counts)
    pool = [process.pid for process in billiard.active_children()]
    for pid in pool:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    deadline = time.monotonic() + REAPED_WITHIN_S
    while pool and time.monotonic() < deadline:
        pool = [pid for pid in pool if not _is_reaped(pid)]
        time.sleep(0.01)
    sys.stdout.flush()
    sys.stderr.flush()
    os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])


def _is_reaped(pid: int) -> bool:
    try:
        return os.waitpid(pid, os.WNOHANG)[0] == pid
    except ChildProcessError:  # by somebody else
        return True
