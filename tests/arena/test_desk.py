"""The admin's desk, and what students see of the queue: honest waits, cancelling, refusals when there is no room."""

from __future__ import annotations

import io
import json
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils import timezone

from arena.audit.models import Event
from arena.submissions import room, tasks, workers
from arena.submissions.intake import Refused
from arena.submissions.judging import claim, judge
from arena.submissions.leases import NODE
from arena.submissions.models import Attempt, Submission, Worker
from arena.submissions.queueing import Lane
from arena.submissions.waiting import expected_wait_s

pytestmark = pytest.mark.django_db


@pytest.fixture
def worker(db):
    """One that serves files with two processes."""
    now = timezone.now()
    return Worker.objects.create(
        name="scoring@here", host="here", pid=1, lanes=["scoring", "checks"], processes=2, started_at=now, seen_at=now,
        abilities={"sandbox": "bubblewrap", "gpus": 0},
    )  # fmt: skip


@pytest.fixture
def set_aside(cast, files, hand_in, bell):
    """A submission that our faults ended."""
    submission = hand_in(cast.student, {"p.csv": files.half}, judged=False)
    Attempt.objects.update(status="finished", verdict="sandbox_fault", faults=3, message="no disk")
    Submission.objects.update(
        status="finished", verdict="sandbox_fault", counts_for_quota=False, result=submission.attempts.get()
    )
    return Attempt.objects.get()


def command(*arguments):
    out = io.StringIO()
    call_command("queue", *arguments, stdout=out)
    return json.loads(out.getvalue())


def test_the_desk_is_for_admins_and_shows_what_is_there(client, cast, files, hand_in, worker, set_aside):
    for person, status in ((cast.instructor, 404), (cast.student, 404), (cast.admin, 200)):
        client.force_login(person)
        assert client.get("/desk/").status_code == status
    page = client.get("/desk/").content.decode()
    for words in ("scoring@here", "bubblewrap", "no disk", "Judge it again"):
        assert words in page


def test_what_was_set_aside_is_judged_again_from_the_page(client, cast, bell, set_aside):
    client.force_login(cast.admin)
    client.post(f"/desk/attempt/{set_aside.pk}/requeue/")
    assert (Submission.objects.get().status, Attempt.objects.get().faults) == ("queued", 0)
    judge(set_aside.pk)
    now = Submission.objects.get()
    assert (now.verdict, now.private_score, now.counts_for_quota) == ("ok", 0.5, True)
    assert Event.objects.filter(action="attempt.requeued", actor=cast.admin).count() == 1
    client.post(f"/desk/attempt/{set_aside.pk}/requeue/")
    assert Submission.objects.get().verdict == "ok"


def test_the_command_does_what_the_page_does(cast, files, bell, hand_in, worker, set_aside):
    state = command()
    assert [row["submission"] for row in state["set_aside"]] == [set_aside.submission_id]
    assert state["workers"][0] == {
        "name": "scoring@here",
        "lanes": ["scoring", "checks"],
        "processes": 2,
        "running": 0,
        "abilities": {"sandbox": "bubblewrap", "gpus": 0},
        "is_alive": True,
        "is_draining": False,
        "restarts": 0,
    }
    assert command("--requeue", str(set_aside.pk)) == {"done": "requeue", "on": str(set_aside)}
    command("--hold", str(set_aside.pk))
    assert claim(set_aside.pk, worker="w") is None
    command("--release", str(set_aside.pk))
    assert claim(set_aside.pk, worker="w")
    command("--take-back", str(set_aside.pk))
    assert Attempt.objects.get().status == "queued"
    command("--drain", "scoring@here")
    assert Worker.objects.get().is_draining
    for wrong in (["--drain", "nobody"], ["--requeue", "99"], ["--requeue", str(set_aside.pk)]):
        with pytest.raises(CommandError) as caught:
            command(*wrong)
        assert caught.value.returncode == 2


def test_a_drained_worker_starts_nothing(cast, files, hand_in, bell, worker, monkeypatch):
    hand_in(cast.student, {"p.csv": files.half}, judged=False)
    monkeypatch.setenv(NODE, "scoring@here")
    Worker.objects.update(is_draining=True)
    tasks.evaluate(bell[0])
    assert Attempt.objects.get().status == "queued"
    Worker.objects.update(is_draining=False)
    tasks.evaluate(bell[0])
    assert Attempt.objects.get().status == "finished"


def test_a_silent_worker_counts_for_nothing_and_is_forgotten(worker):
    now = timezone.now()
    assert workers.n_processes(Lane.SCORING, at=now) == 2
    assert workers.n_processes(Lane.CPU, at=now) == 0
    Worker.objects.update(seen_at=now - timedelta(minutes=1))
    assert not workers.alive(at=now).exists()
    assert workers.forget_dead(at=now + timedelta(days=1)) == 1


def test_the_waiting_time_comes_from_what_was_measured(cast, files, hand_in, bell, worker):
    first = hand_in(cast.student, {"p.csv": files.half})
    now = timezone.now()
    Attempt.objects.filter(submission=first).update(started_at=now - timedelta(seconds=9), finished_at=now)
    for person in (cast.student, cast.classmate, cast.student):
        hand_in(person, {"p.csv": files.half}, judged=False)
    last = Attempt.objects.order_by("pk").last()
    # two are ahead of the last, each takes 9 s, two processes: three halves of 9 s
    assert expected_wait_s(last, at=now) == 14
    assert expected_wait_s(Attempt.objects.filter(status="queued").order_by("pk").first(), at=now) == 0
    Worker.objects.all().delete()
    assert expected_wait_s(last, at=now) is None


def test_a_student_cancels_in_the_browser_and_a_classmate_cannot(client, cast, files, hand_in, bell):
    submission = hand_in(cast.student, {"p.csv": files.half}, judged=False)
    client.force_login(cast.classmate)
    assert client.post(f"/submissions/{submission.pk}/cancel/").status_code == 404
    client.force_login(cast.student)
    assert "Cancel it" in client.get(f"/submissions/{submission.pk}/").content.decode()
    page = client.post(f"/submissions/{submission.pk}/cancel/", follow=True).content.decode()
    assert "It does not count against your limit" in page
    assert Submission.objects.get().status == "cancelled"


def test_a_full_disk_refuses_an_upload_with_a_sentence_and_stores_nothing(client, cast, files, bell, monkeypatch):
    from django.core.files.uploadedfile import SimpleUploadedFile

    monkeypatch.setattr(room, "free_mb", lambda: 10)
    client.force_login(cast.student)
    answer = client.post("/competitions/letters/submit/", {"files": SimpleUploadedFile("p.csv", files.half)})
    assert answer.status_code == 422
    assert "disk is full, so nothing was stored" in answer.content.decode()
    assert not Submission.objects.exists()


def test_a_disk_that_fills_up_during_the_upload_refuses_it_too(cast, files, hand_in, monkeypatch):
    from django.core.files.storage import FileSystemStorage

    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(FileSystemStorage, "_save", full)
    with pytest.raises(Refused) as caught:
        hand_in(cast.student, {"p.csv": files.half}, judged=False)
    assert caught.value.code == "disk_full"
    assert not Submission.objects.exists()


def test_a_full_queue_refuses_an_upload(cast, files, hand_in, settings):
    settings.ARENA_MAX_QUEUE = 1
    hand_in(cast.student, {"p.csv": files.half}, judged=False)
    with pytest.raises(Refused) as caught:
        hand_in(cast.classmate, {"p.csv": files.half}, judged=False)
    assert caught.value.code == "queue_full"
    assert Submission.objects.count() == 1
