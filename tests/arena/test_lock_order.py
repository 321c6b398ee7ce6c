"""Results arrive, students choose and teams change while a regrade is applied: nobody waits for each other in a circle.

These run on SQLite here, which has one writer at a time, and again on PostgreSQL in tests/stack, where they mean most.
"""

from __future__ import annotations

import contextlib
import itertools
import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from arena import locking
from arena.accounts.models import User
from arena.competitions.models import Competition, Team
from arena.courses.models import Enrolment, Role
from arena.leaderboards.models import BoardRow
from arena.leaderboards.services import rebuild
from arena.locking import lock, tried_again
from arena.operations import desk_services
from arena.regrading import selectors, services
from arena.regrading.models import Regrade, RegradeItem
from arena.regrading.progress import move_all_on
from arena.regrading.selectors import difference
from arena.submissions import judging, moderation, teams
from arena.submissions.cancelling import NotCancellable, cancel
from arena.submissions.dispatch import judge_next
from arena.submissions.intake import Refused, submit, toggle_final
from arena.submissions.judging import claim, record
from arena.submissions.models import Attempt, Submission
from arena.submissions.queueing import Lane
from grader.outcome import Evaluation, Verdict

pytestmark = pytest.mark.django_db(transaction=True)
EXPECTED = (services.NotPossible, desk_services.NotPossible, moderation.NotAllowed, teams.NotPossible, Refused)


def at_once(*works):
    """What each returns, in threads that start together, each with a connection of its own."""
    barrier = threading.Barrier(len(works))

    def one(work):
        try:
            barrier.wait(10)
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(one, works))


def scored(score):
    evaluation = Evaluation(
        metric="accuracy", direction="higher", public=score, private=score, overall=score, n_rows=6, interval=None
    )
    return judging.Judgement(verdict=Verdict.OK, evaluation=evaluation)


@pytest.fixture
def deadlocks(monkeypatch):
    """What had to be tried again because the database broke it off."""
    found = []
    monkeypatch.setattr(locking.log, "warning", lambda *words: found.append(words))
    return found


@pytest.fixture
def in_teams(cast, files, bell):
    """Teams of two: the student with the classmate, two more together, one alone. Each has two results."""
    cast.competition.team_size, cast.competition.daily_limit = 2, 50
    cast.competition.save()
    more = [User.objects.create_user(f"s{i}@test.example", name=f"Student {i}") for i in range(3)]
    for user in more:
        Enrolment.objects.create(course=cast.course, user=user, role=Role.STUDENT)
    cast.people = [cast.student, cast.classmate, *more]
    cast.teams = [
        teams.make(cast.competition, name="Owls", users=cast.people[:2], actor=cast.instructor),
        teams.make(cast.competition, name="Bats", users=cast.people[2:4], actor=cast.instructor),
    ]
    for user in cast.people * 2:
        one = submit(user, cast.competition, files={"p.csv": files.half}, at=timezone.now())
        attempt = one.attempts.get()
        record(attempt.pk, claim(attempt.pk, worker="a"), scored(0.5))
    return cast


@pytest.fixture
def ready(in_teams):
    """A regrade of all that waits for a decision."""
    found = services.start(
        in_teams.competition, submissions=in_teams.competition.submissions.all(), reason="why", actor=None
    )
    while judge_next(Lane.SCORING):
        pass
    return Regrade.objects.get(pk=found.pk)


def slowly(monkeypatch, module, name):
    """That function of the module ends only when others had time to come in its way; an event that it set before."""
    reached, real = threading.Event(), getattr(module, name)

    def slow(*args, **options):
        found = real(*args, **options)
        reached.set()
        time.sleep(0.3)
        return found

    monkeypatch.setattr(module, name, slow)
    return reached


def after(reached, act):
    """What somebody does as soon as the other one is in the middle."""

    def work():
        assert reached.wait(10)
        return act()

    return work


