"""How long each kind of death holds up a handful of submissions: part of `benchmarks/chaos.py --recovery`."""

from __future__ import annotations

import os
import signal
import statistics
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from arena.stack.processes import die_with_parent
from benchmarks.course import Course
from benchmarks.stage import Stage
from benchmarks.uploads import Upload, upload

# four programs of two seconds for two workers: the kill hits two that run and finds two that wait
N, SECONDS = 4, 2.0


def measure(stage: Stage, course: Course, *, runs: int) -> None:
    """Print the medians, in seconds, beside an undisturbed run."""
    deaths: dict[str, Callable[[], None]] = {
        "nothing": lambda: None,
        "pool processes": lambda: _kill_pool(stage),
        "sandbox parents": lambda: _kill_sandboxes(stage),
        "worker": lambda: _again(stage, "runner"),
        "sweeper": lambda: _again(stage, "sweeper"),
        "web": lambda: _again(stage, "web"),
        "broker": lambda: _again(stage, "broker"),
        "broker forgets all": stage.forget_everything,
    }
    if "host=" in stage.env.get("DATABASE_URL", ""):
        deaths["database server"] = lambda: _restart_postgres(stage)
    _once(stage, course, lambda: None, key="so that every worker is up")
    calm = 0.0
    for name, death in deaths.items():
        medians = statistics.median(_once(stage, course, death, key=f"{name} {run}") for run in range(runs))
        calm = calm or medians
        print(f"{name:20} {medians:5.1f} s from upload to the last result, {medians - calm:+5.1f} s", flush=True)


def _kill_sandboxes(stage: Stage) -> None:
    """SIGKILL to the program that holds each sandbox, under the pool processes that wait for it."""
    for pid in _below(stage.processes["runner"].pid):
        with suppress(OSError):
            if Path(f"/proc/{pid}/comm").read_text().strip() == "bwrap":
                os.kill(pid, signal.SIGKILL)


def _below(parent: int) -> list[int]:
    found: list[int] = []
    with suppress(OSError):
        for task in Path(f"/proc/{parent}/task").iterdir():
            for pid in map(int, (task / "children").read_text().split()):
                found += [pid, *_below(pid)]
    return found


def _restart_postgres(stage: Stage) -> None:
    """SIGKILL to the server and all its backends; then the same command again."""
    folder = Path(parse_qs(urlsplit(stage.env["DATABASE_URL"]).query)["host"][0])
    pid = int((folder / "data" / "postmaster.pid").read_text().split()[0])
    command = Path(f"/proc/{pid}/cmdline").read_bytes().decode().split("\0")[:-1]
    owner = Path(f"/proc/{pid}").stat()
    run_as = {"user": owner.st_uid, "group": owner.st_gid, "extra_groups": []} if os.geteuid() == 0 else {}
    for victim in [pid, *_below(pid)]:
        with suppress(ProcessLookupError):
            os.kill(victim, signal.SIGKILL)
    time.sleep(0.2)
    with (folder / "log").open("ab") as log:
        subprocess.Popen(
            command, cwd=folder, env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"}, stdin=subprocess.DEVNULL,
            stdout=log, stderr=log, preexec_fn=die_with_parent, **run_as,
        )  # fmt: skip


def _once(stage: Stage, course: Course, death: Callable[[], None], *, key: str) -> float:
    from arena.submissions.models import Attempt, Submission

    started = time.monotonic()
    for i in range(N):
        data = course.program(i, seconds=SECONDS)
        upload(
            stage.address, Upload(key=f"{key} {i}", token=course.tokens[i], name="main.py", data=data, slug="letters")
        )
    while _asked(lambda: Attempt.objects.filter(status="running").count() < 2):
        time.sleep(0.05)
    death()
    while _asked(Submission.objects.exclude(status="finished").exists):
        time.sleep(0.05)
    stage.wait_for_web()
    return time.monotonic() - started


def _asked(question: Callable[[], bool]) -> bool:
    """The answer; yes while the database is away."""
    from django.db import DatabaseError, connection

    try:
        return question()
    except DatabaseError:
        connection.close()
        return True


def _again(stage: Stage, name: str) -> None:
    stage.kill(name)
    stage.start(name)


def _kill_pool(stage: Stage) -> None:
    for pid in stage.children("runner"):
        os.kill(pid, signal.SIGKILL)
