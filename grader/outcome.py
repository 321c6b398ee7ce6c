"""What comes out of a run and of a scoring: frozen values that travel between the rooms.

A verdict is about a student's work, except `SANDBOX_FAULT`, which is about ours: it is retried and never shown as a
result. A status (queued, running, finished, cancelled) is the site's and lives there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any


class Verdict(StrEnum):
    """How an attempt ended, in the words of the command line's JSON."""

    OK = "ok"
    TIME_LIMIT = "time_limit"
    MEMORY_LIMIT = "memory_limit"
    PROCESS_LIMIT = "process_limit"
    OUTPUT_LIMIT = "output_limit"
    DISK_LIMIT = "disk_limit"
    RUNTIME_ERROR = "runtime_error"
    MISSING_OUTPUT = "missing_output"
    INVALID_OUTPUT = "invalid_output"
    INVALID_PREDICTIONS = "invalid_predictions"
    REFUSED = "refused"
    SANDBOX_FAULT = "sandbox_fault"


@dataclass(frozen=True, kw_only=True)
class RunResult:
    """One run in a sandbox. Times in seconds, memory in bytes; `output` is the copied predictions file or None."""

    verdict: Verdict
    message: str
    exit_code: int | None = None
    signal: int | None = None
    wall_time_s: float = 0.0
    cpu_time_s: float = 0.0
    peak_memory_bytes: int = 0
    peak_gpu_memory_bytes: int | None = None
    stdout: str = ""
    stderr: str = ""
    output: Path | None = None
    backend: str = "bubblewrap"
    # of a runtime error: its parts, as `grader.failures.report` gives them
    failure: Mapping[str, Any] | None = None


@dataclass(frozen=True, kw_only=True)
class Evaluation:
    """The scores of one predictions file. A part of the test set without rows has the score None."""

    metric: str
    direction: str
    public: float | None
    private: float | None
    overall: float | None
    n_rows: int
    interval: tuple[float, float] | None
