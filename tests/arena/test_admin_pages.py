"""The admin's own pages: what the site records is only looked at there, and what is changed there is recorded."""

import pytest
from django.contrib import admin

from arena.accounts.models import ApiToken, User
from arena.audit.admin import ReadOnlyAdmin, RecordedAdmin
from arena.audit.models import Event
from arena.submissions.models import Submission

pytestmark = pytest.mark.django_db


def test_every_table_is_read_only_or_recorded():
    ours = {model: shown for model, shown in admin.site._registry.items() if model.__module__.startswith("arena.")}
    assert len(ours) > 8
    assert [model for model, shown in ours.items() if not isinstance(shown, ReadOnlyAdmin | RecordedAdmin)] == []
    assert {model for model, shown in ours.items() if isinstance(shown, RecordedAdmin)} == {User, ApiToken}


def test_a_submission_is_looked_at_and_never_edited(client, cast, hand_in, files):
    made = hand_in(cast.student, {"p.csv": files.half})
    client.force_login(cast.admin)
    address = f"/admin/submissions/submission/{made.pk}/change/"
    assert client.get("/admin/submissions/submission/").status_code == 200
    assert client.get(address).status_code == 200
    assert client.post(address, {"comment": "other"}).status_code == 403
    assert client.post(f"/admin/submissions/submission/{made.pk}/delete/", {"post": "yes"}).status_code == 403
    assert Submission.objects.get(pk=made.pk).comment == made.comment


def test_a_right_given_to_a_person_is_an_event(client, cast):
    client.force_login(cast.admin)
    user = cast.outsider
    data = {"email": user.email, "name": user.name, "language": "", "is_active": "on", "may_create_courses": "on"}
    assert client.post(f"/admin/accounts/user/{user.pk}/change/", data).status_code == 302
    user.refresh_from_db()
    assert user.may_create_courses
    event = Event.objects.get(action="user.changed")
    assert (event.actor, event.target, event.details) == (
        cast.admin,
        f"accounts.user:{user.pk}",
        {"fields": {"may_create_courses": "True"}},
    )


def test_a_password_set_by_an_admin_is_an_event_without_the_password(client, cast):
    client.force_login(cast.admin)
    secret = "a new and long password"  # noqa: S105
    data = {"usable_password": "true", "password1": secret, "password2": secret}
    assert client.post(f"/admin/accounts/user/{cast.outsider.pk}/password/", data).status_code == 302
    events = list(Event.objects.values_list("action", "details"))
    assert events == [("user.password_set", {})]
    data = {"email": "new@test.example", "name": "New", **data}
    assert client.post("/admin/accounts/user/add/", data).status_code == 302
    event = Event.objects.get(action="user.added")
    assert event.details == {"fields": {"email": "new@test.example", "name": "New"}}
    assert (
        client.post(f"/admin/accounts/user/{event.target.partition(':')[2]}/delete/", {"post": "yes"}).status_code
        == 302
    )
    assert Event.objects.get(action="user.deleted").details == {"name": "New"}
