"""What happens when two do the same at once. These run on SQLite here and again on PostgreSQL in tests/stack."""

from __future__ import annotations

import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from arena.leaderboards.models import BoardRow
from arena.submissions.intake import Refused, submit
from arena.submissions.judging import Judgement, claim, evaluate, record
from arena.submissions.models import Attempt, Submission
from arena.submissions.sweeping import sweep
from grader.outcome import Evaluation, Verdict

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(n, work):
    """The results of `work(i)` from n threads that start together."""
    barrier = threading.Barrier(n)

    def one(i):
        try:
            barrier.wait(10)
            return work(i)
        finally:
            connection.close()

    with ThreadPoolExecutor(n) as pool:
        return list(pool.map(one, range(n)))


@pytest.fixture
def waiting(cast, files, bell):
    """One submission that nobody has judged."""
    submit(cast.student, cast.competition, files={"p.csv": files.half}, at=timezone.now())
    return Attempt.objects.get()


def scored(score):
    evaluation = Evaluation(
        metric="accuracy", direction="higher", public=score, private=score, overall=score, n_rows=6, interval=None
    )
    return Judgement(verdict=Verdict.OK, evaluation=evaluation)


def test_of_many_workers_one_gets_the_attempt(waiting):
    tokens = at_once(6, lambda i: claim(waiting.pk, worker=str(i)))
    assert len([token for token in tokens if token]) == 1
    assert Attempt.objects.get().status == "running"


def test_a_worker_that_was_thought_dead_cannot_overwrite_the_newer_result(waiting):
    late = claim(waiting.pk, worker="slow")
    Attempt.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert sweep(at=timezone.now()).taken_back == 1
    token = claim(waiting.pk, worker="quick")
    results = at_once(4, lambda i: record(waiting.pk, token if i == 0 else late, scored(0.75 if i == 0 else 0.25)))
    assert results == [True, False, False, False]
    assert Submission.objects.get().private_score == 0.75


def test_a_result_is_recorded_once_however_often_it_arrives(waiting):
    token = claim(waiting.pk, worker="a")
    assert sorted(at_once(4, lambda i: record(waiting.pk, token, scored(0.5)))) == [False, False, False, True]


def test_two_sweepers_take_an_attempt_back_once(waiting):
    claim(waiting.pk, worker="dies")
    Attempt.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    at_once(3, lambda i: sweep(at=timezone.now()))
    attempt = Attempt.objects.get()
    assert (attempt.status, attempt.faults) == ("queued", 1)


def test_uploads_at_the_same_moment_do_not_pass_the_daily_limit(cast, files, bell):
    cast.competition.daily_limit = 2
    cast.competition.save()

    def upload(i):
        try:
            submit(cast.student, cast.competition, files={"p.csv": files.half}, at=timezone.now())
        except Refused as refusal:
            return refusal.code
        return "accepted"

    assert sorted(at_once(4, upload)) == ["accepted", "accepted", "quota_used", "quota_used"]


def test_an_upload_that_is_sent_four_times_at_once_is_one_submission(cast, files, bell):
    def upload(i):
        sent = submit(cast.student, cast.competition, files={"p.csv": files.half}, at=timezone.now(), key="a form's")
        return sent.pk

    assert len(set(at_once(4, upload))) == 1
    assert (Submission.objects.count(), Attempt.objects.count()) == (1, 1)


def test_the_board_shows_the_best_of_two_results_that_were_recorded_at_once(cast, files, bell):
    for _ in range(3):
        submit(cast.student, cast.competition, files={"p.csv": files.half}, at=timezone.now())
    first, better, worse = Attempt.objects.order_by("pk")
    record(first.pk, claim(first.pk, worker="a"), scored(0.1))
    tokens = {a.pk: claim(a.pk, worker="a") for a in (better, worse)}
    recorded, other_waits = threading.Event(), threading.Event()

    def work(i):
        if i == 0:
            with transaction.atomic():
                record(better.pk, tokens[better.pk], scored(0.9))
                recorded.set()
                if connection.vendor == "postgresql":  # SQLite lets nobody else write meanwhile
                    other_waits.wait(1)
            return
        recorded.wait(10)
        record(worse.pk, tokens[worse.pk], scored(0.3))
        other_waits.set()

    at_once(2, work)
    assert BoardRow.objects.get().public_score == 0.9


