"""The default backend: bubblewrap, a system-call filter and control groups.

Order per job: make the control groups; have a keeper (`keeper.py`) stage the job's folders and start bubblewrap; watch
time, logs and memory; have everything killed and reaped; read the counters; only then open the predictions, without
following links; let the keeper go, and with it the tmpfs and the control groups.
"""

from __future__ import annotations

import fcntl
import itertools
import json
import logging
import os
import socket
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from dataclasses import replace
from pathlib import Path

from grader.failures.report import surroundings
from grader.outcome import RunResult, Verdict
from grader.sandbox import cgroups, gpus, seccomp, verdicts, warm
from grader.sandbox.arguments import BOX, Prepared, bubblewrap_path, cores, prepare, runtime_variables, variables
from grader.sandbox.base import Job, Sandbox, SandboxUnavailable
from grader.sandbox.keeper import HOLDER
from grader.sandbox.logs import LiveLog, OnLog
from grader.sandbox.nursery import Keeper, nursery
from grader.sandbox.probe import capabilities
from grader.sandbox.verdicts import Seen
from grader.sandbox.watching import Watch

log = logging.getLogger(__name__)
PIPE_BYTES = 2**20
OURS = 2  # bubblewrap's own two processes are counted with the program's
LENDERS = 2  # a warm start has two more: what holds the box, and the parent of the lent interpreter
# an empty file costs the kernel about a kilobyte, so this many cost at most a sixteenth of the bytes allowed
INODES_PER_MB, FEWEST_INODES = 64, 4096

_is_usable = False
_turns = itertools.count(os.getpid())


BACKENDS = ("bubblewrap", "docker", "docker-runsc")


def open_sandbox(backend: str = "bubblewrap") -> Sandbox:
    """A backend by its name. Raises `SandboxUnavailable`; neither another one nor a plain subprocess is a fallback."""
    global _is_usable
    if backend.startswith("docker"):
        from grader.sandbox.docker import DockerSandbox

        box = DockerSandbox(runtime="runsc" if backend == "docker-runsc" else "runc")
        box.check()
        return box
    if backend != "bubblewrap":
        raise SandboxUnavailable(f"There is no backend {backend!r}; there are {', '.join(BACKENDS)}.")
    if not _is_usable:
        found = capabilities()
        if found.backend is None:
            raise SandboxUnavailable(" ".join(found.reasons))
        cgroups.prepare()
        _is_usable = True
    return Bubblewrap()


class Bubblewrap:
    """One run at a time per call; any number of calls side by side."""

    def run(self, job: Job, *, on_log: OnLog | None = None, is_wanted: Callable[[], bool] | None = None) -> RunResult:
        """Run the job and copy its predictions. Whatever fails on our side is the verdict `sandbox_fault`.

        `on_log(stream, text)` gets what the program prints while it runs, safe to show (see `LiveLog`).
        """
        try:
            if not job.limits.gpus:
                return self._run(job, on_log, is_wanted=is_wanted)
            with gpus.lease(job.limits.gpus) as devices:
                return self._run(job, on_log, devices, gpus.Nvml(), is_wanted=is_wanted)
        except (OSError, SandboxUnavailable) as error:
            return fault(f"The sandbox could not be set up: {error}")

    def _run(
        self,
        job: Job,
        on_log: OnLog | None,
        devices: Sequence[gpus.Device] = (),
        meter: gpus.Meter | None = None,
        *,
        is_wanted: Callable[[], bool] | None = None,
    ) -> RunResult:
        limits = job.limits
        with ExitStack() as stack:
            recipe = warm.recipe_for(job.sources) if job.is_warm and not devices else None
            ours = OURS + (LENDERS if recipe else 0)
            group = cgroups.create(
                memory_bytes=limits.memory_mb * 2**20, processes=limits.processes + ours, cpus=cores(job)
            )
            if group is not None:
                stack.callback(group.remove)
            overlay = nursery().overlay
            gated = group is None and os.geteuid() != 0
            prepared = prepare(job, overlay=overlay, counted=group is not None, gated=gated, devices=devices)
            outputs = [_pipe(stack) for _ in range(2)]
            inputs = [_memfd(data) for data in (_joined(prepared.arguments), *prepared.held)]
            loan = self._borrow(job, recipe, prepared) if group is not None and overlay and recipe else None
            if loan is not None:
                inputs += [loan.detach(), _memfd(seccomp.program())]
            try:
                plan = self._plan(job, prepared, group, overlay=overlay) | {"gated": gated}
                if loan is not None:
                    plan |= {"warm": {"entry": job.entry, "environment": variables(job)}, "command": HOLDER}
                keeper = Keeper(plan, (outputs[0][1], outputs[1][1], *inputs))
            finally:
                for descriptor in (outputs[0][1], outputs[1][1], *inputs):
                    os.close(descriptor)
            stack.callback(keeper.close)
            seen = Seen()
            live = LiveLog(on_log) if on_log is not None else None
            watch = Watch(keeper, (outputs[0][0], outputs[1][0]), seen, limits=limits, group=group, live=live)
            watch.is_wanted = is_wanted
            if meter is not None:
                watch.meter_gpus(lambda: gpus.used_bytes(list(devices), meter))
            told = watch.follow()
            if meter is not None:
                gpus.is_clear(list(devices), meter)
            result = _result(job, seen, told, group, keeper.box)
            return replace(result, backend="warm") if loan is not None else result

    def _borrow(self, job: Job, recipe: str, prepared: Prepared) -> socket.socket | None:
        """The keeper's end of a talk with a lent interpreter; None, with a word in the log, where the oven is broken."""
        shown = {name: path for name, path in prepared.shown.items() if name != "data"}
        environment = variables(job) | runtime_variables(job.runtime) | {"PWD": BOX}
        plan = {"shown": shown, "over": prepared.over, "overlay": True, "environment": environment}
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            try:
                warm.oven_for(recipe, runtime=job.runtime, plan=plan, cores=cores(job)).lend(theirs)
            except (OSError, SandboxUnavailable) as error:
                ours.close()
                log.warning("No warm start, the program starts cold: %s", error)
                return None
        return ours

    def _plan(self, job: Job, prepared: Prepared, group: cgroups.Group | None, *, overlay: bool) -> dict[str, object]:
        limits = job.limits
        return {
            "shown": prepared.shown,
            "over": prepared.over,
            "overlay": overlay,
            "disk_bytes": limits.disk_mb * 2**20,
            "inodes": max(FEWEST_INODES, limits.disk_mb * INODES_PER_MB),
            "attach": [str(file) for file in group.attach_files] if group else [],
            "groups": [str(file.parent) for file in group.attach_files] if group else [],
            "max_user_processes": None if group else limits.processes + OURS,
            "cores": _own_cores(cores(job)),
            "bwrap": bubblewrap_path(),
            "command": ["/runtime/bin/python", job.entry],
        }


