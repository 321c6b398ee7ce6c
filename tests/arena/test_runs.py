"""What a code run leaves for its student: a record to repeat it by, and its log while it runs."""

from __future__ import annotations

import hashlib
import threading
import time

import pytest
from django.db import connection

from arena.submissions import live_logs
from arena.submissions.evaluating import limits_of
from arena.submissions.judging import judge
from arena.submissions.leases import claim
from arena.submissions.live_logs import LivePage
from arena.submissions.models import Attempt

CODE = b"""
import os
print("seed", os.environ["ARENA_SEED"])
open("submission.csv", "w").write("id,label\\n01,a\\n02,b\\n03,a\\n04,b\\n05,a\\n06,b\\n")
"""


@pytest.mark.django_db
def test_time_is_judged_by_the_processor_and_the_clock_is_generous(cast, files, hand_in):
    cast.competition.wall_time_s, cast.competition.memory_mb = 60, 512
    cast.competition.save()
    hand_in(cast.student, {"p.csv": files.half}, judged=False)
    limits = limits_of(Attempt.objects.get())
    assert (limits.cpu_time_s, limits.wall_time_s, limits.cpus, limits.memory_mb) == (120, 180, 2, 512)


@pytest.mark.sandbox
@pytest.mark.django_db
def test_a_student_downloads_the_record_of_a_run_and_nobody_else_does(cast, hand_in, client):
    submission = hand_in(cast.student, {"main.py": CODE})
    assert submission.verdict == "ok", submission.result.stderr
    address = f"/submissions/{submission.pk}/record.json"
    client.force_login(cast.student)
    found = client.get(address).json()
    assert found["sources"] == {"main.py": hashlib.sha256(CODE).hexdigest()}
    assert found["seeds"] == {"ARENA_SEED": str(submission.pk), "PYTHONHASHSEED": "0"}
    assert found["output"]["sha256"] == submission.result.predictions_sha256
    assert found["runtime"]["lock_sha256"] == submission.result.runtime_sha256
    assert found["limits"]["cpu_time_s"] == 2 * cast.competition.wall_time_s
    assert address in client.get(f"/submissions/{submission.pk}/").content.decode()
    assert "private" not in client.get(address).content.decode()
    client.force_login(cast.classmate)
    assert client.get(address).status_code == 404


@pytest.mark.django_db
def test_predictions_have_no_record(cast, files, hand_in, client):
    submission = hand_in(cast.student, {"p.csv": files.half})
    client.force_login(cast.student)
    assert client.get(f"/submissions/{submission.pk}/record.json").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_the_page_shows_what_a_running_program_printed_escaped_and_capped(cast, hand_in, bell, client, monkeypatch):
    monkeypatch.setattr(live_logs, "EVERY_S", 0.01)
    submission = hand_in(cast.student, {"main.py": CODE}, judged=False)
    token = claim(bell[-1], worker="a")
    assert token is not None
    with LivePage(bell[-1], token) as page:
        page.add("stdout", "x" * 20_000)
        page.add("stdout", "<b>epoch 1</b>\n")
        end = time.monotonic() + 10
        while not Attempt.objects.get().stdout and time.monotonic() < end:
            time.sleep(0.01)
    shown = Attempt.objects.get().stdout
    assert len(shown) == 8_000
    assert shown.endswith("x<b>epoch 1</b>\n")
    client.force_login(cast.student)
    html = client.get(f"/submissions/{submission.pk}/live/").content.decode()
    assert "&lt;b&gt;epoch 1&lt;/b&gt;" in html


@pytest.mark.django_db
def test_a_silent_program_starts_no_thread(cast, files, hand_in, bell):
    hand_in(cast.student, {"p.csv": files.half}, judged=False)
    before = threading.active_count()
    with LivePage(bell[-1], claim(bell[-1], worker="a")):
        assert threading.active_count() == before


@pytest.mark.sandbox
@pytest.mark.django_db(transaction=True)
def test_code_whose_submission_is_withdrawn_meanwhile_is_stopped(cast, hand_in, bell, settings):
    settings.ARENA_BEAT_S = 0.1
    hand_in(cast.student, {"main.py": b"import time\nprint('on', flush=True)\ntime.sleep(50)\n"}, judged=False)

    def withdraw() -> None:
        end = time.monotonic() + 30
        while not Attempt.objects.filter(status="running", stdout="on\n").update(
            status="cancelled", token=None, lease_until=None
        ):
            assert time.monotonic() < end
            time.sleep(0.05)
        connection.close()

    thread = threading.Thread(target=withdraw)
    thread.start()
    start = time.monotonic()
    assert judge(bell[-1]) is False
    assert time.monotonic() - start < 40
    thread.join()
    assert Attempt.objects.get().status == "cancelled"
