"""Whose turn it is: lanes for files and for code, people before batches, the least served first."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from arena.submissions import bells, tasks
from arena.submissions.judging import claim
from arena.submissions.models import Attempt, Submission
from arena.submissions.queueing import Lane, in_order, n_ahead

ROOT = Path(__file__).parents[2]
SLEEPS = b"import time\ntime.sleep(60)\n"


@pytest.fixture
def queue(hand_in, bell):
    """`queue(user, data)` hands in without judging; the attempt's id."""

    def do(user, data=SLEEPS, **options):
        name = "main.py" if data.startswith(b"import") else "p.csv"
        hand_in(user, {name: data}, judged=False, **options)
        return bell[-1]

    return do


def waiting(lane=Lane.CPU):
    return in_order(lane, at=timezone.now())


@pytest.mark.django_db
def test_files_and_code_wait_in_lanes_of_their_own(cast, files, queue):
    code, csv = queue(cast.student), queue(cast.student, files.half)
    assert (waiting(Lane.CPU), waiting(Lane.SCORING), waiting(Lane.GPU)) == ([code], [csv], [])


@pytest.mark.django_db
def test_code_for_a_competition_with_gpus_waits_in_the_gpu_lane(cast, queue):
    cast.competition.gpus = 1
    cast.competition.save()
    code = queue(cast.student)
    assert (waiting(Lane.GPU), waiting(Lane.CPU)) == ([code], [])


@pytest.mark.django_db
def test_a_person_goes_before_a_batch(cast, queue):
    batch = [queue(cast.classmate, in_background=True) for _ in range(3)]
    live = queue(cast.student)
    assert waiting() == [live, *batch]


@pytest.mark.django_db
def test_a_regrade_goes_before_a_backlog(cast, queue):
    backlog = [queue(cast.classmate, in_background=True) for _ in range(2)]
    regraded, live = queue(cast.student), queue(cast.student)
    Attempt.objects.filter(pk=regraded).update(purpose="shadow")
    assert waiting() == [live, regraded, *backlog]


@pytest.mark.django_db
def test_a_batch_that_has_waited_long_stands_in_line_like_a_person(cast, queue):
    batch, live = queue(cast.classmate, in_background=True), queue(cast.student)
    Attempt.objects.filter(pk=batch).update(created_at=timezone.now() - timedelta(minutes=16))
    assert waiting() == [batch, live]


@pytest.mark.django_db
def test_whoever_was_served_least_lately_is_next(cast, queue, settings):
    settings.ARENA_STUDENT_CONCURRENCY = 9
    cast.competition.daily_limit = 5
    cast.competition.save()
    first, second, third = (queue(cast.student) for _ in range(3))
    other = queue(cast.classmate)
    assert waiting() == [first, other, second, third]
    claim(first, worker="w")
    assert waiting() == [other, second, third]
    Attempt.objects.filter(pk=first).update(started_at=timezone.now() - timedelta(minutes=6))
    assert waiting() == [second, other, third]


@pytest.mark.django_db
def test_a_hundred_submissions_of_one_person_do_not_delay_anothers_first(cast, files, queue):
    cast.competition.daily_limit = 100
    cast.competition.save()
    many = [queue(cast.student, files.half) for _ in range(20)]
    other = queue(cast.classmate, files.half)
    assert waiting(Lane.SCORING)[:3] == [many[0], other, many[1]]
    assert n_ahead(Attempt.objects.get(pk=other), at=timezone.now()) == 1


@pytest.mark.django_db
def test_nobody_runs_more_than_two_programs_at_a_time(cast, queue):
    first, second, third = (queue(cast.student) for _ in range(3))
    other = queue(cast.classmate)
    assert waiting() == [first, other, second]
    for pk in (first, second):
        claim(pk, worker="w")
    assert waiting() == [other]
    assert n_ahead(Attempt.objects.get(pk=third), at=timezone.now()) == 1


@pytest.fixture
def second_competition(cast, tmp_path):
    """One that closes within the hour, with a solution of its own."""
    from arena.competitions.models import Competition
    from arena.competitions.services import set_solution

    now = timezone.now()
    made = Competition.objects.create(
        course=cast.course, slug="second", title="Second", opens_at=now, deadline=now + timedelta(days=1)
    )
    set_solution(made, path=tmp_path / "solution.csv")
    return made


@pytest.mark.django_db
def test_competitions_take_turns(cast, files, hand_in, bell, second_competition):
    first = hand_in(cast.student, {"p.csv": files.half}, judged=False).attempts.get().pk
    second = hand_in(cast.classmate, {"p.csv": files.half}, judged=False).attempts.get().pk
    cast.competition = second_competition
    other = hand_in(cast.instructor, {"p.csv": files.half}, judged=False).attempts.get().pk
    assert waiting(Lane.SCORING) == [first, other, second]
    claim(first, worker="w")
    assert waiting(Lane.SCORING) == [other, second]


@pytest.mark.django_db
def test_a_competition_that_closes_soon_goes_first(cast, files, hand_in, second_competition):
    first = hand_in(cast.student, {"p.csv": files.half}, judged=False).attempts.get().pk
    second_competition.deadline = timezone.now() + timedelta(minutes=20)
    second_competition.save()
    cast.competition = second_competition
    hurried = hand_in(cast.classmate, {"p.csv": files.half}, judged=False).attempts.get().pk
    assert waiting(Lane.SCORING) == [hurried, first]


