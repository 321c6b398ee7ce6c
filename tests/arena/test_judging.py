"""Claims, fences and the sweeper: no result is lost or counted twice."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from arena.leaderboards.models import BoardRow
from arena.regrading import services as regrading
from arena.regrading.models import Regrade
from arena.regrading.selectors import preview
from arena.submissions.dispatch import judge_next
from arena.submissions.intake import Refused
from arena.submissions.judging import Judgement, claim, judge, record
from arena.submissions.models import Attempt, Submission
from arena.submissions.queueing import Lane
from arena.submissions.sweeping import sweep
from grader.outcome import Verdict

pytestmark = pytest.mark.django_db


def test_a_csv_is_scored_and_stands_on_the_board(cast, files, hand_in):
    submission = hand_in(cast.student, {"p.csv": files.half})
    assert (submission.status, submission.verdict) == ("finished", "ok")
    assert (submission.public_score, submission.private_score) == (0.5, 0.5)
    assert BoardRow.objects.get(user=cast.student).public_score == 0.5


def test_only_one_of_two_deliveries_is_judged(cast, files, hand_in, bell):
    hand_in(cast.student, {"p.csv": files.half}, judged=False)
    assert claim(bell[0], worker="a") is not None
    assert claim(bell[0], worker="b") is None
    assert judge(bell[0]) is False


def test_a_result_without_the_token_is_dropped(cast, files, hand_in, bell):
    hand_in(cast.student, {"p.csv": files.half}, judged=False)
    claim(bell[0], worker="a")
    assert record(bell[0], uuid.uuid4(), Judgement(verdict=Verdict.OK)) is False
    assert Submission.objects.get().status == "running"


def test_the_sweeper_takes_back_what_a_dead_worker_held_and_sets_poison_aside(cast, files, hand_in, bell, settings):
    hand_in(cast.student, {"p.csv": files.half}, judged=False)
    for _ in range(settings.ARENA_MAX_ATTEMPTS):
        assert claim(bell[0], worker="dies") is not None
        Attempt.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
        assert sweep(at=timezone.now()).taken_back == 1
    submission = Submission.objects.get()
    assert (submission.status, submission.verdict, submission.counts_for_quota) == ("finished", "sandbox_fault", False)


def test_the_sweeper_rings_again_for_what_the_broker_forgot(cast, files, hand_in, bell):
    hand_in(cast.student, {"p.csv": files.half}, judged=False)
    assert sweep(at=timezone.now()).rung_again == 1
    assert bell == [bell[0], bell[0]]


def test_the_daily_limit_holds_and_says_when_it_ends(cast, files, hand_in):
    for _ in range(3):
        hand_in(cast.student, {"p.csv": files.half}, judged=False)
    with pytest.raises(Refused, match="starts again at 00:00"):
        hand_in(cast.student, {"p.csv": files.half}, judged=False)


@pytest.mark.parametrize(
    ("upload", "code"),
    [({"p.csv": b"id,label\n01,a\n"}, "missing_ids"), ({"p.ipynb": b"{}"}, "notebook"), ({}, "no_file")],
)
def test_a_wrong_upload_is_refused_and_leaves_nothing(cast, hand_in, upload, code):
    with pytest.raises(Refused) as caught:
        hand_in(cast.student, upload)
    assert caught.value.code == code
    assert not Submission.objects.exists()


def test_an_outsider_and_a_late_student_are_refused(cast, files, hand_in):
    with pytest.raises(Refused, match="not enrolled"):
        hand_in(cast.outsider, {"p.csv": files.half})
    with pytest.raises(Refused, match="deadline"):
        hand_in(cast.student, {"p.csv": files.half}, at=timezone.now() + timedelta(days=2))


@pytest.mark.sandbox
def test_code_runs_in_the_sandbox_and_is_scored(cast, hand_in):
    code = b'ids = open("data/test.csv").read().split()[1:]\nopen("submission.csv", "w").write("id,label\\n" + "".join(f"{i},a\\n" for i in ids))\n'
    submission = hand_in(cast.student, {"main.py": code})
    assert (submission.verdict, submission.message, submission.private_score) == ("ok", "", 0.5)


def test_a_regrade_changes_nothing_until_applied_and_rolls_back(
    cast, files, hand_in, bell, tmp_path, django_capture_on_commit_callbacks
):
    from arena.competitions.services import set_solution

    submission = hand_in(cast.student, {"p.csv": files.half})
    path = tmp_path / "new.csv"
    path.write_text(files.solution.replace(",b,", ",a,"))
    proposed = set_solution(cast.competition, path=path, is_proposed=True)
    with django_capture_on_commit_callbacks(execute=True):
        regrade = regrading.start(
            cast.competition, submissions=[submission], reason="new labels", actor=cast.admin, solution=proposed
        )
    judge(bell[-1])
    regrade = Regrade.objects.get(pk=regrade.pk)
    assert regrade.status == "ready"
    assert [change.private for change in preview(regrade)] == [(0.5, 1.0)]
    assert Submission.objects.get().private_score == 0.5
    regrading.apply(regrade, actor=cast.admin)
    assert Submission.objects.get().private_score == 1.0
    regrading.roll_back(regrade, actor=cast.admin)
    assert Submission.objects.get().private_score == 0.5
    assert BoardRow.objects.get().private_score == 0.5


def test_a_cancelled_submission_is_given_back_while_it_waits_and_counts_once_it_runs(cast, files, hand_in, bell):
    from arena.submissions.cancelling import NotCancellable, cancel
    from arena.submissions.intake import quota_left

    waits = hand_in(cast.student, {"p.csv": files.half}, judged=False)
    cancel(waits, actor=cast.student)
    assert quota_left(cast.student, cast.competition, at=timezone.now()) == 3
    assert claim(bell[-1], worker="w") is None
    runs = hand_in(cast.student, {"p.csv": files.half}, judged=False)
    token = claim(bell[-1], worker="w")
    cancel(runs, actor=cast.student)
    assert quota_left(cast.student, cast.competition, at=timezone.now()) == 2
    assert record(bell[-1], token, Judgement(verdict=Verdict.OK)) is False
    judged = hand_in(cast.student, {"p.csv": files.half})
    with pytest.raises(NotCancellable, match="judged already"):
        cancel(judged, actor=cast.student)


def test_a_fault_of_ours_rests_before_the_next_try(cast, files, hand_in, bell, monkeypatch):
    from arena.submissions import judging

    def full(*_, **__):
        raise OSError(28, "No space left on device")

    hand_in(cast.student, {"p.csv": files.half}, judged=False)
    monkeypatch.setattr(judging, "record", full)
    assert judge(bell[0]) is False
    attempt = Attempt.objects.get()
    assert (attempt.status, attempt.faults, attempt.message) == (
        "queued",
        1,
        "OSError: [Errno 28] No space left on device",
    )
    assert 5 < (attempt.not_before - timezone.now()).total_seconds() <= 10
    assert len(bell) == 1


def test_a_lease_from_a_clock_that_ran_ahead_is_shortened(cast, files, hand_in, bell, settings):
    hand_in(cast.student, {"p.csv": files.half}, judged=False)
    claim(bell[0], worker="dies")
    now = timezone.now()
    Attempt.objects.update(lease_until=now + timedelta(hours=3))
    assert sweep(at=now).taken_back == 0
    assert sweep(at=now + timedelta(seconds=settings.ARENA_LEASE_S + 1)).taken_back == 1


def test_a_compressed_file_is_scored_again_in_a_regrade(cast, files, hand_in, django_capture_on_commit_callbacks, bell):
    import gzip

    submission = hand_in(cast.student, {"p.csv.gz": gzip.compress(files.half)})
    assert submission.private_score == 0.5
    with django_capture_on_commit_callbacks(execute=True):
        regrade = regrading.start(
            cast.competition, submissions=[submission], reason="again", actor=cast.admin, scores_only=True
        )
    judge_next(Lane.SCORING)
    shadow = regrade.items.get().shadow
    assert (shadow.verdict, shadow.private_score, shadow.n_rows) == ("ok", 0.5, 6)
    assert shadow.predictions.name == submission.result.predictions.name


def test_the_folder_of_a_dead_worker_is_cleared_and_a_living_ones_is_kept(tmp_path, monkeypatch):
    import os
    import tempfile

    from arena.submissions.workspaces import clear_abandoned, workspace

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    (tmp_path / "arena-judge-dead").mkdir()
    (tmp_path / "other").mkdir()
    with workspace() as mine:
        for folder in tmp_path.iterdir():
            os.utime(folder, (1, 1))
        assert clear_abandoned() == 1
        assert sorted(p.name for p in tmp_path.iterdir()) == sorted([mine.name, "other"])
