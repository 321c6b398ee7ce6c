"""Chaos, for real: while students upload, processes are killed with SIGKILL, the broker forgets, clocks jump, disks fill.

Run as `python benchmarks/chaos.py [--submissions 1000] [--code 50] [--seconds 600] [--every 3] [--disk] [--postgres] [--json]`
from the root. In the end each submission must have exactly one result, equal to that of an undisturbed run (the bare
scoring function on the same predictions), and nothing may be left: no process, lease, folder or stray file. Exits 1 if
any of that fails. `--recovery` measures instead how long each kind of kill holds up a handful of submissions.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "platform"), str(ROOT)]

from benchmarks.course import Course, make_course  # noqa: E402 - the roots come first
from benchmarks.stage import QUICK, Stage, set_the_stage  # noqa: E402
from benchmarks.uploads import Upload, upload  # noqa: E402

N_ROWS = 200
N_STUDENTS = 40
PROCESSES = ("broker", "web", "sweeper", "scorer", "runner")
DISK_MB = 192


@dataclass
class Chaos:
    """Does one bad thing after another to a stage."""

    stage: Stage
    rng: random.Random
    every_s: float
    disk: Path | None = None
    done: Counter[str] = field(default_factory=Counter)

    def acts(self) -> dict[str, Callable[[], None]]:
        found = {
            "worker killed": lambda: self._kill(self.rng.choice(["scorer", "runner"])),
            "worker killed, its pool orphaned": lambda: self._kill("runner", whole_group=False),
            "pool process killed": self._kill_child,
            "pool hangs": self._hang,
            "sweeper killed": lambda: self._kill("sweeper"),
            "web killed": lambda: self._kill("web"),
            "broker killed": lambda: self._kill("broker"),
            "broker forgets all": lambda: self._forget(),
            "clock jumps": self._jump,
            "sweeper with a wrong clock": self._sweep_wrongly,
        }
        if self.disk is not None:
            found["disk full"] = self._fill
        return found

    def run(self, *, seconds: float) -> None:
        """First each act once, however long that takes, then any. The processes that this starts die with the thread that runs this."""
        acts = self.acts()
        order = sorted(acts)
        self.rng.shuffle(order)
        end = time.monotonic() + seconds
        while order or time.monotonic() < end:
            time.sleep(self.rng.uniform(0.5, 1.5) * self.every_s)
            name = order.pop() if order else self.rng.choice(sorted(acts))
            acts[name]()
            self.done[name] += 1

    def _kill(self, name: str, *, whole_group: bool = True) -> None:
        self.stage.kill(name, whole_group=whole_group)
        time.sleep(self.rng.uniform(0, 1))
        self.stage.start(name)

    def _kill_child(self) -> None:
        if children := self.stage.children(self.rng.choice(["scorer", "runner"])):
            with suppress(ProcessLookupError):
                os.kill(self.rng.choice(children), signal.SIGKILL)

    def _hang(self) -> None:
        """The processes of a pool stop for ever, as in a deadlock: the worker lives, answers and does nothing."""
        for pid in self.stage.children(self.rng.choice(["scorer", "runner"])):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGSTOP)

    def _forget(self) -> None:
        with suppress(OSError):
            self.stage.wait_for_broker()
            self.stage.forget_everything()

    def _jump(self) -> None:
        """A process's wall clock jumps for a few seconds, by an hour or by less than a lease, ahead or back."""
        if self.stage.clocks is None:
            return self._sweep_wrongly()
        name = self.rng.choice([name for name in PROCESSES if name != "broker"])
        self.stage.clocks.set(name, self.rng.choice([-3600, -2, 2, 3600]))
        time.sleep(self.rng.uniform(1, 4))
        self.stage.clocks.set(name, 0)
        return None

    def _sweep_wrongly(self) -> None:
        """A second sweeper, whose clock is an hour ahead or behind."""
        from django.db import DatabaseError, connection
        from django.utils import timezone

        from arena.submissions.sweeping import sweep

        with suppress(DatabaseError):
            sweep(at=timezone.now() + timedelta(hours=self.rng.choice([-1, 1])))
        connection.close()

    def _fill(self) -> None:
        """Every byte of the file system under the site is taken for two seconds."""
        assert self.disk is not None
        ballast = self.disk / "ballast"
        with suppress(OSError), ballast.open("wb") as file:
            while True:
                file.write(bytes(2**20))
                file.flush()
        time.sleep(2)
        ballast.unlink()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--submissions", type=int, default=1000)
    parser.add_argument("--code", type=int, default=50, help="how many of them are programs")
    parser.add_argument("--seconds", type=float, default=600, help="how long the chaos lasts")
    parser.add_argument("--every", type=float, default=3, help="mean seconds from one act to the next")
    parser.add_argument("--patience", type=float, default=600, help="seconds that the rest may take afterwards")
    parser.add_argument("--disk", action="store_true", help="fill the disk too: a small tmpfs, so this needs root")
    parser.add_argument("--postgres", action="store_true", help="PostgreSQL instead of SQLite")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--logs", type=Path, help="where the processes' logs are kept if anything is wrong")
    parser.add_argument("--recovery", action="store_true", help="measure the recovery after each kind of kill instead")
    parser.add_argument("--runs", type=int, default=3, help="of each kill, for --recovery; the median is printed")
    options = parser.parse_args()
    with ExitStack() as stack:
        # the small disk is smaller than what a site wants free before it takes an upload
        variables = {**QUICK, **({"ARENA_MIN_FREE_MB": "8"} if options.disk else {})}
        database = ""
        if options.postgres:
            from arena.stack.postgres import postgres_server

            database = stack.enter_context(postgres_server())
        stage = stack.enter_context(set_the_stage(database=database, variables=variables))
        disk = _small_disk(stage.folder, stack) if options.disk else None
        course = make_course(stage.folder, n_students=N_STUDENTS, n_rows=N_ROWS)
        stage.start("broker")
        stage.wait_for_broker()
        stage.start("web", "scorer", "runner", "sweeper")
        stage.wait_for_web()
        if options.recovery:
            from benchmarks.recovery import measure

            measure(stage, course, runs=options.runs)
            return
        answer = play(stage, course, options, disk)
    print(json.dumps(answer) if options.json else _table(answer))
    sys.exit(0 if not answer["wrong"] else 1)


