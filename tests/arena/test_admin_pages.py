"""The admin's own pages: what the site's own pages write is only looked at there, and a right given there is recorded."""

import pytest
from django.contrib import admin

from arena.accounts.models import ApiToken, User
from arena.audit.admin import ReadOnlyAdmin
from arena.audit.models import Event
from arena.submissions.models import Submission

pytestmark = pytest.mark.django_db


def test_every_table_but_people_and_tokens_is_read_only():
    ours = {model: shown for model, shown in admin.site._registry.items() if model.__module__.startswith("arena.")}
    assert len(ours) > 8
    assert {model for model, shown in ours.items() if not isinstance(shown, ReadOnlyAdmin)} == {User, ApiToken}


def test_no_action_deletes_many_rows_without_a_record_of_each(client, cast):
    client.force_login(cast.admin)
    for address in ("/admin/accounts/user/", "/admin/accounts/apitoken/"):
        assert "delete_selected" not in client.get(address).content.decode()


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
    event = Event.objects.get(action="admin.changed")
    assert (event.actor, event.target) == (cast.admin, f"accounts.user:{user.pk}")
    assert event.details["change"] == "Changed May create courses."
