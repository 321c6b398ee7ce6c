#!/usr/bin/env python3
"""How long marks take: 1000 students under a changed scheme, a 500-player quiz report, reading a course.

    .venv/bin/python benchmarks/marks.py [--students 1000] [--players 500] [--repeat 5]

The course lies in a database in memory. Medians in milliseconds, beside the processor's own time.
"""

from __future__ import annotations

import argparse
import io
import os
import random
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
# in place of this folder, whose queue.py would stand before the standard library's
sys.path[:1] = [str(ROOT / "platform"), str(ROOT)]
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "arena.settings.test")
SYLLABLES = [
    "an",
    "ba",
    "cor",
    "dra",
    "el",
    "fin",
    "gor",
    "hal",
    "is",
    "jo",
    "ka",
    "lu",
    "mar",
    "nor",
    "or",
    "pop",
    "ra",
    "san",
    "ta",
    "ur",
    "vas",
]


def timed(name: str, act: Callable[[], object], *, repeat: int, limit_ms: int) -> bool:
    """Print the median of some runs; whether it keeps the limit."""
    walls, cpus = [], []
    for _ in range(repeat):
        wall, cpu = time.perf_counter(), time.process_time()
        act()
        walls.append(1000 * (time.perf_counter() - wall))
        cpus.append(1000 * (time.process_time() - cpu))
    median = statistics.median(walls)
    print(f"{name:<52} {median:8.0f} ms  (processor {statistics.median(cpus):6.0f} ms, limit {limit_ms} ms)")
    return median <= limit_ms


def word(rng: random.Random, n: int) -> str:
    return "".join(rng.choice(SYLLABLES) for _ in range(n)).capitalize()


def report(names: list[tuple[str, str]], n_players: int, rng: random.Random) -> bytes:
    """A quiz report with every shape of nickname, some misspelt, some of nobody."""
    from openpyxl import Workbook

    book = Workbook()
    page = book.active
    page.title = "Final Scores"
    for row in (["Lecture 1"], ["Final Scores"], ["Rank", "Player", "Total Score (points)"]):
        page.append(row)
    for place, (name, group) in enumerate(rng.sample(names, n_players), start=1):
        last, first = name.split()
        shapes = (f"{group}{last}", f"{group}_{last} {first}", name, f"{last}x", f"Brave {word(rng, 2)}")
        page.append([place, rng.choice(shapes), 9000 - 10 * place])
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--students", type=int, default=1000)
    parser.add_argument("--players", type=int, default=500)
    parser.add_argument("--repeat", type=int, default=5)
    options = parser.parse_args()

    import django

    django.setup()
    from django.core.management import call_command
    from django.utils import timezone

    call_command("migrate", verbosity=0)
    from arena.accounts.models import User
    from arena.competitions.models import Competition
    from arena.courses.models import Course, Enrolment, Role
    from arena.gradebook.models import EnteredMark
    from arena.gradebook.selectors import course_records
    from arena.gradebook.views.schemes import what_if
    from arena.leaderboards.models import BoardRow
    from arena.quizzes.services import import_report, remove
    from grader.schemes import preset

    rng = random.Random(1)
    course = Course.objects.create(slug="large", title="Large", term="2026")
    now = timezone.now()
    project = Competition.objects.create(
        course=course, slug="p", title="P", is_project=True, opens_at=now, deadline=now
    )
    names = [(f"{word(rng, 3)} {word(rng, 2)}", str(141 + i % 8)) for i in range(options.students)]
    users = User.objects.bulk_create(User(email=f"s{i}@test.example", name=name) for i, (name, _g) in enumerate(names))
    enrolments = Enrolment.objects.bulk_create(
        Enrolment(course=course, user=user, role=Role.STUDENT, group=group)
        for user, (_name, group) in zip(users, names, strict=True)
    )
    BoardRow.objects.bulk_create(
        BoardRow(competition=project, user=user, private_score=rng.random(), private_at=now, public_score=rng.random())
        for user in users
    )
    EnteredMark.objects.bulk_create(
        EnteredMark(enrolment=e, component=component, value=Decimal(rng.randint(low, high)) / 100)
        for e in enrolments
        for component, low, high in (
            ("exam", 300, 1000),
            ("lab_test", 300, 1000),
            ("other_lab", 300, 1000),
            ("deduction", 0, 200),
        )
    )
    teacher = User.objects.create_user("t@test.example", None, name="T")
    data = report(names, options.players, rng)
    session = import_report(course, lecture="1", name="report.xlsx", data=data, actor=teacher)
    before = preset("unibuc-ml")
    after = replace(before, band_policy="scaled", gate_cap=Decimal(3))
    records = course_records(course)
    n, repeat = options.students, options.repeat

    def again() -> None:
        nonlocal session
        remove(session, actor=teacher)
        session = import_report(course, lecture="1", name="report.xlsx", data=data, actor=teacher)

    kept = [
        timed(
            f"marks of {n} students under a changed scheme", lambda: records.sheets(after), repeat=repeat, limit_ms=300
        ),
        timed(
            f"what-if: {n} students before and after, who moves",
            lambda: what_if(records, before=before, after=after),
            repeat=repeat,
            limit_ms=600,
        ),
        timed(f"reading a course of {n} students", lambda: course_records(course), repeat=repeat, limit_ms=600),
        timed(f"importing a report of {options.players} players", again, repeat=repeat, limit_ms=2000),
    ]
    return 0 if all(kept) else 1


if __name__ == "__main__":
    raise SystemExit(main())
