"""A course that holds one of everything which somebody may not see, built by the site's own services under a still clock.

Five competitions: `letters` is open (the project, in teams, with code to be reproduced), `frozen` has a frozen board,
`ladder` releases scores by the Ladder, `closed` is over and not revealed (the lab test), `shown` is over and revealed.
`draft` is the sixth, which students don't see. Its people are the cast, a team-mate of the student, and a heron whom
nobody but the staff knows by name.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

from django.utils import timezone

NOON = datetime(2026, 3, 2, 12, 0, 20, tzinfo=UTC)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
N_PUBLIC, N_PRIVATE = 40, 40
IDS = [f"{n:03}" for n in range(N_PUBLIC + N_PRIVATE)]
PEOPLE = ("student", "mate", "classmate", "heron")
OPEN, OVER = ("letters", "frozen", "ladder"), ("closed", "shown")
UNREVEALED = (*OPEN, "closed", "draft")


class Clock:
    """The time of the site, which moves only when told to."""

    def __init__(self, monkeypatch: object) -> None:
        self.now = NOON
        monkeypatch.setattr(timezone, "now", lambda: self.now)
        monkeypatch.setattr(time, "time", lambda: self.now.timestamp())


@dataclass
class World:
    """`values` are what addresses may name, by the part of the address before it; `files` what overwritten ones held."""

    cast: SimpleNamespace
    competitions: dict[str, object]
    submissions: dict[tuple[str, str], object]
    values: dict[str, list[str]] = field(default_factory=dict)
    files: dict[Path, bytes] = field(default_factory=dict)
    rows: SimpleNamespace = field(default_factory=SimpleNamespace)


def truth() -> list[str]:
    return random.Random(7).choices("ab", k=len(IDS))


def solution(labels: list[str]) -> str:
    rows = [
        f"{i},{label},{'Public' if n < N_PUBLIC else 'Private'}"
        for n, (i, label) in enumerate(zip(IDS, labels, strict=True))
    ]
    return "\n".join(["id,label,Usage", *rows, ""])


def predictions(seed: object, *, right: float) -> bytes:
    """The truth, each row with this chance, else the other class."""
    rng = random.Random(str(seed))
    rows = [
        f"{i},{label if rng.random() < right else 'ba'['ab'.index(label)]}"
        for i, label in zip(IDS, truth(), strict=True)
    ]
    return "\n".join(["id,label", *rows, ""]).encode()


def build(cast: SimpleNamespace, clock: Clock, submit: Callable[..., object], folder: Path) -> World:
    """`submit(user, competition, files, **options)` hands in and judges."""
    _people(cast)
    world = World(cast=cast, competitions={}, submissions={})
    clock.now = NOON - 5 * DAY
    for slug in ("letters", "frozen", "ladder", "closed", "shown", "draft"):
        world.competitions[slug] = _competition(cast, slug, folder)
    _team(world)
    _hand_in(world, clock, submit)
    clock.now = NOON
    return world


def _people(cast: SimpleNamespace) -> None:
    from arena.accounts.models import User
    from arena.courses.models import Course, Enrolment, Role

    other = Course.objects.create(slug="other", title="Other", term="2026")
    cast.elsewhere = User.objects.create_user("elsewhere@test.example", "a long password", name="The stranger")
    Enrolment.objects.create(course=other, user=cast.elsewhere, role=Role.INSTRUCTOR)
    for name, pseudonym in (("mate", ""), ("heron", "Heron")):
        user = User.objects.create_user(f"{name}@test.example", "a long password", name=f"The {name}")
        cast.__dict__[name] = user
        cast.__dict__[f"{name}_enrolment"] = Enrolment.objects.create(
            course=cast.course, user=user, role=Role.STUDENT, group="141", pseudonym=pseudonym, number=f"00{user.pk}"
        )


def _competition(cast: SimpleNamespace, slug: str, folder: Path) -> object:
    from arena.competitions.models import Competition
    from arena.competitions.services import add_public_file, set_solution

    terms = {
        "letters": {"is_project": True, "must_reproduce": True, "reproduction_tolerance": 0.05, "team_size": 2},
        "frozen": {"freezes_at": NOON - DAY},
        "ladder": {"has_ladder": True},
        "closed": {"deadline": NOON - DAY, "is_lab_test": True},
        "shown": {"deadline": NOON - DAY},
        "draft": {"is_published": False},
    }[slug]
    common = {"opens_at": NOON - 9 * DAY, "deadline": NOON + DAY, "daily_limit": 9, "metric": "accuracy", "n_final": 1}
    competition, _ = Competition.objects.update_or_create(
        slug=slug, defaults={"course": cast.course, "title": slug.title(), **common, **terms}
    )
    add_public_file(competition, name="test.csv", data="\n".join(["id", *IDS, ""]).encode())
    train = "\n".join(["id,label", *(f"t{n},{'ab'[n % 2]}" for n in range(60)), ""])
    add_public_file(competition, name="train.csv", data=train.encode())
    path = folder / f"{slug}.csv"
    path.write_text(solution(truth()))
    set_solution(competition, path=path)
    return competition


def _team(world: World) -> None:
    from arena.submissions import teams

    letters, at = world.competitions["letters"], timezone.now()
    team = teams.create(letters, name="Owls", user=world.cast.student, at=at)
    teams.join(letters, code=team.code, user=world.cast.mate, at=at)
    world.rows.other_team = teams.create(letters, name="Larks", user=world.cast.classmate, at=at)
    teams.invite(world.rows.other_team, user=world.cast.heron, actor=world.cast.classmate, at=at)


def _hand_in(world: World, clock: Clock, submit: Callable[..., object]) -> None:
    """Two uploads of everybody in each competition, the second after the freeze; a baseline; code and a practice run."""
    from arena.competitions.services import reveal
    from arena.submissions.models import Use

    skill = {"student": 0.7, "mate": 0.6, "classmate": 0.8, "heron": 0.75}
    for round_, at in enumerate((NOON - 3 * DAY, NOON - 2 * HOUR)):
        for slug, competition in world.competitions.items():
            if slug == "draft" or (slug in OVER and round_):
                continue
            clock.now = at if slug not in OVER else NOON - 3 * DAY
            for n, who in enumerate(PEOPLE):
                clock.now += timedelta(minutes=n)
                file = predictions((slug, who, round_), right=skill[who] + 0.1 * round_)
                comment = f"of {who}"
                made = submit(getattr(world.cast, who), competition, {"p.csv": file}, comment=comment)
                world.submissions[f"{slug}-{round_}", who] = made
    clock.now = NOON - 3 * DAY
    for competition in world.competitions.values():
        if competition.slug != "draft":
            file = predictions((competition.slug, "baseline"), right=0.55)
            submit(world.cast.instructor, competition, {"p.csv": file}, comment="naive.py", is_baseline=True)
    clock.now = NOON - HOUR
    for who in ("student", "classmate"):
        code = f"# by {who}\nprint('hello of {who}')\n".encode()
        for use in (Use.ENTRY, Use.PRACTICE):
            made = submit(getattr(world.cast, who), world.competitions["letters"], {"main.py": code}, use=use)
            world.submissions[f"code-{use}", who] = made
        world.submissions["letters-1", who].code = world.submissions["code-entry", who]
        world.submissions["letters-1", who].save()
    clock.now = NOON
    reveal(world.competitions["shown"], at=NOON, actor=world.cast.instructor)
    for competition in world.competitions.values():
        competition.refresh_from_db()
