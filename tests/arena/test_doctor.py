"""`manage.py doctor`: one finding per thing, a reason and a fix with each problem, and no check that hides another."""

from __future__ import annotations

import io
import json
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from arena.operations import dangers, ground, heartbeats, machine, work
from arena.operations.findings import collect, without_passwords
from arena.operations.models import Heartbeat
from arena.submissions.models import Attempt

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_broker(monkeypatch):
    """An address that nobody listens at, whatever runs on this machine."""
    from arena.celery import app

    monkeypatch.setattr(app.conf, "broker_url", "redis://:secret@127.0.0.1:1/0")
    monkeypatch.setattr(heartbeats, "_last", {})


def named(findings, name):
    return next(f for f in findings if f.name == name)


def test_the_doctor_names_each_problem_with_its_consequence_and_fix(capsys):
    out = io.StringIO()
    with pytest.raises(SystemExit) as caught:
        call_command("doctor", "--json", stdout=out)
    answer = json.loads(out.getvalue())
    assert (caught.value.code, answer["ok"]) == (1, False)
    names = {finding["name"] for finding in answer["findings"]}
    assert {
        "python", "site environment", "students' runtime", "disk", "uploads", "hidden labels", "sandbox: bubblewrap", "redis",
        "database", "migrations", "sweeper", "queue", "settings",
    } <= names  # fmt: skip
    for finding in answer["findings"]:
        assert finding["ok"] or (finding["consequence"] and finding["fix"]), finding
    redis = next(f for f in answer["findings"] if f["name"] == "redis")
    assert redis["ok"] is False
    assert "secret" not in out.getvalue()


def test_a_check_that_breaks_is_a_finding_itself():
    def luck() -> list:
        raise ZeroDivisionError("postgres://arena:hunter2@db/arena")

    (finding,) = collect([luck])
    assert (finding.name, finding.ok) == ("luck", False)
    assert finding.detail == "could not be checked: ZeroDivisionError: postgres://arena:***@db/arena"


def test_addresses_lose_their_passwords_alone():
    assert without_passwords("redis://:secret@host:6379/0") == "redis://:***@host:6379/0"
    assert without_passwords("redis+socket:///tmp/a/redis.sock") == "redis+socket:///tmp/a/redis.sock"


def test_the_sweepers_beat_is_seen_and_grows_old():
    (finding,) = work.sweeper()
    assert (finding.ok, finding.detail) == (False, "never seen")
    call_command("sweep", "--once")
    (finding,) = work.sweeper()
    assert finding.ok
    Heartbeat.objects.update(at=timezone.now() - timedelta(minutes=5))
    (finding,) = work.sweeper()
    assert (finding.ok, finding.detail.split(" on ")[0]) == (False, "last seen 5 min ago")


def test_a_beat_is_written_at_most_every_ten_seconds():
    now = timezone.now()
    for seconds in (0, 2, 9):
        heartbeats.beat("sweeper", at=now + timedelta(seconds=seconds))
    assert Heartbeat.objects.get().at == now
    heartbeats.beat("sweeper", at=now + timedelta(seconds=10))
    assert Heartbeat.objects.get().at == now + timedelta(seconds=10)


def test_work_that_waits_too_long_and_dead_leases_are_problems(cast, files, hand_in):
    hand_in(cast.student, {"p.csv": files.half}, judged=False)
    assert work.queue()[0].detail.startswith("1 waiting, 0 running")
    assert work.queue()[0].ok
    Attempt.objects.update(created_at=timezone.now() - timedelta(minutes=11))
    assert not work.queue()[0].ok
    from arena.submissions.judging import claim

    claim(Attempt.objects.get().pk, worker="dies")
    Attempt.objects.update(lease_until=timezone.now() - timedelta(minutes=1))
    assert named(work.queue(), "leases").detail == "1 attempts run on a lease that ran out"


def test_results_set_aside_for_faults_of_ours_are_named(cast, files, hand_in):
    submission = hand_in(cast.student, {"p.csv": files.half})
    assert named(work.queue(), "faults of ours").ok
    submission.attempts.update(verdict="sandbox_fault", message="no bwrap")
    type(submission).objects.update(verdict="sandbox_fault")
    assert named(work.queue(), "faults of ours").detail == "1 in the last day; the last says: no bwrap"


def test_an_environment_from_another_lock_is_named(tmp_path, settings):
    lock = tmp_path / "requirements" / "student-cpu.txt"
    lock.parent.mkdir()
    lock.write_text("numpy==2.4.0")
    for name in ("web.txt", "dev.txt"):
        (lock.parent / name).write_text(name)
    settings.ARENA_RUNTIME_LOCK = lock
    settings.ARENA_STUDENT_RUNTIME = tmp_path / "runtime"
    assert "is missing" in named(machine.locks(), "students' runtime").detail
    (tmp_path / "runtime" / "bin").mkdir(parents=True)
    (tmp_path / "runtime" / "bin" / "python").symlink_to("/bin/false")
    assert "not made from the present lock" in named(machine.locks(), "students' runtime").detail

    (tmp_path / "runtime" / "arena-lock").write_text("0" * 64)
    assert not named(machine.locks(), "students' runtime").ok
    import hashlib

    (tmp_path / "runtime" / "arena-lock").write_text(hashlib.sha256(b"numpy==2.4.0").hexdigest())
    assert named(machine.locks(), "students' runtime").ok


def test_hidden_labels_that_other_accounts_may_read_are_a_problem(settings, tmp_path):
    settings.VAR = tmp_path / "var"
    settings.HIDDEN_ROOT = tmp_path / "var" / "hidden"
    settings.MEDIA_ROOT = tmp_path / "var" / "files"
    settings.HIDDEN_ROOT.mkdir(parents=True)
    settings.VAR.chmod(0o755)
    settings.HIDDEN_ROOT.chmod(0o755)
    assert not named(machine.folders(), "hidden labels are private").ok
    settings.HIDDEN_ROOT.chmod(0o750)
    assert [f.name for f in machine.folders()] == ["uploads", "hidden labels"]


def test_a_public_site_with_debug_is_dangerous(settings):
    settings.ALLOWED_HOSTS = ["localhost"]
    assert [f.ok for f in dangers.dangers()] == [True]
    settings.ALLOWED_HOSTS = ["arena.example.org"]
    settings.DEBUG = True
    names = [f.name for f in dangers.dangers()]
    assert "settings DEBUG" in names
    assert "settings security.W008" in names  # no redirect to HTTPS


def test_migrations_that_were_not_applied_are_counted(monkeypatch):
    assert named(ground.database(), "migrations").detail == "all applied"
    from django.db.migrations.executor import MigrationExecutor

    class Migration:
        app_label, name = "quizzes", "0002_more"

    monkeypatch.setattr(MigrationExecutor, "migration_plan", lambda self, targets: [(Migration, False)])
    assert named(ground.database(), "migrations").detail == "1 not applied: quizzes.0002_more"
