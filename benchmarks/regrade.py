"""What bulk regrading costs beside the scoring itself: stored predictions judged again, in submissions per second.

Run as `python benchmarks/regrade.py [--submissions 100000] [--files 1000] [--rows 1000] [--sample 4000] [--metric accuracy]`
from the root. One process takes turns at three things, chunk by chunk, so that a busy machine slows all alike: the regrade
(shadow rows made, claimed, scored, recorded, the regrade moved on), the bare scoring function on the same files, and a
task per submission (this site's own path for one upload). The regrade has all the submissions; `--sample` bounds how many
of them are timed (0: all, to the end). Submissions share `--files` files, so that the disk holds them.
"""

from __future__ import annotations

import argparse
import itertools
import sys
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "platform"), str(ROOT)]

from benchmarks.course import Course, make_course  # noqa: E402 - the roots come first
from benchmarks.stage import set_the_stage  # noqa: E402

N_STUDENTS = 1000
NAIVE_SHARE = 10


class Clock:
    """Wall and CPU seconds, and how many submissions, by name."""

    def __init__(self) -> None:
        self.wall: dict[str, float] = defaultdict(float)
        self.cpu: dict[str, float] = defaultdict(float)
        self.n: dict[str, int] = defaultdict(int)

    def time(self, name: str, n: int, work: Any) -> None:
        wall, cpu = time.perf_counter(), time.process_time()
        work()
        self.wall[name] += time.perf_counter() - wall
        self.cpu[name] += time.process_time() - cpu
        self.n[name] += n

    def per_s(self, name: str, clock: str) -> float:
        return self.n[name] / getattr(self, clock)[name]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--submissions", type=int, default=100_000)
    parser.add_argument("--files", type=int, default=1000)
    parser.add_argument("--rows", type=int, default=1000)
    parser.add_argument("--sample", type=int, default=4000)
    parser.add_argument("--metric", default="accuracy")
    options = parser.parse_args()
    with set_the_stage() as stage:
        course = make_course(stage.folder, n_students=N_STUDENTS, n_rows=options.rows)
        course.competition.metric = options.metric
        course.competition.save()
        stage.start("broker")
        stage.wait_for_broker()
        _hand_in(course, options)
        measure(course, options)


def _hand_in(course: Course, options: argparse.Namespace) -> None:
    """Finished submissions of code whose predictions are stored."""
    from django.core.files.base import ContentFile
    from django.core.files.storage import default_storage
    from django.utils import timezone

    from arena.submissions.models import Attempt, Submission

    names = [
        default_storage.save(
            f"predictions/bench/{i}.csv", ContentFile(course.predictions(i * options.rows // options.files))
        )
        for i in range(options.files)
    ]
    now = timezone.now()
    for start in range(0, options.submissions, 5000):
        numbers = range(start, min(start + 5000, options.submissions))
        submissions = Submission.objects.bulk_create(
            Submission(
                competition=course.competition, user=course.students[i % N_STUDENTS], type="code", submitted_at=now,
                status="finished", verdict="ok", public_score=0.5, private_score=0.5,
            )
            for i in numbers
        )  # fmt: skip
        attempts = Attempt.objects.bulk_create(
            Attempt(
                submission=submission, number=1, status="finished", verdict="ok", public_score=0.5, private_score=0.5,
                predictions=names[i % len(names)], predictions_sha256="0" * 64, finished_at=now,
            )
            for i, submission in zip(numbers, submissions, strict=True)
        )  # fmt: skip
        for submission, attempt in zip(submissions, attempts, strict=True):
            submission.result = attempt
        Submission.objects.bulk_update(submissions, ["result"], batch_size=500)


def measure(course: Course, options: argparse.Namespace) -> None:
    """Take turns, then print."""
    from django.core.files.storage import default_storage

    from arena.regrading import services
    from arena.regrading.models import Regrade, RegradeItem
    from arena.submissions.batches import SIZE
    from arena.submissions.dispatch import judge_next
    from arena.submissions.judging import judge
    from arena.submissions.models import Attempt, Purpose
    from arena.submissions.queueing import Lane
    from grader.predictions import read_solution
    from grader.scoring import score_file

    solution = read_solution(course.solution)
    paths = itertools.cycle(Path(default_storage.path(f"predictions/bench/{i}.csv")) for i in range(options.files))
    started = time.perf_counter()
    regrade = services.start(
        course.competition, submissions=course.competition.submissions.all(), reason="benchmark", actor=None,
        scores_only=True,
    )  # fmt: skip
    opened_s = time.perf_counter() - started
    clock = Clock()
    clock.wall["regrade"], clock.cpu["regrade"] = opened_s * options.sample / options.submissions, 0.0

    def bare(n: int) -> None:
        for _ in range(n):
            score_file(next(paths), solution=solution, metric=options.metric)

    bare(50)
    limit = options.sample or options.submissions
    for _ in range(-(-limit // SIZE)):
        clock.time("bare", SIZE, lambda: bare(SIZE))
        clock.time("regrade", SIZE, lambda: judge_next(Lane.SCORING))
        clock.time("bare", SIZE // 2, lambda: bare(SIZE // 2))
    naive = list(
        RegradeItem.objects.filter(regrade=regrade, shadow__status="queued").values_list("shadow", flat=True)[
            : max(SIZE, limit // NAIVE_SHARE)
        ]
    )
    for start in range(0, len(naive), 20):
        chunk = naive[start : start + 20]
        clock.time("a task each", len(chunk), lambda chunk=chunk: [judge(pk) for pk in chunk])
        clock.time("bare", 20, lambda: bare(20))
    n_judged = Attempt.objects.filter(purpose=Purpose.SHADOW, status="finished", verdict="ok").count()
    print(f"{options.submissions} submissions opened for regrading in {opened_s:.1f} s; {n_judged} judged")
    for name in ("bare", "regrade", "a task each"):
        if not clock.n[name]:
            continue
        wall, cpu = clock.per_s(name, "wall"), clock.per_s(name, "cpu")
        share = cpu / clock.per_s("bare", "cpu"), wall / clock.per_s("bare", "wall")
        print(
            f"{name:12} {wall:7.0f}/s   {cpu:7.0f} per CPU second   {share[0]:4.0%} of bare by CPU, {share[1]:4.0%} by clock"
        )
    if not options.sample:
        while Regrade.objects.get(pk=regrade.pk).status == "running":
            judge_next(Lane.SCORING)
        started = time.perf_counter()
        from arena.regrading.selectors import difference

        found = difference(Regrade.objects.get(pk=regrade.pk))
        print(f"the difference ({len(found.changes)} people) took {time.perf_counter() - started:.1f} s")
        started = time.perf_counter()
        services.apply(Regrade.objects.get(pk=regrade.pk), actor=None)
        print(f"applying took {time.perf_counter() - started:.1f} s")
        started = time.perf_counter()
        services.roll_back(Regrade.objects.get(pk=regrade.pk), actor=None)
        print(f"rolling back took {time.perf_counter() - started:.1f} s")


if __name__ == "__main__":
    main()
