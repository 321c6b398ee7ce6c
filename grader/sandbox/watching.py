"""Follow a run until it ends or breaks a limit: logs and the keeper's words as they come, the rest by polling."""

from __future__ import annotations

import os
import select
import time
from collections.abc import Callable

from grader.sandbox import verdicts
from grader.sandbox.base import Limits
from grader.sandbox.cgroups import Group
from grader.sandbox.logs import LiveLog, Log
from grader.sandbox.nursery import Keeper
from grader.sandbox.verdicts import Seen
from grader.sandbox.watch import tree_cpu_time_s, tree_memory_bytes, tree_resident_bytes, tree_tasks

COUNTED_EVERY_S = 0.05
POLLED_EVERY_S = 0.02
EXACT_EVERY_S = 0.1
METERED_EVERY_S = 0.1
FIRST_LOOK_S = 0.005


class Watch:
    """One run, watched. `follow` ends when everything of it is dead."""

    def __init__(
        self,
        keeper: Keeper,
        logs: tuple[int, int],
        seen: Seen,
        *,
        limits: Limits,
        group: Group | None,
        live: LiveLog | None,
    ) -> None:
        self._keeper, self._seen, self._limits, self._group, self._live = keeper, seen, limits, group, live
        self._logs: dict[int, tuple[str, Log]] = {logs[0]: ("stdout", seen.stdout), logs[1]: ("stderr", seen.stderr)}
        self._pid: int | None = None
        self._start = time.monotonic()
        self._next_exact = self._next_meter = 0.0
        self._meter: Callable[[], int] | None = None
        self.is_wanted: Callable[[], bool] | None = None

    def meter_gpus(self, meter: Callable[[], int]) -> None:
        """Ask `meter` every `METERED_EVERY_S` for the bytes in use on the job's GPUs."""
        self._meter, self._seen.peak_gpu_memory_bytes = meter, 0

    def follow(self) -> dict[str, object] | None:
        """The keeper's last message, or None if it died before it could say anything."""
        poller = select.poll()
        control = self._keeper.control.fileno()
        for descriptor in (*self._logs, control):
            poller.register(descriptor, select.POLLIN)
        open_logs, next_look = set(self._logs), self._start + FIRST_LOOK_S
        told: dict[str, object] | None = {}
        while told is not None and not told.keys() & {"status", "fault"}:
            until = min(next_look, self._start + self._limits.wall_time_s)
            for descriptor, _ in poller.poll(max(0.0, until - time.monotonic()) * 1000 + 1):
                if descriptor == control:
                    told = self._keeper.told()
                    if told is not None and "pid" in told:
                        self._pid = int(str(told["pid"]))
                elif descriptor in open_logs and not self._read(descriptor):
                    poller.unregister(descriptor)
                    open_logs.discard(descriptor)
            now = time.monotonic()
            if self._seen.stopped_by:
                next_look = now + 1
                continue
            self._check(now, is_look=now >= next_look)
            if now >= next_look:
                # a look at many processes costs, and what it costs is taken from them
                pause = POLLED_EVERY_S if self._group is None else COUNTED_EVERY_S
                next_look = time.monotonic() + max(pause, 4 * (time.monotonic() - now))
            if self._seen.stopped_by:
                self._keeper.kill()
        self._seen.wall_time_s = time.monotonic() - self._start
        for descriptor in open_logs:
            while self._logged_bytes() <= self._limits.output_mb * 2**20 and self._read(descriptor):
                pass
        if self._logged_bytes() > self._limits.output_mb * 2**20:
            self._seen.stopped_by = self._seen.stopped_by or "output"
        if self._live is not None:
            self._live.flush(at=time.monotonic(), final=True)
        return told

    def _read(self, descriptor: int) -> bool:
        """Whether there was something to read."""
        try:
            data = os.read(descriptor, 2**18)
        except BlockingIOError:
            return False
        name, log = self._logs[descriptor]
        log.add(data)
        if data and self._live is not None:
            self._live.add(name, data, at=time.monotonic())
        return bool(data)

    def _logged_bytes(self) -> int:
        return self._seen.stdout.total_bytes + self._seen.stderr.total_bytes

    def _check(self, now: float, *, is_look: bool) -> None:
        seen, limits = self._seen, self._limits
        if self._logged_bytes() > limits.output_mb * 2**20:
            seen.stopped_by = "output"
        elif now - self._start > limits.wall_time_s:
            seen.stopped_by = "wall"
        elif is_look:
            self._look()
            if self._live is not None:
                self._live.flush(at=now)

    def _look(self) -> None:
        seen, limits, group = self._seen, self._limits, self._group
        if self.is_wanted is not None and not self.is_wanted():
            seen.stopped_by = "unwanted"
            return
        seen.disk_was_full = seen.disk_was_full or verdicts.is_full(self._keeper.box)
        if group is not None:
            seen.peak_memory_bytes = max(seen.peak_memory_bytes, group.memory_bytes())
            if group.was_out_of_memory():
                seen.stopped_by = "memory"
            seen.cpu_time_s = group.cpu_time_s() if limits.cpu_time_s is not None else 0.0
        elif self._pid is not None:
            self._look_at_memory(self._pid)
            seen.cpu_time_s = max(seen.cpu_time_s, tree_cpu_time_s(self._pid))
            # bubblewrap's own two are in the tree
            seen.hit_process_limit = seen.hit_process_limit or tree_tasks(self._pid) >= limits.processes + 2
        if self._meter is not None and time.monotonic() >= self._next_meter:
            used = self._meter()
            seen.peak_gpu_memory_bytes = max(seen.peak_gpu_memory_bytes or 0, used)
            if limits.gpu_memory_mb is not None and used > limits.gpu_memory_mb * 2**20:
                seen.stopped_by = seen.stopped_by or "gpu"
            self._next_meter = time.monotonic() + METERED_EVERY_S
        if limits.cpu_time_s is not None and seen.cpu_time_s > limits.cpu_time_s:
            seen.stopped_by = seen.stopped_by or "cpu"

    def _look_at_memory(self, pid: int) -> None:
        """The exact figure walks page tables, so it is asked for now and then, and whenever the cheap one alarms."""
        limit, on_tmpfs, now = self._limits.memory_mb * 2**20, verdicts.used_bytes(self._keeper.box), time.monotonic()
        if tree_resident_bytes(pid) + on_tmpfs <= limit and now < self._next_exact:
            return
        used = tree_memory_bytes(pid, on_tmpfs=on_tmpfs)
        self._seen.peak_memory_bytes = max(self._seen.peak_memory_bytes, used)
        if used > limit:
            self._seen.stopped_by = "memory"
        self._next_exact = time.monotonic() + max(EXACT_EVERY_S, 10 * (time.monotonic() - now))