def _small_disk(folder: Path, stack: ExitStack) -> Path:
    """A tmpfs where uploads and predictions lie."""
    disk = folder / "files"
    disk.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK_MB}m", "tmpfs", str(disk)], check=True)
    stack.callback(subprocess.run, ["umount", "-l", str(disk)], check=False)
    return disk


def play(stage: Stage, course: Course, options: argparse.Namespace, disk: Path | None) -> dict[str, Any]:
    """Upload everything amid the chaos, wait for calm, and look."""
    rng = random.Random(options.seed)
    uploads = _plan(course, options, rng)
    chaos = Chaos(stage=stage, rng=random.Random(options.seed + 1), every_s=options.every, disk=disk)
    started = time.monotonic()
    pause = 0.7 * options.seconds / len(uploads)
    with ThreadPoolExecutor(6) as pool:
        sent = [pool.submit(upload, stage.address, item, slow_s=6 * pause) for item in uploads]
        chaos.run(seconds=options.seconds)
        seconds = sorted(future.result() for future in sent)
    calm = time.monotonic()
    restarts = _wait_until_judged(len(uploads), options.patience)
    recovered_s = time.monotonic() - calm
    stage.stop()
    wrong = check(stage, uploads)
    if wrong and options.logs:
        shutil.copytree(stage.folder / "logs", options.logs, dirs_exist_ok=True)
    from arena.submissions.models import Attempt

    faults = list(Attempt.objects.values_list("faults", flat=True))
    return {
        "submissions": len(uploads),
        "programs": options.code,
        "acts": dict(chaos.done),
        "judged again": sum(faults),
        "most often": max(faults, default=0),
        "upload_s_median": round(seconds[len(seconds) // 2], 2),
        "hung workers that started again": restarts,
        "calm_to_done_s": round(recovered_s, 1),
        "clocks": "of processes" if stage.clocks else "of a second sweeper",
        "load": round(os.getloadavg()[0], 1),
        "total_s": round(time.monotonic() - started, 1),
        "wrong": wrong,
    }


def _plan(course: Course, options: argparse.Namespace, rng: random.Random) -> list[Upload]:
    from grader.predictions import read_solution
    from grader.scoring import score_file

    solution = read_solution(course.solution)
    plan = []
    is_code = [True] * options.code + [False] * (options.submissions - options.code)
    rng.shuffle(is_code)
    for i, code in enumerate(is_code):
        n_right, who = rng.randrange(N_ROWS + 1), i % len(course.tokens)
        path = course.solution.with_name("undisturbed.csv")
        path.write_bytes(course.predictions(n_right))
        scores = score_file(path, solution=solution, metric="accuracy")
        data = course.program(n_right, seconds=rng.uniform(0, 2)) if code else path.read_bytes()
        plan.append(
            Upload(
                key=f"plan {i}", token=course.tokens[who], name="main.py" if code else "p.csv", data=data,
                slug="letters", expected=(scores.public, scores.private),
            )
        )  # fmt: skip
    return plan


def _wait_until_judged(n: int, patience_s: float) -> int:
    """How often workers that took nothing started themselves again, those not counted that were killed since."""
    from django.db import connection
    from django.db.models import Sum

    from arena.submissions.models import Submission, Worker

    deadline, done = time.monotonic() + patience_s, -1
    while time.monotonic() < deadline and done < n:
        done = Submission.objects.filter(status="finished").count()
        connection.close()
        time.sleep(0.2)
    return Worker.objects.aggregate(n=Sum("restarts"))["n"] or 0


def check(stage: Stage, uploads: list[Upload]) -> list[str]:
    """Everything that is not as it should be, as sentences."""
    from django.conf import settings
    from django.utils import timezone

    from arena.leaderboards.models import BoardRow
    from arena.leaderboards.services import rebuild
    from arena.submissions.keeping import clear_orphans
    from arena.submissions.models import Attempt, Submission
    from arena.submissions.sweeping import sweep
    from grader.sandbox import cgroups

    wrong = []
    rows: dict[str, list[Any]] = {}
    for row in Submission.objects.prefetch_related("attempts"):
        rows.setdefault(row.comment, []).append(row)
    for item in uploads:
        mine = rows.pop(item.key, [])
        if len(mine) != 1:
            wrong.append(f"{item.key}: {len(mine)} submissions")
            continue
        found, attempts = mine[0], list(mine[0].attempts.all())
        if len(attempts) != 1 or found.result_id != attempts[0].pk or attempts[0].status != "finished":
            told = [f"{a.status}, {a.faults} faults, rests until {a.not_before}, {a.message}" for a in attempts]
            wrong.append(f"{item.key}: {found.status}, attempts {told}")
        elif (found.verdict, found.public_score, found.private_score) != ("ok", *item.expected):
            said = f"{found.verdict} {found.public_score} {found.private_score} {found.message}"
            wrong.append(f"{item.key}: {said} instead of {item.expected}")
    wrong += [f"a submission that nobody sent: {key}" for key in rows]
    boards = sorted(BoardRow.objects.values_list("user", "public_score", "private_score", "n_submissions"))
    rebuild(Submission.objects.first().competition)
    if boards != sorted(BoardRow.objects.values_list("user", "public_score", "private_score", "n_submissions")):
        wrong.append("the board differs from one made anew")
    if leases := Attempt.objects.exclude(token=None).count():
        wrong.append(f"{leases} leases are left")
    time.sleep(6)  # a folder made a moment ago is never cleared
    sweep(at=timezone.now())
    clear_orphans(at=timezone.now(), age=timedelta())
    cgroups.clear_abandoned(age_s=0)  # what each worker does every hour
    groups = [path for path in Path("/sys/fs/cgroup").glob("*/arena-*") if not _is_alive(path.name.split("-")[1])]
    wrong += [f"a control group is left: {path}" for path in groups]
    wrong += [f"left behind: {path.name}" for path in (stage.folder / "tmp").glob("arena-*")]
    stored = {str(p.relative_to(settings.MEDIA_ROOT)) for p in Path(settings.MEDIA_ROOT).rglob("*.csv")}
    named = set(Attempt.objects.values_list("predictions", flat=True))
    wrong += [f"a file of nobody: {name}" for name in sorted(stored - named) if name.startswith("predictions/")]
    wrong += [f"still alive: {command[:100]}" for command in stage.left_processes()]
    return wrong


def _is_alive(pid: str) -> bool:
    """Another site's worker may be at work on this machine."""
    return Path("/proc", pid).exists()


def _table(answer: dict[str, Any]) -> str:
    lines = [f"{name}: {value}" for name, value in answer.items() if name not in {"acts", "wrong"}]
    lines += [f"  {n:4} x {name}" for name, n in sorted(answer["acts"].items())]
    return "\n".join([*lines, *(f"WRONG: {text}" for text in answer["wrong"]), "" if answer["wrong"] else "all well"])


if __name__ == "__main__":
    main()
