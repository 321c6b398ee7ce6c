"""From what was seen of a run to its verdict, in the order of precedence, and its predictions out of the dead box."""

from __future__ import annotations

import os
import re
import shutil
import stat
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from grader.failures import Surroundings, report
from grader.outcome import Verdict
from grader.sandbox.base import Limits
from grader.sandbox.logs import Log

OUTPUT_NAMES = ("submission.csv", "predictions.csv")
# the last line of a program that died of a full disk, or of no more processes; forging it changes one's own failure only
FULL = re.compile(r"(OSError|SystemError)?.*\[Errno (28|122)\]|.*No space left on device")
NO_MORE = re.compile(r".*(\[Errno 11\]|can't start new thread|Resource temporarily unavailable)")


@dataclass
class Seen:
    """What watching a run taught. `stopped_by`: output, wall, cpu, memory or nothing. `code` is bubblewrap's."""

    stdout: Log = field(default_factory=Log)
    stderr: Log = field(default_factory=Log)
    stopped_by: str = ""
    code: int | None = None
    wall_time_s: float = 0.0
    cpu_time_s: float = 0.0
    peak_memory_bytes: int = 0
    peak_gpu_memory_bytes: int | None = None
    was_out_of_memory: bool = False
    hit_process_limit: bool = False
    disk_was_full: bool = False
    fault: str = ""
    failure: Mapping[str, Any] | None = None


def judge(seen: Seen, limits: Limits, *, around: Callable[[], Surroundings] = Surroundings) -> tuple[Verdict, str]:
    """Verdict and a sentence. The order: fault, memory, output or time, processes, disk, error, ok.

    `around` is what the advice about an error names; the error's parts are left in `seen.failure`.
    """
    if seen.stopped_by == "unwanted":
        return Verdict.SANDBOX_FAULT, "The job was stopped: nobody waits for it any more."
    if seen.was_out_of_memory or seen.stopped_by == "memory":
        text = (
            f"The program needed more than its {limits.memory_mb} MB of memory (files it writes count too); "
            f"the most seen was {seen.peak_memory_bytes / 2**20:.0f} MB."
        )
        return Verdict.MEMORY_LIMIT, text
    if seen.stopped_by == "gpu":
        return Verdict.MEMORY_LIMIT, f"The program needed more than its {limits.gpu_memory_mb} MB of GPU memory."
    if seen.stopped_by == "output":
        return Verdict.OUTPUT_LIMIT, f"The program printed more than {limits.output_mb} MB."
    if seen.stopped_by == "wall":
        return Verdict.TIME_LIMIT, f"The program ran longer than {limits.wall_time_s:g} s (wall time)."
    if seen.stopped_by == "cpu":
        return Verdict.TIME_LIMIT, f"The program used more than {limits.cpu_time_s:g} s of processor time."
    if seen.code is None:
        return Verdict.SANDBOX_FAULT, seen.fault or "The sandbox ended without saying how the program did."
    if seen.code == 0:
        return Verdict.OK, ""
    stderr = seen.stderr.text()
    lines = stderr.strip().splitlines()
    last = lines[-1][:300] if lines else ""
    if seen.hit_process_limit:
        return Verdict.PROCESS_LIMIT, f"The program started more than {limits.processes} processes and threads."
    if seen.disk_was_full or FULL.match(last):
        return Verdict.DISK_LIMIT, f"The program wrote more than its {limits.disk_mb} MB of disk, or too many files."
    told = report(stderr, code=seen.code, killed_by=signal_of(seen.code), around=around())
    seen.failure = told.details
    return Verdict.RUNTIME_ERROR, told.message


def lacked_processes(seen: Seen) -> bool:
    """Whether the program's last words say that it could start no more processes; where nothing counts them."""
    lines = seen.stderr.text().strip().splitlines()
    return bool(lines) and NO_MORE.match(lines[-1]) is not None


def signal_of(code: int | None) -> int | None:
    """The signal behind bubblewrap's exit code, 128 + signal. Linux has 64, so 193 to 255 are the program's own."""
    return code - 128 if code is not None and 128 < code <= 192 else None


def is_full(box: int) -> bool:
    """Whether the job's tmpfs has no block or no inode left."""
    space = os.fstatvfs(box)
    return space.f_bavail == 0 or space.f_favail == 0


def used_bytes(box: int) -> int:
    """What the job's files take, on its one tmpfs."""
    space = os.fstatvfs(box)
    return (space.f_blocks - space.f_bfree) * space.f_frsize


def collect(box: int, out_dir: Path, limits: Limits) -> tuple[Verdict, str, Path | None]:
    """Copy the predictions out of the box: a regular file of bounded size, opened without following links."""
    for name in OUTPUT_NAMES:
        try:
            source = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=box)
        except FileNotFoundError:
            continue
        except OSError:
            return Verdict.INVALID_OUTPUT, f"{name} is a link or a special file; write a plain file.", None
        details = os.fstat(source)
        if not stat.S_ISREG(details.st_mode):  # before fdopen, which raises on a folder
            os.close(source)
            return Verdict.INVALID_OUTPUT, f"{name} is not a plain file.", None
        with os.fdopen(source, "rb") as file:
            if details.st_size > limits.output_mb * 2**20:
                return Verdict.INVALID_OUTPUT, f"{name} is larger than {limits.output_mb} MB.", None
            out_dir.mkdir(parents=True, exist_ok=True)
            target = out_dir / name
            target.unlink(missing_ok=True)  # never write through what lies there
            with target.open("xb") as copy:
                shutil.copyfileobj(file, copy)
        return Verdict.OK, "", target
    return (
        Verdict.MISSING_OUTPUT,
        "The program ended well but left no submission.csv in its working directory; write one there.",
        None,
    )
