"""A plagiarism run is done once, whatever happens to its bell or its worker."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from arena.integrity import runs
from arena.integrity.models import PlagiarismRun
from arena.integrity.services import run_check, start
from arena.submissions import bells

pytestmark = pytest.mark.django_db
CODE = b"""def nearest(point, others, labels, k):
    found = []
    for other, label in zip(others, labels):
        total = 0
        for a, b in zip(point, other):
            total += (a - b) ** 2
        found.append((total ** 0.5, label))
    found.sort()
    votes = {}
    for far, label in found[:k]:
        votes[label] = votes.get(label, 0) + 1 / (1 + far)
    best, winner = -1, None
    for label, weight in votes.items():
        if weight > best:
            best, winner = weight, label
    return winner
"""


@pytest.fixture
def rung(monkeypatch):
    """Runs that the broker was told of; it is away while the list holds None."""
    told = []
    monkeypatch.setattr(bells, "tell", lambda task, pk, **_: None not in told and (told.append(pk) or True))
    return told


@pytest.fixture
def run(cast, hand_in, rung, django_capture_on_commit_callbacks):
    hand_in(cast.student, {"main.py": CODE}, judged=False)
    hand_in(cast.classmate, {"own.py": CODE}, judged=False)
    rung.clear()
    rung.append(None)
    with django_capture_on_commit_callbacks(execute=True):
        made = start(cast.competition, actor=cast.instructor)
    rung.clear()
    return made


def test_a_run_that_starts_while_the_broker_is_away_is_rung_for_by_the_sweeper_once_a_minute(run, rung):
    now = timezone.now()
    runs.keep_going(at=now)
    runs.keep_going(at=now + timedelta(seconds=50))
    assert rung == [run.pk]
    runs.keep_going(at=timezone.now() + timedelta(seconds=61))
    assert rung == [run.pk, run.pk]
    run_check(run.pk)
    runs.keep_going(at=now + timedelta(days=1))
    assert rung == [run.pk, run.pk]


def test_a_run_whose_worker_died_is_done_by_another_and_counted_once(run, rung):
    write = runs.claim(run.pk)
    write(done=1, total=4)
    runs.keep_going(at=timezone.now() + timedelta(minutes=9))
    assert PlagiarismRun.objects.get().status == "running"
    runs.keep_going(at=timezone.now() + timedelta(minutes=11))
    assert (PlagiarismRun.objects.get().status, rung) == ("queued", [run.pk])
    run_check(run.pk)
    run_check(run.pk)
    done = PlagiarismRun.objects.get()
    assert (done.status, done.n_submissions, done.pairs.count()) == ("finished", 2, 1)
    with pytest.raises(runs.TakenAway):
        write(status="failed")
    assert PlagiarismRun.objects.get().status == "finished"
