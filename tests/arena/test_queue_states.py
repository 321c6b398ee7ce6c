"""No interleaving of deliveries, deaths, late results and jumping clocks loses a score or counts one twice.

Hypothesis plays workers, sweepers and the broker against the rows. The model beside them is tiny: an attempt belongs to
the token handed out last, and the first result recorded under it is the submission's result for ever.
"""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from arena.leaderboards.models import BoardRow
from arena.submissions.cancelling import NotCancellable, cancel
from arena.submissions.intake import submit
from arena.submissions.judging import Judgement, claim, give_back, record
from arena.submissions.models import Attempt, Submission
from arena.submissions.sweeping import sweep
from grader.outcome import Evaluation, Verdict

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
        assert (token is not None) == (before == "queued")
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
            self.results[attempt] = score

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
            if Attempt.objects.get(pk=attempt).status == "finished":
                self.results[attempt] = None

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
            if attempt.status == "finished":
                self.results[attempt.pk] = None

    @precondition(lambda self: Submission.objects.exists())
    @rule(data=st.data())
    def a_student_cancels(self, data):
        submission = data.draw(st.sampled_from(list(Submission.objects.order_by("pk"))))
        attempt = submission.attempts.get().pk
        try:
            cancel(submission, actor=submission.user)
        except NotCancellable:
            assert attempt in self.results or submission.pk in self.cancelled
        else:
            assert attempt not in self.results
            self.cancelled.add(submission.pk)
            self.holder.pop(attempt, None)

    @invariant()
    def what_stands_is_what_was_taken(self):
        for submission in Submission.objects.prefetch_related("attempts"):
            (attempt,) = submission.attempts.all()
            if submission.pk in self.cancelled:
                assert (submission.status, attempt.status, submission.private_score) == ("cancelled", "cancelled", None)
            elif attempt.pk in self.results:
                assert (submission.status, submission.result_id) == ("finished", attempt.pk)
                assert submission.private_score == attempt.private_score == self.results[attempt.pk]
                assert submission.counts_for_quota == (self.results[attempt.pk] is not None)
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
        for _ in range(4):
            Attempt.objects.filter(status="running").update(lease_until=timezone.now() - timedelta(seconds=1))
            self.the_sweeper_sweeps_by_a_clock_that_may_be_wrong(0)
        for pk in Attempt.objects.filter(status="queued").values_list("pk", flat=True):
            assert record(pk, claim(pk, worker="last"), scored(0.5))
            self.results[pk] = 0.5
        assert len(self.results) + len(self.cancelled) == Submission.objects.count()
        self.what_stands_is_what_was_taken()
        self.the_board_shows_the_best_of_what_was_taken()


@pytest.mark.django_db
def test_no_interleaving_loses_or_doubles_a_score(cast, files, bell):
    cast.competition.daily_limit = 100
    cast.competition.save()
    run_state_machine_as_test(
        lambda: Queue(cast, files),
        settings=settings(
            max_examples=25, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