@pytest.mark.django_db
def test_a_long_regrade_lets_people_through_and_still_moves(cast, files, queue):
    batch = [queue(cast.classmate, files.half, in_background=True) for _ in range(2)]
    live = queue(cast.student, files.half)
    Attempt.objects.filter(pk__in=batch).update(created_at=timezone.now() - timedelta(minutes=16))
    assert waiting(Lane.SCORING) == [batch[0], live, batch[1]]
    claim(batch[0], worker="w")
    assert waiting(Lane.SCORING) == [live, batch[1]]


@pytest.mark.django_db
def test_what_rests_after_a_fault_or_is_held_back_is_not_started(cast, files, queue):
    resting, held, ready = queue(cast.student, files.half), queue(cast.student, files.half), queue(cast.classmate)
    Attempt.objects.filter(pk=resting).update(not_before=timezone.now() + timedelta(seconds=9))
    Attempt.objects.filter(pk=held).update(is_held=True)
    assert (waiting(Lane.SCORING), waiting(Lane.CPU)) == ([], [ready])
    assert claim(held, worker="w") is None
    Attempt.objects.filter(pk=resting).update(not_before=timezone.now())
    assert waiting(Lane.SCORING) == [resting]


@pytest.mark.django_db
def test_one_knows_how_many_are_ahead(cast, queue):
    queue(cast.classmate, in_background=True)
    queue(cast.student)
    mine = Attempt.objects.get(pk=queue(cast.student))
    assert n_ahead(mine, at=timezone.now()) == 1


@pytest.mark.django_db
def test_the_bell_of_one_attempt_may_start_another_of_its_lane(cast, files, queue):
    batch = queue(cast.classmate, files.half, in_background=True)
    live = queue(cast.student, files.half)
    tasks.evaluate(batch)
    assert list(Attempt.objects.filter(status="finished").values_list("pk", flat=True)) == [live]
    tasks.evaluate(live)
    tasks.evaluate(live)
    assert Attempt.objects.filter(status="finished").count() == 2


@pytest.mark.django_db
def test_an_upload_does_not_wait_for_a_broker_that_is_away(cast, files, tmp_path, django_capture_on_commit_callbacks):
    from arena.celery import app
    from arena.submissions.intake import submit

    kept, app.conf.broker_url = app.conf.broker_url, f"redis+socket://{tmp_path}/nobody.sock"
    try:
        started = time.monotonic()
        with django_capture_on_commit_callbacks(execute=True):
            submit(cast.student, cast.competition, files={"p.csv": files.half}, at=timezone.now())
        assert time.monotonic() - started < 3
        assert bells.n_rings(Lane.SCORING) is None
    finally:
        app.conf.broker_url = kept
    assert Attempt.objects.get().enqueued_at is None


@pytest.mark.sandbox
@pytest.mark.django_db(transaction=True)
def test_a_file_is_scored_while_code_fills_every_worker(cast, files, tmp_path):
    """Real Redis, two real workers: four programs sleep until their time is over, and the file takes a moment."""
    from django.db import connection

    from arena.celery import app
    from arena.stack.redis import redis_server
    from arena.submissions.intake import submit

    if connection.vendor != "sqlite":
        pytest.skip("the workers would need the test database's address")
    cast.competition.daily_limit = 10
    cast.competition.save()
    # the storage of hidden files was made before this test had a folder
    (tmp_path / "hidden").symlink_to(Path(cast.competition.solutions.get().file.storage.location))
    with redis_server(tmp_path / "redis") as broker:
        env = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join([str(ROOT / "platform"), str(ROOT)]),
            "DJANGO_SETTINGS_MODULE": "arena.settings.embedded",
            "ARENA_VAR": str(tmp_path),
            "DATABASE_URL": f"sqlite:///{connection.settings_dict['NAME']}",
            "REDIS_URL": broker,
        }
        celery = [sys.executable, "-m", "celery", "-A", "arena", "worker", "--loglevel", "WARNING"]
        workers = [
            subprocess.Popen([*celery, "-n", f"{lane}@test", "-Q", lane, "-c", "2"], env=env, cwd=tmp_path)
            for lane in ("cpu", "scoring")
        ]
        kept, app.conf.broker_url = app.conf.broker_url, broker
        try:
            # scored once, so the scoring worker is up
            _finish(submit(cast.classmate, cast.competition, files={"p.csv": files.half}, at=timezone.now()), 120)
            for _ in range(4):
                submit(cast.classmate, cast.competition, files={"main.py": SLEEPS}, at=timezone.now())
            _until(lambda: Submission.objects.filter(type="code", status="running").count() == 2, 120)
            mine = submit(cast.student, cast.competition, files={"p.csv": files.perfect}, at=timezone.now())
            seconds = _finish(mine, 10)
            assert Submission.objects.filter(type="code", status="finished").count() == 0
            assert seconds < 3
            mine.refresh_from_db()
            assert (mine.verdict, mine.public_score) == ("ok", 1.0)
        finally:
            app.conf.broker_url = kept
            for worker in workers:
                worker.send_signal(signal.SIGQUIT)  # a warm shutdown would wait for the programs
            for worker in workers:
                worker.wait(30)


def _finish(submission, seconds):
    start = time.monotonic()
    _until(lambda: Submission.objects.get(pk=submission.pk).status == "finished", seconds)
    return time.monotonic() - start


def _until(happened, seconds):
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline, f"waited {seconds} s in vain"
        time.sleep(0.05)