def _result(job: Job, seen: Seen, told: dict[str, object] | None, group: cgroups.Group | None, box: int) -> RunResult:
    """Everything is dead: read the counters, judge, and only then open what the program left."""
    if told is None:
        seen.fault = "The keeper of the box died."
    elif "fault" in told:
        seen.fault = str(told["fault"])
    else:
        seen.code = _exit_code(str(told["status"]))
        seen.fault = str(told["error"]) or seen.stderr.text()[:400].strip()
        seen.cpu_time_s = max(seen.cpu_time_s, float(str(told["cpu_time_s"])))
    if group is not None:
        seen.peak_memory_bytes = group.peak_memory_bytes() or seen.peak_memory_bytes
        seen.cpu_time_s = group.cpu_time_s()
        seen.was_out_of_memory = group.was_out_of_memory()
        seen.hit_process_limit = group.hit_process_limit()
    else:
        seen.hit_process_limit = seen.hit_process_limit or verdicts.lacked_processes(seen)
    seen.disk_was_full = seen.disk_was_full or verdicts.is_full(box)
    verdict, message = verdicts.judge(seen, job.limits, around=lambda: surroundings(job.sources, job.data_dir))
    output: Path | None = None
    if verdict is Verdict.OK:
        verdict, message, output = verdicts.collect(box, job.out_dir, job.limits)
    killed_by = verdicts.signal_of(seen.code)
    return RunResult(
        verdict=verdict,
        message=message,
        exit_code=None if killed_by else seen.code,
        signal=killed_by,
        wall_time_s=round(seen.wall_time_s, 3),
        cpu_time_s=round(seen.cpu_time_s, 3),
        peak_memory_bytes=seen.peak_memory_bytes,
        peak_gpu_memory_bytes=seen.peak_gpu_memory_bytes,
        stdout=seen.stdout.text(),
        stderr=seen.stderr.text(),
        output=output,
        failure=seen.failure,
    )


def _own_cores(wanted: int) -> list[int]:
    """Processors for the next job, in turn; none where it may use all."""
    there = sorted(os.sched_getaffinity(0))
    if wanted >= len(there):
        return []
    first = next(_turns) * wanted
    return [there[(first + n) % len(there)] for n in range(wanted)]


def _exit_code(status: str) -> int | None:
    """bubblewrap's own word on how the program ended; None if it never started or bubblewrap was killed."""
    for line in status.splitlines():
        with suppress(json.JSONDecodeError):
            code = json.loads(line).get("exit-code")
            if isinstance(code, int):
                return code
    return None


def fault(message: str) -> RunResult:
    """A fault of ours as a result."""
    return RunResult(verdict=Verdict.SANDBOX_FAULT, message=message)


def _joined(arguments: list[str]) -> bytes:
    return "".join(f"{argument}\0" for argument in arguments).encode()


def _pipe(stack: ExitStack) -> tuple[int, int]:
    """Read and write end; the read end is closed with the run."""
    reading, writing = os.pipe()
    stack.callback(os.close, reading)
    os.set_blocking(reading, False)
    with suppress(OSError):
        fcntl.fcntl(writing, fcntl.F_SETPIPE_SZ, PIPE_BYTES)
    return reading, writing


def _memfd(data: bytes) -> int:
    descriptor = os.memfd_create("arena", os.MFD_CLOEXEC)
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]
    os.lseek(descriptor, 0, os.SEEK_SET)
    return descriptor
