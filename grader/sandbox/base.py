"""What every backend takes and gives."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from grader.outcome import RunResult


class SandboxUnavailable(RuntimeError):
    """This machine can't run code safely; the message names what is missing and the fix."""


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Bounds of one run, summed over all its processes. `output_mb` bounds the logs together, and the predictions.

    `disk_mb` bounds the working directory, /tmp and /dev/shm together; their files count as memory too. `cpus` is how
    many processors may be busy at once (None: two, or what there is). `gpu_memory_mb` is watched; None: all of a lease.
    """

    wall_time_s: float = 60
    cpu_time_s: float | None = None
    memory_mb: int = 2048
    processes: int = 64
    output_mb: int = 64
    disk_mb: int = 512
    gpus: int = 0
    cpus: int | None = None
    gpu_memory_mb: int | None = None


@dataclass(frozen=True, kw_only=True)
class Job:
    """A program (relative path -> bytes, one of them the entry), the data it sees and where its predictions are copied.

    `runtime` is a virtual environment; it and its base interpreter are shown read-only.
    """

    sources: Mapping[str, bytes]
    entry: str
    data_dir: Path
    out_dir: Path
    runtime: Path
    limits: Limits = field(default_factory=Limits)
    slug: str = "competition"
    # fork from an interpreter that has imported what the program imports, where that gains anything
    is_warm: bool = False
    seed: int = 0


@dataclass(frozen=True, kw_only=True)
class Capabilities:
    """What this machine offers. `reasons` are sentences: what is missing, its consequence, the fix."""

    backend: str | None
    cgroup: str
    userns: bool
    seccomp: bool
    gpus: int
    reasons: tuple[str, ...]


class Sandbox(Protocol):
    """A backend."""

    def run(
        self,
        job: Job,
        *,
        on_log: Callable[[str, str], None] | None = None,
        is_wanted: Callable[[], bool] | None = None,
    ) -> RunResult:
        """Run one job; `on_log(stream, text)` gets what it prints meanwhile, safe to show.

        Once `is_wanted()` is false the job is killed, and its result is a fault that nobody waits for.
        """
        ...
