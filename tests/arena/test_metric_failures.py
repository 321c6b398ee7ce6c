"""A metric that fails on what is handed in: who is told, what it costs, and that nobody has the workers for nothing."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from arena.api.submissions import is_said
from arena.authoring import own_metrics
from arena.competitions.models import CheckState, Competition, MetricProgram
from arena.competitions.services import add_public_file
from arena.notifications.models import Notification
from arena.submissions import evaluating
from arena.submissions.intake import Refused
from arena.submissions.judging import judge
from arena.submissions.models import Attempt, MetricFailure
from arena.submissions.quota import quota_left
from grader.own_metric import MetricFailed, metric_name
from grader.predictions import InvalidPredictions
from grader.scoring import score_file

PROGRAM = b"def score(solution, submission, row_id_column_name): ..."
NAME = metric_name(PROGRAM, direction="lower")
SAMPLE = b"id,label\n01,a\n02,a\n03,a\n04,a\n05,a\n06,a\n"
CRASH = SAMPLE.replace(b",a", b",b")
SLEEPS: list[int] = []


def fake(path: Path, *, solution, program, direction, sandbox, runtime, allow_gzip=False):
    """Fails where every label is b, refuses c alone, else the share of right labels; `SLEEPS` fail the sandbox."""
    if SLEEPS:
        raise MetricFailed("bwrap: no space", is_retryable=True, code="sandbox", params={"why": "bwrap: no space."})
    labels = {line.split(",")[1] for line in path.read_text().splitlines()[1:] if line}
    if labels == {"b"}:
        raise MetricFailed("It failed: label of 01 is a", "Traceback", line=3, code="stopped", params={"why": "a"})
    if labels == {"c"}:
        raise InvalidPredictions("metric_refused", "Not c alone.", (), {"message": "Not c alone."})
    found = score_file(path, solution=solution, metric="accuracy")
    return type(found)(**{**found.__dict__, "metric": NAME})


@pytest.fixture(autouse=True)
def broken(cast, monkeypatch):
    """The competition has a metric of its own, three submissions a day, and no sandbox."""
    SLEEPS.clear()
    MetricProgram.objects.create(
        competition=cast.competition, text=PROGRAM.decode(), direction="lower", name=NAME, state=CheckState.GOOD
    )
    Competition.objects.filter(pk=cast.competition.pk).update(metric=NAME, daily_limit=3)
    cast.competition.refresh_from_db()
    monkeypatch.setattr(evaluating, "score_with_program", fake)
    monkeypatch.setattr(evaluating, "open_sandbox", lambda _backend: None)


def variant(n: int) -> bytes:
    """Another file with the same predictions."""
    return CRASH + b"\n" * n


def test_the_first_crash_of_a_day_is_refunded_and_the_next_ones_cost_until_the_limit(cast, hand_in):
    now = timezone.now()
    counted = [hand_in(cast.student, {"p.csv": variant(n)}).counts_for_quota for n in range(3)]
    assert counted == [False, True, True]
    assert quota_left(cast.student, cast.competition, at=now) == 1
    with pytest.raises(Refused, match="as many of your files today") as caught:
        hand_in(cast.student, {"p.csv": variant(3)})
    assert caught.value.code == "metric_waits"
    assert list(Attempt.objects.values_list("faults", "verdict")) == [(0, "sandbox_fault")] * 3


def test_a_day_later_the_first_crash_is_refunded_again_but_not_of_the_same_file(cast, hand_in):
    day = timedelta(days=1)
    now = timezone.now()
    Competition.objects.update(opens_at=now - 9 * day)
    cast.competition.refresh_from_db()
    assert not hand_in(cast.student, {"p.csv": variant(0)}, at=now - 2 * day).counts_for_quota
    assert not hand_in(cast.student, {"p.csv": variant(1)}, at=now - day).counts_for_quota
    with pytest.raises(Refused, match="nobody has mended it yet") as caught:
        hand_in(cast.student, {"p.csv": variant(0)})
    assert caught.value.code == "metric_failed_on_file"
    assert not hand_in(cast.classmate, {"p.csv": variant(0)}).counts_for_quota


def test_what_waits_counts_too_where_a_crash_was(cast, hand_in):
    hand_in(cast.student, {"p.csv": variant(0)})
    hand_in(cast.student, {"p.csv": variant(1)}, judged=False)
    hand_in(cast.student, {"p.csv": variant(2)}, judged=False)
    with pytest.raises(Refused) as caught:
        hand_in(cast.student, {"p.csv": variant(3)}, judged=False)
    assert caught.value.code == "metric_waits"


def test_a_mended_metric_takes_the_file_again(cast, hand_in):
    hand_in(cast.student, {"p.csv": variant(0)})
    Competition.objects.filter(pk=cast.competition.pk).update(metric="accuracy")
    cast.competition.refresh_from_db()
    assert hand_in(cast.student, {"p.csv": variant(0)}).verdict == "ok"


def test_judging_it_again_changes_no_decision(cast, hand_in):
    free = hand_in(cast.student, {"p.csv": variant(0)})
    paid = hand_in(cast.student, {"p.csv": variant(1)})
    for submission in (free, paid):
        judge(Attempt.objects.create(submission=submission, number=2).pk)
        submission.refresh_from_db()
    assert (free.counts_for_quota, paid.counts_for_quota) == (False, True)


def test_the_instructor_is_told_of_the_first_crash_and_of_whoever_goes_on(client, cast, hand_in):
    first = hand_in(cast.student, {"p.csv": variant(0)})
    hand_in(cast.classmate, {"p.csv": variant(0)})
    again = hand_in(cast.student, {"p.csv": variant(1)})
    hand_in(cast.student, {"p.csv": variant(2)})
    told = Notification.objects.filter(user=cast.instructor).order_by("pk").values_list("code", "params__submission")
    assert list(told) == [("metric_failed", first.pk), ("metric_fails_again", again.pk)]
    assert not Notification.objects.filter(user=cast.student).exists()
    client.force_login(cast.instructor)
    page = client.get(f"/competitions/{cast.competition.slug}/edit/metric/").content.decode()
    assert f'href="/submissions/{first.pk}/"' in page
    assert "Line 3:" in page


def test_the_student_reads_that_it_was_the_metric_and_nothing_of_its_words(client, cast, hand_in):
    free = hand_in(cast.student, {"p.csv": variant(0)})
    paid = hand_in(cast.student, {"p.csv": variant(1)})
    client.force_login(cast.student)
    for submission, said in ((free, "does not count against your limit"), (paid, "this one counts against")):
        page = client.get(f"/submissions/{submission.pk}/").content.decode()
        assert "metric failed on your predictions" in page
        assert said in page
        assert "label of 01" not in page
        assert is_said(submission)
        assert submission.message == "The competition's metric failed on these predictions."


def test_a_sandbox_that_does_not_start_is_tried_again_and_blames_no_metric(cast, hand_in):
    SLEEPS.append(1)
    submission = hand_in(cast.student, {"p.csv": CRASH})
    attempt = Attempt.objects.get(submission=submission)
    assert (submission.status, attempt.faults, MetricFailure.objects.count()) == ("queued", 1, 0)
    assert MetricProgram.objects.get().message == ""
    assert not Notification.objects.exists()


def test_trying_a_metric_says_that_it_works_and_refuses_the_sample(client, cast, monkeypatch):
    add_public_file(cast.competition, name="sample_submission.csv", data=SAMPLE.replace(b",a", b",c"))
    monkeypatch.setattr(own_metrics, "open_sandbox", lambda _backend: None)
    monkeypatch.setattr(own_metrics, "try_program", fake)
    program = MetricProgram.objects.get()
    own_metrics.check(program.pk)
    program.refresh_from_db()
    assert (program.state, program.public_score) == (CheckState.GOOD, None)
    client.force_login(cast.instructor)
    page = client.get(f"/competitions/{cast.competition.slug}/edit/metric/").content.decode()
    assert "The metric works, and refuses the sample submission: “Not c alone.”" in page


def test_a_trial_whose_sandbox_does_not_start_goes_on_waiting(cast, monkeypatch):
    add_public_file(cast.competition, name="sample_submission.csv", data=SAMPLE)
    monkeypatch.setattr(own_metrics, "open_sandbox", lambda _backend: None)
    monkeypatch.setattr(own_metrics, "try_program", fake)
    SLEEPS.append(1)
    program = MetricProgram.objects.get()
    MetricProgram.objects.update(state=CheckState.CHECKING)
    own_metrics.check(program.pk)
    program.refresh_from_db()
    assert (program.state, program.code) == (CheckState.CHECKING, "sandbox")
    assert not program.has_failed