def test_students_and_staff_act_while_a_regrade_is_tried_on_applied_and_rolled_back(
    in_teams, ready, monkeypatch, deadlocks
):
    one, two, three = in_teams.competition.submissions.order_by("pk")[:3]
    staff, now = in_teams.instructor, timezone.now()
    reached = slowly(monkeypatch, selectors, "make_real")
    disqualify = after(reached, lambda: moderation.disqualify(three, reason="copied", actor=staff))
    at_once(lambda: difference(ready), disqualify)
    reached = slowly(monkeypatch, services, "make_real")
    at_once(lambda: services.apply(ready, actor=None), after(reached, lambda: moderation.withdraw(one, at=now)))
    assert {s.result.purpose for s in (Submission.objects.get(pk=s.pk) for s in (one, two, three))} == {"shadow"}
    reached = slowly(monkeypatch, services, "take_back")
    at_once(lambda: services.roll_back(ready, actor=None), after(reached, lambda: toggle_final(two)))
    one, two, three = in_teams.competition.submissions.order_by("pk")[:3]
    assert (deadlocks, Regrade.objects.get().status) == ([], "rolled_back")
    assert {s.result.purpose for s in (one, two, three)} == {"live"}
    assert (one.withdrawn_at, two.is_selected, three.disqualified_for) == (now, True, "copied")


def test_what_is_tried_again_while_a_regrade_is_applied_is_judged_and_keeps_its_result(
    in_teams, ready, monkeypatch, deadlocks
):
    """Either the regrade sees that a result changed, or the act sees that there is nothing to try again."""
    mine = in_teams.student.submissions.first()
    Attempt.objects.filter(pk=mine.result_id).update(verdict="sandbox_fault")
    reached = slowly(monkeypatch, services, "state")

    def requeue():
        with pytest.raises(desk_services.NotPossible):
            desk_services.requeue(mine.result, actor=None)

    at_once(lambda: services.apply(ready, actor=None), after(reached, requeue))
    mine.refresh_from_db()
    assert (deadlocks, mine.status, mine.result.purpose) == ([], "finished", "shadow")


