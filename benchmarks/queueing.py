"""Predictions through the whole site over loopback: throughput, the queue's own cost per job, and a deadline storm.

Run as `python benchmarks/queueing.py [--submissions 500] [--storm 1000] [--seconds 60] [--rows 1000] [--postgres]` from the root.
`--submissions` are uploaded one after another by eight clients and judged by two processes, and timed from the first upload to
the last result. In the storm each of `--storm` students uploads one file at a moment of their own within `--seconds`; nothing
may be refused or lost. Everything stays on this machine. (Not `queue.py`: a script beside it would import it for the standard library's.)
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "platform"), str(ROOT)]

from benchmarks.course import Course, make_course  # noqa: E402 - the roots come first
from benchmarks.stage import Stage, set_the_stage  # noqa: E402
from benchmarks.uploads import NotTaken, Upload, send  # noqa: E402

CLIENTS = 8


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--submissions", type=int, default=500)
    parser.add_argument("--storm", type=int, default=1000, help="students of the deadline storm")
    parser.add_argument("--seconds", type=float, default=60, help="how long the storm blows")
    parser.add_argument("--rows", type=int, default=1000)
    parser.add_argument("--postgres", action="store_true")
    options = parser.parse_args()
    with ExitStack() as stack:
        database = ""
        if options.postgres:
            from arena.stack.postgres import postgres_server

            database = stack.enter_context(postgres_server())
        stage = stack.enter_context(set_the_stage(database=database, workers={"scoring": 2}))
        course = make_course(stage.folder, n_students=max(50, options.storm), n_rows=options.rows)
        stage.start("broker")
        stage.wait_for_broker()
        stage.start("web", "scorer", "sweeper")
        stage.wait_for_web()
        _one(stage, course, "warm up", 0)
        _until_judged()
        wrong = throughput(stage, course, options.submissions)
        wrong += storm(stage, course, options.storm, options.seconds)
    sys.exit(1 if wrong else 0)


def throughput(stage: Stage, course: Course, n: int) -> int:
    """Uploads as fast as eight clients can."""
    if not n:
        return 0
    started = time.monotonic()
    with ThreadPoolExecutor(CLIENTS) as pool:
        times = list(pool.map(lambda i: _one(stage, course, f"t{i}", i), range(n)))
    uploaded_s = time.monotonic() - started
    _until_judged()
    total_s = time.monotonic() - started
    print(f"{n} files: {n / uploaded_s:.1f} uploads/s, {n / total_s:.1f}/s from upload to result")
    print(f"  upload {_shown(times)}; {_waits('t')}")
    return _missing(n, "t")


def storm(stage: Stage, course: Course, n: int, seconds: float) -> int:
    """One upload of each student, at a random moment."""
    if not n:
        return 0
    rng = random.Random(0)
    moments = sorted(rng.uniform(0, seconds) for _ in range(n))
    started = time.monotonic()

    def at_their_moment(i: int) -> float | None:
        time.sleep(max(0.0, started + moments[i] - time.monotonic()))
        return _one(stage, course, f"s{i}", i)

    with ThreadPoolExecutor(min(n, 200)) as pool:
        times = list(pool.map(at_their_moment, range(n)))
    _until_judged()
    print(f"storm of {n} students in {seconds:.0f} s: the last result after {time.monotonic() - started:.1f} s")
    print(f"  upload {_shown(times)}; {_waits('s')}")
    return _missing(n, "s")


def _one(stage: Stage, course: Course, key: str, i: int) -> float | None:
    """Seconds until the site took the upload, None if it did not."""
    who = i % len(course.tokens)
    data = course.predictions((7 * i) % (len(course.truth) + 1))
    started = time.monotonic()
    try:
        send(stage.address, Upload(key=key, token=course.tokens[who], name="p.csv", data=data, slug="letters"))
    except (NotTaken, OSError) as error:
        print(f"  not taken: {error}")
        return None
    except Exception as error:  # a 5xx
        print(f"  failed: {type(error).__name__} {error}")
        return None
    return time.monotonic() - started


def _until_judged() -> None:
    from django.db import connection

    from arena.submissions.models import Submission

    while Submission.objects.exclude(status="finished").exists():
        connection.close()
        time.sleep(0.1)


def _missing(n: int, prefix: str) -> int:
    """How many were refused wrongly or lost."""
    from arena.submissions.models import Submission

    there = Submission.objects.filter(comment__startswith=prefix, verdict="ok", result__isnull=False)
    missing = (
        n - there.values("comment").distinct().count() + there.count() - there.values("comment").distinct().count()
    )
    print(f"  {missing} refused, lost or doubled")
    return missing


def _shown(times: list[float | None]) -> str:
    done = sorted(t for t in times if t is not None)
    if not done:
        return "none"
    return f"median {statistics.median(done):.2f} s, 99% within {done[int(0.99 * (len(done) - 1))]:.2f} s"


def _waits(prefix: str) -> str:
    """From the row's creation to its start, and from its start to its result."""
    from arena.submissions.models import Attempt

    rows = Attempt.objects.filter(submission__comment__startswith=prefix).values_list(
        "created_at", "started_at", "finished_at"
    )
    waited = sorted((started - created).total_seconds() for created, started, _ in rows)
    took = sorted((finished - started).total_seconds() for _, started, finished in rows)
    return f"waited {waited[len(waited) // 2]:.2f} s, judged in {1000 * took[len(took) // 2]:.0f} ms (medians)"


if __name__ == "__main__":
    main()
