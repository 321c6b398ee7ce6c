"""A course for measurements: a hidden solution, students with tokens, and predictions whose scores are known."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

LETTERS = "abcd"


@dataclass(frozen=True)
class Course:
    """What was made. `tokens` are the students' API tokens, in their order."""

    competition: Any
    students: list[Any]
    tokens: list[str]
    solution: Path
    truth: list[str]

    def predictions(self, n_right: int) -> bytes:
        """A file whose first `n_right` labels are right and the others wrong."""
        wrong = {letter: LETTERS[(i + 1) % len(LETTERS)] for i, letter in enumerate(LETTERS)}
        labels = [label if i < n_right else wrong[label] for i, label in enumerate(self.truth)]
        return ("id,label\n" + "".join(f"{i:05d},{label}\n" for i, label in enumerate(labels))).encode()

    def program(self, n_right: int, *, seconds: float = 0.0) -> bytes:
        """Code that takes its time and writes the same predictions."""
        text = self.predictions(n_right).decode()
        return f"import time\ntime.sleep({seconds})\nopen('submission.csv', 'w').write({text!r})\n".encode()


def make_course(folder: Path, *, n_students: int, n_rows: int, daily_limit: int = 10_000, seed: int = 0) -> Course:
    """Write it to the database that the settings name."""
    from django.contrib.auth.hashers import make_password
    from django.utils import timezone

    from arena.accounts.models import User
    from arena.accounts.tokens import issue
    from arena.competitions.models import Competition
    from arena.competitions.services import add_public_file, set_solution
    from arena.courses.models import Course as CourseRow
    from arena.courses.models import Enrolment

    rng = random.Random(seed)
    truth = [rng.choice(LETTERS) for _ in range(n_rows)]
    solution = folder / "solution.csv"
    usage = ("Public", "Private")
    solution.write_text(
        "id,label,Usage\n" + "".join(f"{i:05d},{label},{usage[i % 2]}\n" for i, label in enumerate(truth))
    )
    course = CourseRow.objects.create(slug="course", title="Course", term="now")
    now = timezone.now()
    competition = Competition.objects.create(
        course=course, slug="letters", title="Letters", metric="accuracy", daily_limit=daily_limit,
        opens_at=now - timedelta(days=1), deadline=now + timedelta(days=1), wall_time_s=60,
    )  # fmt: skip
    set_solution(competition, path=solution)
    add_public_file(competition, name="test.csv", data=b"id\n" + b"".join(b"%05d\n" % i for i in range(n_rows)))
    locked = make_password(None)
    User.objects.bulk_create(
        User(email=f"s{i}@bench.example", name=f"Student {i}", password=locked) for i in range(n_students)
    )
    students = list(User.objects.filter(email__endswith="@bench.example").order_by("pk"))
    Enrolment.objects.bulk_create(Enrolment(course=course, user=user) for user in students)
    tokens = [issue(user, name="bench", at=now)[1] for user in students]
    return Course(competition=competition, students=students, tokens=tokens, solution=solution, truth=truth)
