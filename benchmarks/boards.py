#!/usr/bin/env python3
"""What a board costs as submissions pile up: 1000 students with 1000 to 100 000 of them, 10 000 with a million.

    .venv/bin/python benchmarks/boards.py [--sizes 1000x1000 1000x100000 10000x1000000] [--databases sqlite postgres]

Each size lies in a database of its own. The stored board's page is measured beside the query that it replaces: the best
submission of each student, picked from all of them by a window. `queries` is the time in the database while the page is
made, `ranked` that of reading the board's rows and ranking them, `shown` the rows on the page. Medians in milliseconds.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import nullcontext
from datetime import timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
# in place of this folder, whose queue.py would stand before the standard library's
sys.path[:1] = [str(ROOT / "platform"), str(ROOT)]
SIZES = ["1000x1000", "1000x10000", "1000x100000", "10000x1000000"]
CHUNK = 20_000
WINDOW = """
SELECT user_id, public_score FROM (
  SELECT user_id, public_score, ROW_NUMBER() OVER (PARTITION BY user_id ORDER BY public_score DESC, submitted_at) AS place
  FROM submissions_submission WHERE competition_id = %s AND verdict = 'ok' AND withdrawn_at IS NULL
) AS placed WHERE place = 1 ORDER BY public_score DESC
"""


def main() -> None:
    """Run each size in a process of its own, and print a line for each."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", nargs="+", default=SIZES)
    parser.add_argument("--databases", nargs="+", default=["sqlite", "postgres"])
    parser.add_argument("--inside", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.inside:
        _measure(*map(int, arguments.inside.split("x")))
        return
    from arena.stack.postgres import postgres_server

    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; medians in ms")
    print(
        f"{'database':>9} {'students':>9} {'entries':>9} {'queries':>8} {'ranked':>8} {'shown':>6} {'whole page':>11} "
        f"{'own place':>10} {'window query':>13} {'window/ranked':>15}"
    )
    for database in arguments.databases:
        for size in arguments.sizes:
            with tempfile.TemporaryDirectory() as folder, _server(database, folder, postgres_server) as url:
                env = {
                    **os.environ, "ARENA_VAR": folder, "DATABASE_URL": url,
                    "DJANGO_SETTINGS_MODULE": "arena.settings.embedded",
                }  # fmt: skip
                print(f"{database:>9}", end=" ", flush=True)
                subprocess.run([sys.executable, __file__, "--inside", size], env=env, check=True)


def _server(database: str, folder: str, postgres: Callable[[], object]):  # type: ignore[no-untyped-def]
    return postgres() if database == "postgres" else nullcontext(f"sqlite:///{folder}/board.sqlite3")


def _measure(n_students: int, n_entries: int) -> None:
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection
    from django.test import Client
    from django.utils import timezone

    from arena.leaderboards.shown import shown_board

    call_command("migrate", verbosity=0)
    Path(os.environ["ARENA_VAR"], "static").mkdir(exist_ok=True)
    competition, student = _fill(n_students, n_entries)
    client = Client(headers={"host": "localhost"})
    client.force_login(student)
    address = f"/competitions/{competition.slug}/leaderboard/"
    spent: list[float] = []

    def timed(execute, sql, params, many, context):  # type: ignore[no-untyped-def]
        started = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            spent[-1] += 1000 * (time.perf_counter() - started)

    def page(path: str) -> bytes:
        spent.append(0.0)
        with connection.execute_wrapper(timed):
            answer = client.get(path)
        assert answer.status_code == 200, answer.status_code
        return answer.content

    def window() -> None:
        with connection.cursor() as cursor:
            cursor.execute(WINDOW, [competition.pk])
            assert len(cursor.fetchall()) == n_students

    n_rows = page(address).count(b"<tr") - 1  # and templates are read once
    spent.clear()
    whole = _median(lambda: page(address))
    of_page = statistics.median(spent)
    rows = _median(lambda: shown_board(competition, reader=student, at=timezone.now()))
    place = _median(lambda: page(f"{address}mine/"))
    windowed = _median(window)
    print(
        f"{n_students:>9} {n_entries:>9} {of_page:>8.1f} {rows:>8.1f} {n_rows:>6} {whole:>11.1f} {place:>10.1f} "
        f"{windowed:>13.1f} {windowed / rows:>14.1f}x",
        flush=True,
    )


def _median(act: Callable[[], None], *, repeat: int = 7) -> float:
    taken = []
    for _ in range(repeat):
        started = time.perf_counter()
        act()
        taken.append(1000 * (time.perf_counter() - started))
    return statistics.median(taken)


def _fill(n_students: int, n_entries: int):  # type: ignore[no-untyped-def]
    """A competition with scored entries; rows of the board as `refresh` makes them, which a sample of them shows."""
    from django.utils import timezone

    from arena.leaderboards.models import BoardRow
    from arena.leaderboards.services import refresh
    from arena.submissions.models import Submission
    from benchmarks.course import make_course

    with tempfile.TemporaryDirectory() as folder:
        made = make_course(Path(folder), n_students=n_students, n_rows=10)
    competition, now, rng = made.competition, timezone.now(), random.Random(0)
    best: dict[int, Submission] = {}
    counts: dict[int, int] = {}
    for first in range(0, n_entries, CHUNK):
        entries = []
        for i in range(first, min(first + CHUNK, n_entries)):
            score = rng.random()
            entries.append(
                Submission(
                    competition=competition, user=made.students[i % n_students], type="predictions", status="finished",
                    verdict="ok", public_score=score, private_score=score, submitted_at=now + timedelta(seconds=i - n_entries),
                )
            )  # fmt: skip
        for entry in Submission.objects.bulk_create(entries, batch_size=2000):
            counts[entry.user_id] = counts.get(entry.user_id, 0) + 1
            if entry.user_id not in best or entry.public_score > best[entry.user_id].public_score:
                best[entry.user_id] = entry
    last = {entry.user_id: entry for entry in entries}
    BoardRow.objects.bulk_create(
        (
            BoardRow(
                competition=competition, user_id=user, best=entry, final=entry, public_score=entry.public_score,
                private_score=entry.public_score, public_at=entry.submitted_at, private_at=entry.submitted_at,
                n_submissions=counts[user], last_at=last.get(user, entry).submitted_at,
            )
            for user, entry in best.items()
        ),
        batch_size=2000,
    )  # fmt: skip
    for entry in list(best.values())[:20]:
        stored = BoardRow.objects.get(competition=competition, user_id=entry.user_id)
        assert refresh(entry).public_score == stored.public_score
    return competition, made.students[n_students // 2]


if __name__ == "__main__":
    main()
