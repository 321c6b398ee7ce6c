"""Tokens and sessions live as long as the credentials they were made with, and no longer."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from arena.accounts.models import ApiToken, User
from arena.accounts.tokens import find_token, issue
from arena.audit.models import Event

pytestmark = pytest.mark.django_db
NEW = "velmor quzzak 7"
API = "/api/v1/competitions"


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def is_signed_in(client):
    return client.get("/").status_code == 200


def asks(token, path=API, method="get"):
    return getattr(Client(), method)(path, headers={"Authorization": f"Bearer {token}"})


def change_own_password(cast):
    data = {"old_password": "a long password", "new_password1": NEW, "new_password2": NEW}
    assert signed_in(cast.student).post(reverse("password_change"), data).status_code == 302


def reset_password(cast):
    client = Client()
    client.post(reverse("password_reset"), {"email": "student@test.example"})
    link = re.search(r"http://testserver(/\S+)", mail.outbox[-1].body)[1]
    form = client.get(link, follow=True).redirect_chain[-1][0]
    assert client.post(form, {"new_password1": NEW, "new_password2": NEW}).status_code == 302


def admin_sets_password(cast):
    address = reverse("admin:auth_user_password_change", args=[cast.student.pk])
    data = {"password1": NEW, "password2": NEW, "usable_password": "true"}
    assert signed_in(cast.admin).post(address, data).status_code == 302


def admin_changes_email(cast):
    User.objects.filter(pk=cast.student.pk).update(email="elsewhere@test.example")


def change_own_email(cast):
    client = signed_in(cast.student)
    client.post(reverse("email"), {"email": "new@test.example", "password": "a long password"})
    link = re.search(r"http://testserver(/\S+)", mail.outbox[-1].body)[1]
    assert client.post(link).status_code == 302


@pytest.mark.parametrize(
    "change", [change_own_password, reset_password, admin_sets_password, admin_changes_email, change_own_email]
)
def test_new_credentials_end_every_other_session_and_every_token(cast, postman, change):
    stolen, (_, token) = signed_in(cast.student), issue(cast.student, name="t", at=timezone.now())
    neighbour, (_, other) = signed_in(cast.classmate), issue(cast.classmate, name="t", at=timezone.now())
    assert is_signed_in(stolen)
    assert asks(token).status_code == 200
    change(cast)
    assert not is_signed_in(stolen)
    assert asks(token).status_code == 401
    assert is_signed_in(neighbour)
    assert asks(other).status_code == 200


def test_whoever_changes_a_password_stays_signed_in(cast, postman):
    client = signed_in(cast.student)
    client.post(
        reverse("password_change"), {"old_password": "a long password", "new_password1": NEW, "new_password2": NEW}
    )
    assert is_signed_in(client)


# ---- tokens


def test_a_token_is_made_only_with_the_password_and_has_name_scopes_and_an_end(cast):
    client = signed_in(cast.student)
    fields = {"name": "laptop", "scopes": ["read"], "days": "30"}
    answer = client.post(reverse("tokens"), {**fields, "password": "wrong"})
    assert "This is not your password." in answer.content.decode()
    assert not ApiToken.objects.exists()
    answer = client.post(reverse("tokens"), {**fields, "password": "a long password"})
    plain = re.search(r"arena_[\w-]{43}", answer.content.decode())[0]
    token = ApiToken.objects.get()
    assert (token.name, token.scopes, (token.expires_at - token.created_at).days) in [
        ("laptop", ["read"], 30),
        ("laptop", ["read"], 29),
    ]
    assert asks(plain).status_code == 200
    assert plain not in client.get(reverse("tokens")).content.decode()


def test_guessing_the_password_on_the_page_of_tokens_is_slowed_down(cast):
    client = signed_in(cast.student)
    for _ in range(10):
        client.post(reverse("tokens"), {"name": "x", "scopes": ["read"], "days": "30", "password": "wrong"})
    fields = {"name": "x", "scopes": ["read"], "days": "30", "password": "a long password"}
    assert "Wait 15 minutes" in client.post(reverse("tokens"), fields).content.decode()
    assert not ApiToken.objects.exists()


def test_a_token_ends_on_its_day_and_tells_its_last_use(cast):
    now = timezone.now()
    token, plain = issue(cast.student, name="t", at=now, days=7)
    assert find_token(plain, at=now + timedelta(days=6, hours=23)) == token
    assert find_token(plain, at=now + timedelta(days=7)) is None
    token.refresh_from_db()
    assert token.used_at == now + timedelta(days=6, hours=23)


@pytest.mark.parametrize(
    ("scope", "allowed"),
    [("read", {"read"}), ("submit", {"submit"}), ("marks", {"marks"})],
)
def test_a_token_does_what_its_scopes_say_and_nothing_else(cast, scope, allowed):
    _, token = issue(cast.student, name="t", at=timezone.now(), scopes=[scope])
    answers = {
        "read": asks(token),
        "marks": asks(token, "/api/v1/courses/ml/mark"),
        "submit": asks(token, "/api/v1/submissions/1/cancellation", "post"),
    }
    assert {name for name, answer in answers.items() if answer.status_code != 403} == allowed
    refused = next(answer for answer in answers.values() if answer.status_code == 403)
    assert refused.json()["code"] == "scope"


def test_the_server_prints_a_token_and_the_audit_log_says_so(cast, capsys):
    call_command("token", "STUDENT@test.example", name="script", days=7)
    assert asks(capsys.readouterr().out.strip()).status_code == 200
    event = Event.objects.get(action="token.made")
    assert (event.actor, event.details["owner"], event.details["name"]) == (None, "student@test.example", "script")
    with pytest.raises(CommandError, match=r"nobody@test\.example"):
        call_command("token", "nobody@test.example", name="script")


# ---- another e-mail address


def link_for(client, address):
    client.post(reverse("email"), {"email": address, "password": "a long password"})
    return re.search(r"http://testserver(/\S+)", mail.outbox[-1].body)[1]


def test_another_address_is_confirmed_from_there_and_the_old_one_is_told(cast, postman):
    client = signed_in(cast.student)
    link = link_for(client, "New@Test.example")
    assert mail.outbox[-1].to == ["new@test.example"]
    client.get(link)  # a mail program looks
    cast.student.refresh_from_db()
    assert cast.student.email == "student@test.example"
    client.post(link)
    cast.student.refresh_from_db()
    assert cast.student.email == "new@test.example"
    assert is_signed_in(client)
    assert (mail.outbox[-1].to, "new@test.example" in mail.outbox[-1].body) == (["student@test.example"], True)
    assert client.post(link).status_code == 410


def test_a_link_is_worth_nothing_to_others_without_the_password_or_after_a_new_one(cast, postman):
    client = signed_in(cast.student)
    client.post(reverse("email"), {"email": "new@test.example", "password": "wrong"})
    assert mail.outbox == []
    link = link_for(client, "new@test.example")
    assert signed_in(cast.classmate).post(link).status_code == 410
    change_own_password(cast)
    cast.student.refresh_from_db()
    assert signed_in(cast.student).post(link).status_code == 410
    cast.classmate.refresh_from_db()
    assert cast.classmate.email == "classmate@test.example"


def test_a_taken_address_is_answered_alike_and_gets_no_mail(cast, postman):
    client = signed_in(cast.student)
    fields = {"email": "classmate@test.example", "password": "a long password"}
    taken = client.post(reverse("email"), fields, follow=True).content.decode()
    assert "If no other account has classmate@test.example" in taken
    assert mail.outbox == []


@pytest.mark.parametrize(
    "password",
    ["password123", "qwertyuiop", "1234567890", "Parola1234", "universitate", "iloveyou2026", "student@test.example"],
)
def test_a_password_that_many_people_use_is_refused(cast, password):
    data = {"old_password": "a long password", "new_password1": password, "new_password2": password}
    assert signed_in(cast.student).post(reverse("password_change"), data).status_code == 200