def test_the_sweeper_waits_for_nobody_who_records(in_teams, files, monkeypatch):
    """Whose lease ran out while it waited for a regrade that is applied."""
    one = submit(in_teams.student, in_teams.competition, files={"p.csv": files.half}, at=timezone.now())
    attempt = one.attempts.get()
    token = claim(attempt.pk, worker="a")
    Attempt.objects.filter(pk=attempt.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    reached, swept = slowly(monkeypatch, judging, "_fill"), []

    def sweeps():
        judging.give_back(attempt.pk, None, reason="dead")
        swept.append(Attempt.objects.get(pk=attempt.pk).status)

    assert at_once(lambda: record(attempt.pk, token, scored(0.75)), after(reached, sweeps))[0] is True
    assert swept == (["running"] if connection.vendor == "postgresql" else ["finished"])
    one.refresh_from_db()
    assert (one.private_score, one.attempts.get().faults) == (0.75, 0)


def test_two_regrades_of_the_same_submissions_begin_at_once(in_teams):
    chosen = in_teams.competition.submissions.all()

    def begin():
        return services.start(in_teams.competition, submissions=chosen, reason="why", actor=None)

    at_once(begin, begin, begin)
    move_all_on()
    move_all_on()
    assert [regrade.items.filter(shadow=None).count() for regrade in Regrade.objects.all()] == [0, 0, 0]
    shadows = RegradeItem.objects.values_list("shadow", flat=True)
    assert len(set(shadows)) == len(shadows) == 30


def test_a_submission_is_cancelled_while_its_result_is_recorded(in_teams, files, monkeypatch, deadlocks):
    one = submit(in_teams.student, in_teams.competition, files={"p.csv": files.half}, at=timezone.now())
    attempt = one.attempts.get()
    token = claim(attempt.pk, worker="a")
    reached = slowly(monkeypatch, judging, "_fill")

    def take_back():
        try:
            cancel(one, actor=in_teams.student)
        except NotCancellable:
            return "judged"
        return "cancelled"

    assert at_once(lambda: record(attempt.pk, token, scored(0.75)), after(reached, take_back)) == [True, "judged"]
    one.refresh_from_db()
    assert (deadlocks, one.private_score) == ([], 0.75)


def test_a_deadlock_that_happens_all_the_same_is_tried_again(in_teams, deadlocks):
    first, second = Submission.objects.order_by("pk")[:2]
    both_hold_one = threading.Barrier(2)

    def change(*pks):
        @tried_again
        @transaction.atomic
        def work():
            for pk in pks:
                lock(Submission.objects.filter(pk=pk))
                if connection.vendor == "postgresql" and pk == pks[0] and not deadlocks:
                    with contextlib.suppress(threading.BrokenBarrierError):
                        both_hold_one.wait(5)
            Submission.objects.filter(pk__in=pks).update(comment="changed")
            return "done"

        return work

    assert at_once(change(first.pk, second.pk), change(second.pk, first.pk)) == ["done", "done"]
    assert len(deadlocks) == (1 if connection.vendor == "postgresql" else 0)


def test_inside_another_transaction_nothing_is_tried_again():
    tries = []

    class Deadlock(Exception):
        sqlstate = "40P01"

    @tried_again
    def work():
        tries.append(1)
        raise locking.OperationalError from Deadlock()

    with pytest.raises(locking.OperationalError), transaction.atomic():
        work()
    assert len(tries) == 1
    with pytest.raises(locking.OperationalError):
        work()
    assert len(tries) == 1 + locking.TRIES


def test_everybody_acts_at_once_and_nothing_is_lost(in_teams, files, deadlocks):
    """Regrades, results, choices, withdrawals, teams and an admin, all in one competition."""
    competition, staff, rounds = in_teams.competition, in_teams.instructor, 6

    def now_and_then(seed, *acts):
        def work():
            rng = random.Random(seed)
            for _ in range(rounds):
                act = rng.choice(acts)
                try:
                    act(rng)
                except EXPECTED:
                    continue

        return work

    def regrade():
        for _ in range(3):
            found = services.start(competition, submissions=competition.submissions.all(), reason="why", actor=None)
            while judge_next(Lane.SCORING):
                pass
            difference(Regrade.objects.get(pk=found.pk))
            services.apply(found, actor=None)
            services.roll_back(found, actor=None)

    counter = itertools.count()

    def arrive(rng):
        one = submit(rng.choice(in_teams.people), competition, files={"p.csv": files.half}, at=timezone.now())
        attempt = one.attempts.get()
        record(attempt.pk, claim(attempt.pk, worker="a"), scored(next(counter) / 100))

    def any_of(rng):
        return rng.choice(list(competition.submissions.select_related("user", "competition").order_by("pk")))

    def merge(rng):
        found = list(Team.objects.order_by("pk"))
        teams.merge(found[0], into=found[-1], actor=staff)

    def move(rng):
        to = rng.choice([None, *Team.objects.order_by("pk")])
        teams.move(competition, rng.choice(in_teams.people), team=to, actor=staff)

    students = [
        now_and_then(
            seed,
            lambda rng: moderation.withdraw(any_of(rng), at=timezone.now()),
            lambda rng: moderation.restore(any_of(rng), at=timezone.now()),
            lambda rng: toggle_final(any_of(rng)),
            arrive,
        )
        for seed in range(3)
    ]
    at_once(regrade, now_and_then(7, arrive), now_and_then(8, merge, move, move), *students)
    assert deadlocks == []
    assert not Attempt.objects.exclude(status="finished").exists()
    columns = ("user", "team", "public_score", "private_score", "n_submissions", "best", "final")
    board = sorted(map(repr, BoardRow.objects.values_list(*columns)))
    rebuild(Competition.objects.get())
    assert sorted(map(repr, BoardRow.objects.values_list(*columns))) == board
