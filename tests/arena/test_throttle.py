"""Guessing passwords is slow work, from one address or many, and mail is no weapon."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from arena.accounts.models import Try, User
from arena.accounts.throttle import begin, clear_tries

pytestmark = pytest.mark.django_db
RIGHT, WRONG = "a long password", "a wrong password"


def sign_in(client, password, *, path="/account/sign-in/", address="10.0.0.1", email="student@test.example"):
    data = {"username": email, "password": password}
    return client.post(path, data, REMOTE_ADDR=address)


@pytest.mark.parametrize("path", ["/account/sign-in/", "/admin/login/"])
def test_after_ten_wrong_passwords_the_right_one_is_refused_too(client, cast, path):
    email = "admin@test.example"
    for _ in range(10):
        assert sign_in(client, WRONG, path=path, email=email).status_code == 200
    assert sign_in(client, RIGHT, path=path, email=email.upper()).status_code == 200
    assert "_auth_user_id" not in client.session


def test_whoever_is_stopped_is_told_to_wait(client, cast):
    for _ in range(10):
        sign_in(client, WRONG)
    assert "Wait 15 minutes" in sign_in(client, RIGHT).content.decode()


def test_one_address_does_not_lock_a_person_out_elsewhere(client, cast):
    for _ in range(30):
        sign_in(client, WRONG)
    assert sign_in(client, RIGHT, address="10.0.0.2").status_code == 302


def test_the_brake_lets_go_after_a_quarter_of_an_hour_and_old_tries_are_cleared(client, cast):
    for _ in range(11):
        sign_in(client, WRONG)
    Try.objects.update(at=timezone.now() - timedelta(minutes=15))
    assert sign_in(client, RIGHT).status_code == 302
    assert clear_tries(at=timezone.now() + timedelta(minutes=16)) == 0


def test_a_right_password_forgets_the_wrong_ones_before_it(client, cast):
    for _ in range(9):
        sign_in(client, WRONG)
    assert sign_in(client, RIGHT).status_code == 302
    assert Try.objects.count() == 0


def test_many_addresses_are_stopped_at_one_account_and_one_address_at_many_accounts(db):
    now = timezone.now()
    spread = [begin("ana@test.example", address=f"10.0.1.{n}", at=now) is not None for n in range(101)]
    assert (spread.count(True), spread[-1]) == (100, False)
    many = [begin(f"{n}@test.example", address="10.0.0.9", at=now) is not None for n in range(201)]
    assert (many.count(True), many[-1]) == (200, False)


def test_what_was_typed_is_not_kept(client, cast):
    sign_in(client, WRONG, email="my password in the wrong field")
    assert "password" not in str(Try.objects.values().get())


def test_an_address_gets_three_links_and_no_flood(client, cast, postman):
    pages = {client.post("/account/password/forgotten/", {"email": "student@test.example"}).url for _ in range(6)}
    assert (len(mail.outbox), pages) == (3, {"/account/password/sent/"})


def test_somebody_from_a_roster_who_never_had_a_password_gets_a_link(client, db, postman):
    User.objects.create_user("new@test.example", None, name="The newcomer")
    client.post("/account/password/forgotten/", {"email": "new@test.example"})
    assert [message.to for message in mail.outbox] == [["new@test.example"]]
