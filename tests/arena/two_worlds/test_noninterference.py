"""Two copies of a course that differ in one secret: whoever may not know it gets the same bytes from every address."""

from __future__ import annotations

import difflib
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pytest
from django.db import transaction
from django.test import Client

from tests.arena.two_worlds import staff
from tests.arena.two_worlds.asking import Asked, Chance, Reader, brief, reads, writes
from tests.arena.two_worlds.secrets import SECRETS, Secret, forget
from tests.arena.two_worlds.world import NOON, Clock, World, build

# none of them may know any of the secrets; each reads in one language
NOBODY = {"anonymous": "en", "outsider": "ro", "elsewhere": "en", "student": "en", "mate": "ro"}
STAFF = ("assistant", "instructor", "admin", "classmate")


@pytest.fixture(autouse=True)
def quiet():
    """Thousands of refusals are what this is about; nobody wants to read them."""
    logging.disable(logging.ERROR)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture
def chance(monkeypatch):
    return Chance(monkeypatch)


@pytest.fixture
def world(cast, bell, monkeypatch, tmp_path, django_capture_on_commit_callbacks, chance):
    from django.utils import timezone

    from arena.submissions.intake import submit
    from arena.submissions.judging import Judgement, claim, judge, record
    from arena.submissions.models import Submission
    from grader.outcome import RunResult, Verdict

    def hand_in(user, competition, files, **options):
        with django_capture_on_commit_callbacks(execute=True):
            made = submit(user, competition, files=files, at=timezone.now(), **options)
        if made.type == "code":
            run = RunResult(verdict=Verdict.OK, message="", stdout=f"hello of {user}", wall_time_s=1.5)
            token = claim(bell[-1], worker="here")
            assert record(
                bell[-1], token, Judgement(verdict=Verdict.MISSING_OUTPUT, run=run, record={"entry": "main.py"})
            )
        else:
            judge(bell[-1])
        return Submission.objects.get(pk=made.pk)

    world = build(cast, Clock(monkeypatch), hand_in, tmp_path)
    for act in (staff.staff_work, staff.marks, staff.similar_code, staff.regrade):
        act(world)
    world.values = staff.nameable(world)
    return world


@pytest.fixture
def readers(world, chance):
    from arena.accounts.tokens import issue

    found = {}
    for name in (*NOBODY, *STAFF):
        user, client, token = getattr(world.cast, name, None), Client(), ""
        if user:
            client.force_login(user)
            token = issue(user, name="t", at=NOON)[1]
        found[name] = Reader(name, client, token=token, chance=chance, language=NOBODY.get(name, "en"))
    return found


def everything(readers: dict[str, Reader], asked: list[Asked]) -> dict[tuple[str, Asked], str]:
    """A digest of each answer to each of those who may know nothing."""
    return {(name, one): brief(readers[name].ask(one)) for name in NOBODY for one in asked}


def difference(one: tuple[object, ...], two: tuple[object, ...]) -> str:
    """The first lines in which two answers differ."""
    lines = []
    for answer in (one, two):
        texts = [part.decode("utf-8", "replace") if isinstance(part, bytes) else str(part) for part in answer]
        lines.append([line.strip() for text in texts for line in text.splitlines()])
    changed = [line for line in difflib.unified_diff(*lines, n=0, lineterm="") if line[:2] not in {"--", "++", "@@"}]
    return "\n        ".join(line[:200] for line in changed[:6])


def told_by(world: World, readers: dict[str, Reader], secret: Secret, differing: list[tuple[str, Asked]]) -> list[str]:
    """Which of the answers that differ do so for this secret alone, and how."""
    before = [readers[name].ask(one) for name, one in differing]
    with in_another_world(world, [secret]):
        after = [readers[name].ask(one) for name, one in differing]
    return [
        f"{secret.name} to {name}: {one}\n        {difference(*answers)}"
        for (name, one), *answers in zip(differing, before, after, strict=True)
        if answers[0] != answers[1]
    ]


@contextmanager
def in_another_world(world: World, secrets: Sequence[Secret]) -> Iterator[None]:
    """Where these secrets are others; afterwards all is as it was, files too."""
    with transaction.atomic():
        for secret in secrets:
            secret.vary(world)
        forget()
        yield
        transaction.set_rollback(True)
    for path, data in world.files.items():
        path.write_bytes(data)
    world.files.clear()
    forget()


def test_no_byte_depends_on_what_the_reader_may_not_know(world, readers):
    """All secrets change at once; only where an answer differs are they told apart."""
    before = everything(readers, [*reads(world), *writes(world)])
    polls = {address for name in NOBODY for address in readers[name].polls}
    assert polls
    before |= everything(readers, [Asked("get", address, fragment=True) for address in sorted(polls)])
    with in_another_world(world, SECRETS):
        differing = [(name, one) for (name, one), answer in before.items() if brief(readers[name].ask(one)) != answer]
    found = [line for secret in SECRETS for line in told_by(world, readers, secret, differing)]
    assert not differing, "\n".join([f"{len(differing)} answers of {len(before)} differ", *found])


def test_each_secret_is_one_that_somebody_may_read(world, readers):
    """Else two worlds that differ in it prove nothing."""
    pks = {"regrade": world.rows.regrade.pk, "case": world.rows.case.pk}
    silent = []
    for secret in SECRETS:
        seen = [(who, Asked("get", at.format(**pks))) for who, at in secret.seen]
        if len(told_by(world, readers, secret, seen)) < len(seen):
            silent.append(secret.name)
    assert not silent