def test_judging_a_row_of_nobody_claims_nothing():
    assert claim(123456, worker="a") is None
    assert record(123456, uuid.uuid4(), scored(0.5)) is False


def test_evaluating_touches_no_row(waiting, tmp_path):
    before = Attempt.objects.values().get()
    assert evaluate(waiting, folder=tmp_path).verdict is Verdict.OK
    assert Attempt.objects.values().get() == before


@pytest.fixture
def in_teams(cast):
    """The competition takes teams of two; four more students, and the student's team with one place left."""
    from arena.accounts.models import User
    from arena.courses.models import Enrolment, Role
    from arena.submissions import teams

    cast.competition.team_size = 2
    cast.competition.save()
    cast.more = [User.objects.create_user(f"s{i}@test.example", name=f"Student {i}") for i in range(4)]
    for user in cast.more:
        Enrolment.objects.create(course=cast.course, user=user, role=Role.STUDENT)
    cast.team = teams.create(cast.competition, name="Owls", user=cast.student, at=timezone.now())
    return cast


def attempted(work):
    """Whether `work` was possible."""
    from arena.submissions.teams import NotPossible

    try:
        work()
    except NotPossible:
        return False
    return True


def test_of_many_who_take_the_last_place_of_a_team_at_once_one_gets_it(in_teams):
    from arena.submissions import teams

    def one(i):
        user = in_teams.more[i]
        return attempted(
            lambda: teams.join(in_teams.competition, code=in_teams.team.code, user=user, at=timezone.now())
        )

    assert sorted(at_once(4, one)) == [False, False, False, True]
    assert in_teams.team.members.count() == 2


def test_who_joins_several_teams_at_once_is_in_one(in_teams):
    from arena.competitions.models import TeamMember
    from arena.submissions import teams

    made = [
        teams.create(in_teams.competition, name=f"Team {i}", user=in_teams.more[i], at=timezone.now()) for i in range(3)
    ]

    def one(i):
        user = in_teams.classmate
        return attempted(lambda: teams.join(in_teams.competition, code=made[i].code, user=user, at=timezone.now()))

    assert sorted(at_once(3, one)) == [False, False, True]
    assert TeamMember.objects.filter(user=in_teams.classmate).count() == 1


def test_members_who_upload_at_once_do_not_exceed_the_team_s_limit(in_teams, files, bell):
    from arena.submissions import teams

    teams.join(in_teams.competition, code=in_teams.team.code, user=in_teams.classmate, at=timezone.now())
    people = [in_teams.student, in_teams.classmate]

    def upload(i):
        try:
            submit(people[i % 2], in_teams.competition, files={"p.csv": files.half}, at=timezone.now())
        except Refused as refused:
            return refused.code
        return "accepted"

    assert sorted(at_once(6, upload)) == ["accepted"] * 3 + ["quota_used"] * 3


def test_a_result_recorded_while_its_author_joins_a_team_leaves_one_row(in_teams, files, bell):
    from arena.submissions import teams

    submit(in_teams.classmate, in_teams.competition, files={"p.csv": files.half}, at=timezone.now())
    attempt = Attempt.objects.get()
    token = claim(attempt.pk, worker="a")

    def work(i):
        if i:
            teams.join(in_teams.competition, code=in_teams.team.code, user=in_teams.classmate, at=timezone.now())
        else:
            record(attempt.pk, token, scored(0.5))

    at_once(2, work)
    row = BoardRow.objects.get()
    assert (row.team, row.n_submissions, row.public_score) == (in_teams.team, 1, 0.5)
