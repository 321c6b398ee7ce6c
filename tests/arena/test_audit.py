"""The audit log: only added to, sealed into a chain that shows every later touch, searchable, exportable."""

from __future__ import annotations

import io
import json

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection

from arena.audit.chain import seal, verify
from arena.audit.models import AppendOnly, Event, Head
from arena.audit.services import record

pytestmark = pytest.mark.django_db


@pytest.fixture
def events(cast):
    """Three sealed events."""
    found = [record(f"thing.{verb}", cast.course, actor=cast.admin, n=i) for i, verb in enumerate(("a", "b", "c"))]
    assert seal() == 3
    return found


def tamper(sql, *values):
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def test_an_event_is_never_changed_or_removed_through_the_models(events):
    event = Event.objects.first()
    for act in (event.save, event.delete, Event.objects.all().delete, lambda: Event.objects.update(action="x")):
        with pytest.raises(AppendOnly):
            act()
    assert Event.objects.count() == 3


def test_a_chain_that_nobody_touched_is_whole(events, cast):
    assert (verify().n_events, verify().broken_at) == (3, None)
    record("thing.d", cast.course, actor=None)
    assert verify().broken_at is None
    assert seal() == 1
    assert [e.number for e in Event.objects.order_by("pk")] == [1, 2, 3, 4]
    assert verify().head == Event.objects.get(number=4).hash


@pytest.mark.parametrize(
    ("sql", "broken_at"),
    [
        ("UPDATE audit_event SET action = 'nothing' WHERE number = 2", 2),
        ("UPDATE audit_event SET details = '{\"n\": 9}' WHERE number = 1", 1),
        ("UPDATE audit_event SET actor_id = NULL WHERE number = 3", 3),
        ("DELETE FROM audit_event WHERE number = 2", 2),
        ("DELETE FROM audit_event WHERE number = 3", 3),
        ("UPDATE audit_event SET hash = '" + "f" * 64 + "' WHERE number = 1", 1),
        ("UPDATE audit_head SET number = 2", 3),
    ],
)
def test_every_touch_breaks_the_chain_where_it_happened(events, sql, broken_at):
    tamper(sql)
    assert verify().broken_at == broken_at


def test_the_first_hash_is_what_the_documentation_says(events):
    import hashlib

    event = Event.objects.get(number=1)
    content = {
        "number": 1,
        "at": event.at.isoformat(),
        "actor": event.actor_id,
        "action": "thing.a",
        "target": f"courses.course:{event.target.split(':')[1]}",
        "details": {"n": 0},
        "origin": event.origin,
        "previous": "0" * 64,
    }
    text = json.dumps(content, sort_keys=True, ensure_ascii=False)
    assert event.hash == hashlib.sha256(text.encode()).hexdigest()


def test_the_command_says_where_it_is_broken_and_whether_an_earlier_end_is_still_there(events):
    head = Head.objects.get().hash
    out = io.StringIO()
    call_command("audit", "--head", head, stdout=out)
    assert json.loads(out.getvalue()) == {"events": 3, "head": head, "broken_at": None, "reason": ""}
    with pytest.raises(CommandError, match="rewritten"):
        call_command("audit", "--head", "0" * 64, stdout=io.StringIO())
    tamper("UPDATE audit_event SET action = 'nothing' WHERE number = 2")
    with pytest.raises(CommandError, match="broken at event 2") as caught:
        call_command("audit", stdout=io.StringIO())
    assert caught.value.returncode == 1


def test_the_export_holds_all_that_the_hashes_cover(events, cast):
    out = io.StringIO()
    call_command("audit", "--export", "--search", "thing.b admin@test", stdout=out)
    (row,) = map(json.loads, out.getvalue().splitlines())
    assert (row["number"], row["action"], row["actor_email"]) == (2, "thing.b", "admin@test.example")
    assert (row["details"], row["hash"]) == ({"n": 1}, Event.objects.get(number=2).hash)


def test_an_upload_is_recorded_with_the_address_it_came_from(client, cast, files, bell):
    from django.core.files.uploadedfile import SimpleUploadedFile

    client.force_login(cast.student)
    upload = {"files": SimpleUploadedFile("p.csv", files.half)}
    client.post("/competitions/letters/submit/", upload, headers={"X-Forwarded-For": "1.2.3.4, 203.0.113.9"})
    event = Event.objects.get(action="submission.accepted")
    assert (event.actor, event.origin) == (cast.student, "203.0.113.9")


def test_a_stranger_cannot_say_who_they_are(rf, settings):
    from arena.audit.origins import address_of

    forged = {"HTTP_X_FORWARDED_FOR": "10.0.0.1"}
    assert address_of(rf.get("/", REMOTE_ADDR="203.0.113.7", **forged)) == "203.0.113.7"
    assert address_of(rf.get("/", REMOTE_ADDR="127.0.0.1", **forged)) == "10.0.0.1"


def test_changes_on_the_administrations_pages_are_recorded(client, cast):
    client.force_login(cast.admin)
    user = cast.outsider
    data = {"email": user.email, "name": "Another name", "language": "", "is_active": "on"}
    client.post(f"/admin/accounts/user/{user.pk}/change/", data)
    event = Event.objects.get(action="admin.changed")
    assert (event.actor, event.target) == (cast.admin, f"accounts.user:{user.pk}")


def test_the_page_is_for_admins_and_finds_words_and_days(client, cast, events):
    for person, status in ((cast.admin, 200), (cast.instructor, 404), (cast.student, 404)):
        client.force_login(person)
        assert client.get("/audit/").status_code == status
        assert client.get("/audit/export/").status_code == status
    client.force_login(cast.admin)
    page = client.get("/audit/?text=thing.b").content.decode()
    assert ("thing.b" in page, "thing.a" in page) == (True, False)
    assert "Nothing found" in client.get("/audit/?until=2000-01-01").content.decode()
    assert "nothing was changed" in client.get("/audit/?check=1").content.decode()
    tamper("UPDATE audit_event SET action = 'nothing' WHERE number = 2")
    assert "broken at event 2" in client.get("/audit/?check=1").content.decode()
