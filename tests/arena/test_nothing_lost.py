"""Moments in which a submission, a result or a file could be lost or doubled."""

from __future__ import annotations

import os
import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import OperationalError
from django.utils import timezone

from arena.authoring.services import save_settings
from arena.competitions.models import Competition
from arena.submissions import bells, judging, moderation
from arena.submissions.cancelling import cancel
from arena.submissions.entries import run_of
from arena.submissions.evaluating import Judgement, Stored
from arena.submissions.intake import Refused, submit, toggle_final
from arena.submissions.judging import claim, record
from arena.submissions.keeping import orphans, remove
from arena.submissions.management.commands import sweep
from arena.submissions.models import Attempt, Submission, SubmissionFile
from grader.outcome import Evaluation, RunResult, Verdict

pytestmark = pytest.mark.django_db
LONG_AGO = (1_600_000_000, 1_600_000_000)


@pytest.fixture
def judgement(tmp_path):
    """Of a program that left predictions."""
    path = tmp_path / "written.csv"
    path.write_bytes(b"id,label\n")
    scores = Evaluation(
        metric="accuracy", direction="higher", public=0.5, private=0.5, overall=0.5, n_rows=6, interval=None
    )
    return Judgement(
        verdict=Verdict.OK,
        evaluation=scores,
        run=RunResult(verdict=Verdict.OK, message="", stdout="fitted", wall_time_s=1.0),
        predictions=Stored(path=path, name=""),
    )


def test_predictions_stay_when_the_answer_to_a_commit_is_lost(cast, hand_in, bell, judgement, monkeypatch):
    hand_in(cast.student, {"main.py": b"print(1)\n"}, judged=False)
    token = claim(bell[0], worker="w")
    written = judging._written

    def cut_off(*args, **options):
        written(*args, **options)
        raise OperationalError("server closed the connection unexpectedly")

    monkeypatch.setattr(judging, "_written", cut_off)
    with pytest.raises(OperationalError):
        record(bell[0], token, judgement)
    attempt = Attempt.objects.get()
    assert (attempt.status, Path(attempt.predictions.path).read_bytes()) == ("finished", b"id,label\n")


@pytest.mark.django_db(transaction=True)
def test_an_upload_that_is_stored_is_never_answered_with_an_error(cast, files, monkeypatch):
    """Else the student hands it in again."""

    def broken(attempt):
        raise RuntimeError("nobody thought of this")

    monkeypatch.setattr(bells, "ring", broken)
    submit(cast.student, cast.competition, files={"p.csv": files.half}, at=timezone.now())
    assert Attempt.objects.get().status == "queued"


def test_a_submission_that_was_taken_back_meanwhile_cannot_be_chosen(cast, files, hand_in):
    seen_before = hand_in(cast.student, {"p.csv": files.half})
    moderation.withdraw(seen_before, at=timezone.now())
    with pytest.raises(Refused) as refused:
        toggle_final(seen_before)
    assert (refused.value.code, Submission.objects.get().is_selected) == ("not_counting", False)


def test_settings_that_are_saved_leave_what_a_regrade_changed_meanwhile(cast):
    competition = Competition.objects.get()
    Competition.objects.update(metric="balanced_accuracy")
    competition.title = "Other letters"
    save_settings(competition, actor=cast.instructor, changed=["title"])
    assert list(Competition.objects.values_list("title", "metric")) == [("Other letters", "balanced_accuracy")]


def test_only_old_files_that_no_row_names_are_found(cast, files, hand_in):
    hand_in(cast.student, {"p.csv": files.half})
    named = Path(SubmissionFile.objects.get().file.path)
    old, young = named.with_name("old"), named.with_name("young")
    for path in (named, old, young):
        path.touch()
    for path in (named, old):
        os.utime(path, LONG_AGO)
    found = orphans(at=timezone.now())
    assert [Path(name).name for name in found] == ["old"]
    assert remove(found) == 1
    assert (named.exists(), old.exists(), young.exists()) == (True, False, True)


def test_the_sweeper_removes_a_file_only_at_its_second_look(settings, monkeypatch):
    """A file that a wrong clock makes old may be about to be named."""
    lost = Path(settings.MEDIA_ROOT) / "submissions" / "lost"
    lost.parent.mkdir(parents=True)
    lost.touch()
    os.utime(lost, LONG_AGO)
    looks = []

    class Enough(Exception):
        pass

    def rest(seconds):
        looks.append(lost.exists())
        if len(looks) == 2:
            raise Enough

    monkeypatch.setattr(sweep, "TIDY_S", 0)
    monkeypatch.setattr(sweep.time, "sleep", rest)
    with pytest.raises(Enough):
        call_command("sweep")
    assert looks == [True, False]


def test_a_sweep_that_breaks_is_not_the_last_one(monkeypatch):
    sweeps = []

    class Enough(BaseException):
        pass

    def broken(*, at):
        sweeps.append(at)
        if len(sweeps) == 3:
            raise Enough
        raise ValueError("one row that nobody thought of")

    monkeypatch.setattr(sweep, "sweep", broken)
    monkeypatch.setattr(sweep.time, "sleep", lambda seconds: None)
    with pytest.raises(Enough):
        call_command("sweep")
    assert len(sweeps) == 3


def test_a_student_still_reads_what_a_program_printed_after_its_predictions_were_scored_again(
    cast, hand_in, bell, judgement, client
):
    submission = hand_in(cast.student, {"main.py": b"print(1)\n"}, judged=False)
    record(bell[0], claim(bell[0], worker="w"), judgement)
    ran = Attempt.objects.get()
    again = Attempt.objects.create(submission=submission, number=2, status="finished", verdict="ok", reuses=ran)
    Submission.objects.update(result=again)
    assert run_of(again) == ran
    client.force_login(cast.student)
    assert '<pre tabindex="0">fitted</pre>' in client.get(f"/submissions/{submission.pk}/").content.decode()


def test_a_form_that_is_sent_twice_makes_one_submission_and_another_file_another(client, cast, files, bell):
    client.force_login(cast.student)
    page = client.get("/competitions/letters/submit/").content.decode()
    key = re.search(r'type="hidden" name="key" value="([0-9a-f-]{36})"', page)[1]
    assert key not in client.get("/competitions/letters/submit/").content.decode()

    def send(data, key=key):
        upload = SimpleUploadedFile("p.csv", data)
        return client.post("/competitions/letters/submit/", {"files": upload, "key": key}).url

    first = send(files.half)
    assert send(files.half) == first
    Competition.objects.update(deadline=timezone.now() - timedelta(hours=1))
    assert send(files.half) == first
    Competition.objects.update(deadline=timezone.now() + timedelta(hours=1))
    assert Submission.objects.count() == 1
    assert send(files.perfect) != first
    assert send(files.half, key="another form's") != first
    assert Submission.objects.count() == 3


def test_what_was_cancelled_may_be_sent_again_by_the_same_form(cast, files, hand_in):
    first = hand_in(cast.student, {"p.csv": files.half}, judged=False, key="a form's")
    cancel(first, actor=cast.student)
    assert hand_in(cast.student, {"p.csv": files.half}, key="a form's").pk != first.pk


def test_who_cancels_after_the_worker_died_gets_the_submission_back(cast, files, hand_in, bell):
    """Even before the sweeper came by."""
    one = hand_in(cast.student, {"p.csv": files.half}, judged=False)
    claim(bell[0], worker="dies")
    Attempt.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert cancel(one, actor=cast.student).counts_for_quota is False
