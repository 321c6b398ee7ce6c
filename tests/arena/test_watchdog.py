"""When a worker finds itself hanging. The real ones, with stopped pools, are in the chaos test."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from types import SimpleNamespace

import pytest
from celery.worker import state
from django.utils import timezone

from arena.submissions import beat, bells
from arena.submissions.leases import claim
from arena.submissions.models import Attempt, Worker
from arena.submissions.watchdog import Watchdog

pytestmark = pytest.mark.django_db


class Request(SimpleNamespace):
    """What the pool was told to do; the worker's set holds it weakly."""

    __hash__ = object.__hash__


@pytest.fixture
def broker(bell, monkeypatch):
    """How many bells it holds in each lane; None while it is away."""
    rings: dict[str, int | None] = Counter({"scoring": 1})
    monkeypatch.setattr(bells, "n_rings", lambda lane: rings[lane.value])
    return rings


@pytest.fixture
def seconds():
    return [0.0]


@pytest.fixture
def dog(broker, seconds, monkeypatch):
    """Of a worker that serves files and checks, took 5 bells so far, and runs nothing."""
    monkeypatch.setattr(state, "all_total_count", [5])
    monkeypatch.setattr(state, "active_requests", set())
    found = Watchdog("scoring@here", ["scoring", "checks"], patience_s=60, clock=lambda: seconds[0])
    assert not found.is_hung()
    return found


@pytest.fixture
def waiting(cast, files, hand_in, bell):
    hand_in(cast.student, {"p.csv": files.half}, judged=False)
    return Attempt.objects.get()


def test_a_worker_that_takes_nothing_while_work_waits_hangs_after_its_patience(dog, waiting, seconds):
    seconds[0] = 59
    assert not dog.is_hung()
    seconds[0] = 60
    assert dog.is_hung()


@pytest.mark.parametrize(
    "excuse",
    [
        "nothing waits",
        "no bell",
        "broker away",
        "took one",
        "judges",
        "does a check",
        "rests after a fault",
        "could not look",
    ],
)
def test_a_worker_with_an_excuse_does_not_hang(excuse, dog, waiting, broker, seconds):
    """Each excuse starts the patience anew, so that 59 s after it nothing is wrong yet, and a second later it is."""
    task = Request(name="arena.integrity.tasks.check", id="c", worker_pid=7)
    token = None
    match excuse:
        case "nothing waits":
            Attempt.objects.update(is_held=True)
        case "no bell" | "broker away":
            broker["scoring"] = 0 if excuse == "no bell" else None
        case "took one":
            state.all_total_count[0] += 1
        case "judges":
            token = claim(waiting.pk, worker="scoring@here:7")
            assert token
        case "does a check":
            state.active_requests.add(task)
        case "rests after a fault":
            Attempt.objects.update(not_before=timezone.now() + timedelta(seconds=50))
        case "could not look":
            dog.reset()
    seconds[0] = 70
    if excuse == "could not look":
        dog.reset()
    assert not dog.is_hung()
    Attempt.objects.update(is_held=False, status="queued", token=None, lease_until=None, not_before=None)
    broker["scoring"] = 1
    state.active_requests.clear()
    seconds[0] = 129
    assert not dog.is_hung()
    seconds[0] = 130
    assert dog.is_hung()


def test_another_workers_attempt_is_no_excuse(dog, waiting, cast, files, hand_in, bell, seconds):
    assert claim(waiting.pk, worker="scoring@there:7")
    hand_in(cast.student, {"p.csv": files.half}, judged=False)
    seconds[0] = 60
    assert dog.is_hung()


def test_a_process_that_was_told_to_judge_and_holds_nothing_hangs_alone(dog, waiting, seconds):
    idle, busy, check = (
        Request(name=bells.EVALUATE, id="a", worker_pid=7),
        Request(name=bells.EVALUATE, id="b", worker_pid=8),
        Request(name="arena.integrity.tasks.check", id="c", worker_pid=9),
    )
    state.active_requests.update({idle, busy, check})
    assert claim(waiting.pk, worker="scoring@here:8")
    assert dog.hung_processes() == []
    seconds[0] = 60
    assert dog.hung_processes() == [7]
    state.active_requests.remove(idle)
    again = Request(name=bells.EVALUATE, id="d", worker_pid=7)
    state.active_requests.add(again)
    assert dog.hung_processes() == []


@pytest.mark.parametrize(
    ("exit_code", "is_asked", "comes_back"), [(1, False, True), (0, False, False), (1, True, False)]
)
def test_only_a_worker_that_ended_by_an_error_of_its_own_comes_back(exit_code, is_asked, comes_back, monkeypatch):
    """As when the broker dies while bells are unacknowledged: its client then ends the worker."""
    again = []
    monkeypatch.setattr(beat, "start_again", lambda: again.append(Worker.objects.get().restarts))
    now = timezone.now()
    Worker.objects.create(name="scoring@here", host="here", pid=1, started_at=now, seen_at=now)
    queues = SimpleNamespace(queues=[SimpleNamespace(name="scoring")])
    found = beat.Beat(SimpleNamespace(hostname="scoring@here", task_consumer=queues))
    if is_asked:
        found._stop_asked.set()
    found.ended(exit_code)
    assert again == ([1] if comes_back else [])
