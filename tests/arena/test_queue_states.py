"""No interleaving of deliveries, deaths, late results, admins and jumping clocks loses a score or counts one twice.

Hypothesis plays students, workers, sweepers, the broker and an admin against the rows. The model beside them is tiny: an attempt belongs to
the token handed out last, and the first result recorded under it is the submission's result for ever.
"""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.conf import settings as site_settings
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from arena.leaderboards.models import BoardRow
from arena.operations import desk_services as desk
from arena.submissions.cancelling import NotCancellable, cancel
from arena.submissions.intake import submit
from arena.submissions.judging import Judgement, claim, give_back, record
from arena.submissions.models import Attempt, Submission
from arena.submissions.queueing import Lane, in_order
from arena.submissions.sweeping import LONGEST_REST, sweep
from grader.outcome import Evaluation, Verdict

MAX_ATTEMPTS = 2
HOURS = st.sampled_from([-5, -1, 0, 1, 5])


def scored(score):
    evaluation = Evaluation(
        metric="accuracy", direction="higher", public=score, private=score, overall=score, n_rows=6, interval=None
    )
    return Judgement(verdict=Verdict.OK, evaluation=evaluation)


class Queue(RuleBasedStateMachine):
    """Workers hold tokens; `results` are the scores that the site said it took, by submission."""

    def __init__(self, cast, files):
        super().__init__()
        self.cast, self.files = cast, files
        self.rows = transaction.atomic()
        self.rows.__enter__()
        self.tokens = []
        self.holder = {}
        self.results = {}
        self.cancelled = set()
        self.held = set()
        # submissions that don't count against their student's limit
        self.refunded = set()

    def teardown(self):
        try:
            self.everything_is_judged_once_in_the_end()
        finally:
            transaction.set_rollback(True)
            self.rows.__exit__(None, None, None)

    @precondition(lambda self: Submission.objects.count() < 4)
    @rule(who=st.sampled_from(["student", "classmate"]))
    def somebody_submits(self, who):
        with transaction.atomic():
            submit(getattr(self.cast, who), self.cast.competition, files={"p.csv": self.files.half}, at=timezone.now())

    @precondition(lambda self: Attempt.objects.exists())
    @rule(data=st.data())
    def the_bell_is_delivered(self, data):
        attempt = data.draw(st.sampled_from(sorted(Attempt.objects.values_list("pk", flat=True))))
        before = Attempt.objects.get(pk=attempt).status
        token = claim(attempt, worker="w")
        assert (token is not None) == (before == "queued" and attempt not in self.held)
        if token:
            self.tokens.append((attempt, token))
            self.holder[attempt] = token

    @precondition(lambda self: self.tokens)
    @rule(data=st.data(), score=st.sampled_from([0.125, 0.25, 0.5, 0.75]))
    def a_worker_records(self, data, score):
        """Any worker that ever had a token: in time, for the second time, or long after it was thought dead."""
        attempt, token = data.draw(st.sampled_from(self.tokens))
        is_holder = self.holder.get(attempt) == token
        assert record(attempt, token, scored(score)) == is_holder
        if is_holder:
            del self.holder[attempt]
            assert attempt not in self.results
            self._ended(attempt, score)

    @precondition(lambda self: Attempt.objects.exists())
    @rule(data=st.data())
    def a_stranger_records(self, data):
        attempt = data.draw(st.sampled_from(sorted(Attempt.objects.values_list("pk", flat=True))))
        assert record(attempt, uuid.uuid4(), scored(1.0)) is False

    @precondition(lambda self: self.tokens)
    @rule(data=st.data())
    def a_worker_reports_a_fault_of_ours(self, data):
        attempt, token = data.draw(st.sampled_from(self.tokens))
        give_back(attempt, token, reason="the disk is full")
        if self.holder.get(attempt) == token:
            del self.holder[attempt]
            self._met_a_fault(attempt)
            if attempt not in self.results:
                now = timezone.now()
                assert attempt not in in_order(Lane.SCORING, at=now), "it rests first"
                assert attempt in in_order(Lane.SCORING, at=now + LONGEST_REST)

    def _met_a_fault(self, attempt):
        """Tried again, or set aside once it has had its tries."""
        row = Attempt.objects.get(pk=attempt)
        if row.status == "finished":
            assert (row.verdict, row.faults) == ("sandbox_fault", MAX_ATTEMPTS)
            self._ended(attempt, None)
        else:
            assert row.status == "queued"
            assert 0 < row.faults < MAX_ATTEMPTS

    def _ended(self, attempt, score):
        self.results[attempt] = score
        submission = Attempt.objects.get(pk=attempt).submission_id
        (self.refunded.add if score is None else self.refunded.discard)(submission)

    @precondition(lambda self: self.holder)
    @rule(data=st.data())
    def a_worker_dies(self, data):
        """Its lease is not renewed any more; a sweep finds that out."""
        attempt = data.draw(st.sampled_from(sorted(self.holder)))
        Attempt.objects.filter(pk=attempt).update(lease_until=timezone.now() - timedelta(seconds=1))

    @rule(hours=HOURS)
    def the_sweeper_sweeps_by_a_clock_that_may_be_wrong(self, hours):
        sweep(at=timezone.now() + timedelta(hours=hours))
        for attempt in Attempt.objects.filter(pk__in=list(self.holder)).exclude(status="running"):
            del self.holder[attempt.pk]
            self._met_a_fault(attempt.pk)

    @precondition(lambda self: Submission.objects.exists())
    @rule(data=st.data())
    def a_student_cancels(self, data):
        submission = data.draw(st.sampled_from(list(Submission.objects.order_by("pk"))))
        before = submission.attempts.get()
        attempt = before.pk
        try:
            cancel(submission, actor=submission.user)
        except NotCancellable:
            assert attempt in self.results or submission.pk in self.cancelled
        else:
            assert attempt not in self.results
            self.cancelled.add(submission.pk)
            self.held.discard(attempt)
            is_forsaken = before.lease_until is not None and before.lease_until < timezone.now()
            if self.holder.pop(attempt, None) is None or before.faults or is_forsaken:
                self.refunded.add(submission.pk)

    @precondition(lambda self: Attempt.objects.exists())
    @rule(data=st.data(), is_held=st.booleans())
    def an_admin_holds_back_or_lets_go(self, data, is_held):
        attempt = data.draw(st.sampled_from(list(Attempt.objects.order_by("pk"))))
        try:
            desk.hold(attempt, actor=self.cast.admin, is_held=is_held)
        except desk.NotPossible:
            assert attempt.status != "queued"
        else:
            assert attempt.status == "queued"
            (self.held.add if is_held else self.held.discard)(attempt.pk)

    @precondition(lambda self: Attempt.objects.exists())
    @rule(data=st.data())
    def an_admin_takes_back(self, data):
        """From a worker that lives and will come with its result later."""
        attempt = data.draw(st.sampled_from(list(Attempt.objects.order_by("pk"))))
        try:
            desk.take_back(attempt, actor=self.cast.admin)
        except desk.NotPossible:
            assert attempt.pk not in self.holder
        else:
            del self.holder[attempt.pk]
            self._met_a_fault(attempt.pk)

    @precondition(lambda self: Attempt.objects.exists())
    @rule(data=st.data())
    def an_admin_tries_again_what_was_set_aside(self, data):
        """Until it is judged it goes on costing nothing."""
        attempt = data.draw(st.sampled_from(list(Attempt.objects.order_by("pk"))))
        try:
            desk.requeue(attempt, actor=self.cast.admin)
        except desk.NotPossible:
            assert self.results.get(attempt.pk, 0.0) is not None
        else:
            assert self.results.pop(attempt.pk) is None

    @invariant()
    def what_stands_is_what_was_taken(self):
        for submission in Submission.objects.prefetch_related("attempts"):
            assert submission.counts_for_quota == (submission.pk not in self.refunded)
            (attempt,) = submission.attempts.all()
            if submission.pk in self.cancelled:
                assert (submission.status, attempt.status, submission.private_score) == ("cancelled", "cancelled", None)
            elif attempt.pk in self.results:
                assert (submission.status, submission.result_id) == ("finished", attempt.pk)
                assert submission.private_score == attempt.private_score == self.results[attempt.pk]
            else:
                assert submission.status == attempt.status
                assert attempt.status == ("running" if attempt.pk in self.holder else "queued")
                assert (attempt.token is not None) == (attempt.pk in self.holder)

    @invariant()
    def the_board_shows_the_best_of_what_was_taken(self):
        for person in (self.cast.student, self.cast.classmate):
            mine = Attempt.objects.filter(submission__user=person).values_list("pk", flat=True)
            scores = [self.results[pk] for pk in mine if self.results.get(pk) is not None]
            row = BoardRow.objects.filter(user=person).first()
            assert (row.public_score if row else None) == max(scores, default=None)

    def everything_is_judged_once_in_the_end(self):
        """From whatever state: a few sweeps and deliveries later each submission has its one result."""
        for attempt in Attempt.objects.filter(pk__in=self.held, status="queued"):
            desk.hold(attempt, actor=self.cast.admin, is_held=False)
        self.held.clear()
        for _ in range(4):
            Attempt.objects.filter(status="running").update(lease_until=timezone.now() - timedelta(seconds=1))
            self.the_sweeper_sweeps_by_a_clock_that_may_be_wrong(0)
        for pk in Attempt.objects.filter(status="queued").values_list("pk", flat=True):
            assert record(pk, claim(pk, worker="last"), scored(0.5))
            self._ended(pk, 0.5)
        assert len(self.results) + len(self.cancelled) == Submission.objects.count()
        self.what_stands_is_what_was_taken()
        self.the_board_shows_the_best_of_what_was_taken()


@pytest.mark.django_db
def test_no_interleaving_loses_or_doubles_a_score(cast, files, bell, monkeypatch):
    monkeypatch.setattr(site_settings, "ARENA_MAX_ATTEMPTS", MAX_ATTEMPTS)
    cast.competition.daily_limit = 100
    cast.competition.save()
    run_state_machine_as_test(
        lambda: Queue(cast, files),
        settings=settings(
            max_examples=25, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
