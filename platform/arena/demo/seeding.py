"""Fill an empty database with the demo course. A second call finds it there and adds nothing."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone

from arena.accounts.models import User
from arena.competitions.models import CheckState, Competition, MetricProgram
from arena.competitions.services import add_public_file, set_solution
from arena.courses.models import Course, Enrolment, Role
from arena.demo import datasets, people, quiz
from arena.demo.datasets import Dataset
from arena.demo.texts import texts
from arena.gradebook.models import Component, EnteredMark, LabAnswers, LabTarget, RequirementPoints
from arena.gradebook.services import save_scheme
from arena.submissions.teams import make
from grader.own_metric import metric_name
from grader.schemes import preset_text

SLUG = "ml-demo"
METRICS = Path(__file__).parent / "metrics"


@dataclass(frozen=True)
class Plan:
    """A demo competition: its data, and how many hours from now it closes."""

    slug: str
    build: Callable[[], Dataset]
    closes_in_h: float
    is_project: bool = False
    is_lab_test: bool = False
    gate: str = "naive_bayes.py"
    metric: str = "accuracy"
    # a file of `metrics/`: the instructor's own, of which higher is better
    program: str = ""
    team_size: int = 1


PLANS = (
    Plan("dialects", datasets.dialects, -1, is_project=True, gate="knn.py"),
    Plan("digits", datasets.digits, 24 * 9),
    Plan("tumours", datasets.tumours, 24 * 16, metric="macro_f1_score", team_size=3),
    Plan("wine-lab-test", datasets.wine, 24 * 30, is_lab_test=True),
)


@transaction.atomic
def seed(*, n_students: int = people.N_STUDENTS) -> Course:
    """The course, its people, competitions, entered marks and scheme."""
    found = Course.objects.filter(slug=SLUG).first()
    if found:
        return found
    course = Course.objects.create(slug=SLUG, title="Machine learning (demo)", term="2026/27")
    password = make_password(people.PASSWORD)  # one slow hash for everybody
    _add(course, [people.INSTRUCTOR], Role.INSTRUCTOR, password)
    _add(course, list(people.ASSISTANTS), Role.ASSISTANT, password)
    students = _add(course, people.students()[:n_students], Role.STUDENT, password)
    admin = seed_admin(password=password)
    for plan in PLANS:
        add_competition(course, plan)
    _marks(students)
    _team(course, students)
    save_scheme(course, document=preset_text("unibuc-ml"), reason="The preset of the course.", actor=admin)
    report = Path(settings.VAR) / "demo" / "quiz-lecture-1.xlsx"
    report.parent.mkdir(parents=True, exist_ok=True)
    report.write_bytes(quiz.report())
    return course


def _team(course: Course, students: list[Enrolment]) -> None:
    """The demo student with a classmate, and another team of two."""
    competition = course.competitions.filter(team_size__gt=1).first()
    instructor = User.objects.get(email=people.INSTRUCTOR.email)
    if competition is not None:
        for name, members in (("Steepest descent", students[:2]), ("Night owls", students[2:4])):
            if members:
                make(competition, name=name, users=[member.user for member in members], actor=instructor)


def seed_admin(*, password: str | None = None) -> User:
    """The demo's admin, of whom there is one; `password` is a hash."""
    found = User.objects.filter(email=people.ADMIN.email).first()
    if found:
        return found
    password = password or make_password(people.PASSWORD)
    return User.objects.create(
        email=people.ADMIN.email, name=people.ADMIN.name, password=password, is_staff=True, is_superuser=True
    )


def _add(course: Course, persons: list[people.Person], role: Role, password: str) -> list[Enrolment]:
    users = [User(email=p.email, name=p.name, password=password) for p in persons]
    User.objects.bulk_create(users)
    rows = [Enrolment(course=course, user=u, role=role, group=p.group) for u, p in zip(users, persons, strict=True)]
    return Enrolment.objects.bulk_create(rows)


def add_competition(course: Course, plan: Plan) -> Competition:
    """The competition with its data and its texts; its doors opened three weeks ago."""
    now = timezone.now()
    limits = {"daily_limit": 20, "wall_time_s": 45}
    program = (METRICS / plan.program).read_bytes() if plan.program else b""
    metric = metric_name(program, direction="higher") if program else plan.metric
    competition = Competition.objects.create(
        course=course,
        slug=plan.slug,
        metric=metric,
        opens_at=now - timedelta(days=21),
        deadline=now + timedelta(hours=plan.closes_in_h),
        is_project=plan.is_project,
        is_lab_test=plan.is_lab_test,
        team_size=plan.team_size,
        is_private_board_shown=plan.is_project,
        gate_baseline=plan.gate,
        **limits,
        **texts(plan.slug, **limits),
    )
    if program:
        row = {"text": program.decode(), "direction": "higher", "name": metric, "state": CheckState.GOOD}
        MetricProgram.objects.create(competition=competition, **row)
    dataset = plan.build()
    for name, content in dataset.public.items():
        add_public_file(competition, name=name, data=content.encode())
    with tempfile.TemporaryDirectory(prefix="arena-seed-") as folder:
        path = Path(folder) / "solution.csv"
        path.write_text(dataset.solution, encoding="utf-8")
        set_solution(competition, path=path)
    return competition


def _marks(students: list[Enrolment]) -> None:
    """What people entered: exams, presentations, the lab test's requirements, first correct answers."""
    rng = random.Random(5)  # noqa: S311 - a demo, no secret
    rows: list[EnteredMark] = []
    points: list[tuple[Enrolment, Decimal]] = []
    answers: list[LabAnswers] = []
    for enrolment in students:
        level = rng.uniform(4.5, 9.8)
        for component in (Component.EXAM, Component.OTHER_LAB):
            if component == Component.EXAM and rng.random() < 0.05:
                continue
            value = Decimal(str(round(min(10, max(1, rng.gauss(level, 1))) * 4) / 4))
            rows.append(EnteredMark(enrolment=enrolment, component=component, value=value))
        rows.append(
            EnteredMark(
                enrolment=enrolment, component=Component.DEDUCTION, value=Decimal(rng.choice(["0", "0", "0.5", "1"]))
            )
        )
        points.append((enrolment, Decimal(str(round(min(4, max(0, rng.gauss(level - 5, 1))) * 4) / 4))))
        labs = rng.sample(range(1, 8), rng.choice([0, 0, 0, 1, 1, 2, 3]))
        answers += [LabAnswers(enrolment=enrolment, lab=lab, n_correct=rng.randint(1, 3)) for lab in labs]
    EnteredMark.objects.bulk_create(rows)
    LabAnswers.objects.bulk_create(answers)
    test = Competition.objects.get(course=students[0].course, is_lab_test=True)
    LabTarget.objects.create(competition=test, target=0.95, chance=0.33)
    RequirementPoints.objects.bulk_create(
        RequirementPoints(competition=test, enrolment=enrolment, points=value) for enrolment, value in points
    )
