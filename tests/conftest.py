"""A fixed cast for every test of the site: a student, a classmate, an assistant, an instructor, an admin, an outsider."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.utils import translation
from hypothesis import settings as hypothesis_settings

# a busy machine is no failure: examples have no time limit
hypothesis_settings.register_profile("arena", deadline=None)
hypothesis_settings.load_profile("arena")
RUNTIME = Path(os.environ.get("ARENA_STUDENT_RUNTIME", Path(__file__).parents[1] / ".venv-student"))
SOLUTION = "id,label,Usage\n01,a,Public\n02,b,Public\n03,a,Private\n04,b,Private\n05,a,Private\n06,b,Private\n"
PERFECT = b"id,label\n01,a\n02,b\n03,a\n04,b\n05,a\n06,b\n"
HALF = b"id,label\n01,a\n02,a\n03,a\n04,a\n05,a\n06,a\n"


@pytest.fixture
def runtime() -> Path:
    """The students' Python environment."""
    return RUNTIME


@pytest.fixture
def files() -> SimpleNamespace:
    """A tiny solution and predictions for it."""
    return SimpleNamespace(solution=SOLUTION, perfect=PERFECT, half=HALF)


@pytest.fixture(autouse=True)
def english() -> None:
    """No test reads the language that another one's last request left behind."""
    translation.activate("en")


@pytest.fixture(autouse=True)
def own_folders(settings: object, tmp_path: Path) -> None:
    """Uploads and hidden files of a test lie in its own folder."""
    settings.VAR = tmp_path
    settings.MEDIA_ROOT = tmp_path / "files"
    settings.HIDDEN_ROOT = tmp_path / "hidden"
    settings.ARENA_STUDENT_RUNTIME = RUNTIME


@pytest.fixture
def cast(db: None, tmp_path: Path) -> SimpleNamespace:
    """The cast in one course with one open competition on six rows."""
    from django.utils import timezone

    from arena.accounts.models import User
    from arena.competitions.models import Competition
    from arena.competitions.services import add_public_file, set_solution
    from arena.courses.models import Course, Enrolment, Role

    course = Course.objects.create(slug="ml", title="Machine learning", term="2026")
    people = SimpleNamespace(course=course)
    roles = {
        "student": Role.STUDENT,
        "classmate": Role.STUDENT,
        "assistant": Role.ASSISTANT,
        "instructor": Role.INSTRUCTOR,
    }
    for name, role in roles.items():
        user = User.objects.create_user(f"{name}@test.example", "a long password", name=f"The {name}")
        people.__dict__[name] = user
        people.__dict__[f"{name}_enrolment"] = Enrolment.objects.create(
            course=course, user=user, role=role, group="141"
        )
    people.admin = User.objects.create_superuser("admin@test.example", "a long password", name="The admin")
    people.outsider = User.objects.create_user("outsider@test.example", "a long password", name="The outsider")
    now = timezone.now()
    people.competition = Competition.objects.create(
        course=course,
        slug="letters",
        title="Letters",
        metric="accuracy",
        is_project=True,
        daily_limit=3,
        opens_at=now - timedelta(days=1),
        deadline=now + timedelta(days=1),
        wall_time_s=20,
    )
    add_public_file(people.competition, name="test.csv", data=b"id\n01\n02\n03\n04\n05\n06\n")
    path = tmp_path / "solution.csv"
    path.write_text(SOLUTION)
    set_solution(people.competition, path=path)
    return people


@pytest.fixture
def bell(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Attempts that the broker was told of; nothing is run."""
    from arena.submissions import bells

    rung: list[int] = []

    def send_task(name: str, args: list[int], **_: object) -> None:
        if name == bells.EVALUATE:
            rung.append(args[0])

    monkeypatch.setattr(bells.app, "send_task", send_task)
    monkeypatch.setattr(bells, "n_rings", lambda lane: 0)
    monkeypatch.setattr(bells, "_is_broker_there", lambda: True)
    return rung


@pytest.fixture
def postman(monkeypatch: pytest.MonkeyPatch) -> None:
    """Mail that a worker would send is sent at once."""
    from celery import Task

    from arena import broker

    monkeypatch.setattr(broker, "is_there", lambda: True)
    monkeypatch.setattr(Task, "apply_async", lambda task, kwargs, **_: task.run(**kwargs))


@pytest.fixture
def hand_in(cast: SimpleNamespace, bell: list[int], django_capture_on_commit_callbacks: object) -> Iterator[object]:
    """`hand_in(user, {name: bytes}, judged=True)`: submit, and judge as a worker would."""
    from django.utils import timezone

    from arena.submissions.intake import submit
    from arena.submissions.judging import judge
    from arena.submissions.models import Submission

    def do(user: object, files: dict[str, bytes], *, judged: bool = True, **options: object) -> Submission:
        options.setdefault("at", timezone.now())
        with django_capture_on_commit_callbacks(execute=True):
            submission = submit(user, cast.competition, files=files, **options)
        if judged:
            judge(bell[-1])
        return Submission.objects.get(pk=submission.pk)

    return do
