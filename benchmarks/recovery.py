"""How long each kind of death holds up a handful of submissions: part of `benchmarks/chaos.py --recovery`."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

from benchmarks.course import Course
from benchmarks.stage import Stage
from benchmarks.uploads import Upload, upload

RUNS = 3
# four programs of two seconds for two workers: the kill hits two that run and finds two that wait
N, SECONDS = 4, 2.0


def measure(stage: Stage, course: Course) -> None:
    """Print the medians, in seconds, beside an undisturbed run."""
    deaths: dict[str, Callable[[], None]] = {
        "nothing": lambda: None,
        "pool processes": lambda: _kill_pool(stage),
        "worker": lambda: _again(stage, "runner"),
        "sweeper": lambda: _again(stage, "sweeper"),
        "web": lambda: _again(stage, "web"),
        "broker": lambda: _again(stage, "broker"),
        "broker forgets all": stage.forget_everything,
    }
    calm = 0.0
    for name, death in deaths.items():
        medians = statistics.median(_once(stage, course, death, key=f"{name} {run}") for run in range(RUNS))
        calm = calm or medians
        print(f"{name:20} {medians:5.1f} s from upload to the last result, {medians - calm:+5.1f} s")


def _once(stage: Stage, course: Course, death: Callable[[], None], *, key: str) -> float:
    from arena.submissions.models import Attempt, Submission

    started = time.monotonic()
    for i in range(N):
        data = course.program(i, seconds=SECONDS)
        upload(
            stage.address, Upload(key=f"{key} {i}", token=course.tokens[i], name="main.py", data=data, slug="letters")
        )
    while Attempt.objects.filter(status="running").count() < 2:
        time.sleep(0.05)
    death()
    while Submission.objects.exclude(status="finished").exists():
        time.sleep(0.05)
    stage.wait_for_web()
    return time.monotonic() - started


def _again(stage: Stage, name: str) -> None:
    stage.kill(name)
    stage.start(name)


def _kill_pool(stage: Stage) -> None:
    import os
    import signal

    for pid in stage.children("runner"):
        os.kill(pid, signal.SIGKILL)
