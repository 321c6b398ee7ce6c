"""Passwords and the names on boards."""

from __future__ import annotations

import re

from django.core import mail
from django.urls import reverse
from django.utils import timezone

from arena.accounts.tokens import issue


def test_a_new_student_sets_a_password_by_a_link_that_works_once(client, cast, postman):
    client.post(reverse("password_reset"), {"email": "student@test.example"})
    (message,) = mail.outbox
    link = re.search(r"http://testserver(/\S+)", message.body)[1]
    form = client.get(link, follow=True)
    address = form.redirect_chain[-1][0]
    new = {"new_password1": "velmor quzzak 7", "new_password2": "velmor quzzak 7"}
    assert client.post(address, new).url == reverse("login")
    assert client.login(username="student@test.example", password="velmor quzzak 7")
    assert "used before or is too old" in client.get(link, follow=True).content.decode()


def test_an_unknown_address_is_answered_alike_and_gets_no_mail(client, cast, postman):
    answer = client.post(reverse("password_reset"), {"email": "nobody@test.example"}, follow=True)
    assert "If an account has this address" in answer.content.decode()
    assert mail.outbox == []


def test_an_answer_about_a_link_costs_the_same_work_for_every_address(
    client, cast, monkeypatch, django_assert_num_queries
):
    sent = []
    monkeypatch.setattr("arena.broker.is_there", lambda: True)
    monkeypatch.setattr("arena.accounts.tasks.mail_password_link.apply_async", lambda **task: sent.append(task))
    for address in ("student@test.example", "nobody@test.example"):
        with django_assert_num_queries(0):
            client.post(reverse("password_reset"), {"email": address})
    assert [task["kwargs"]["email"] for task in sent] == ["student@test.example", "nobody@test.example"]
    assert mail.outbox == []


def test_whoever_asks_while_no_worker_can_be_reached_is_told(client, cast, monkeypatch):
    monkeypatch.setattr("arena.broker.is_there", lambda: False)
    answer = client.post(reverse("password_reset"), {"email": "student@test.example"})
    assert "Try again in a few minutes" in answer.content.decode()


def test_changing_the_password_asks_for_the_old_one(client, cast):
    client.force_login(cast.student)
    new = {"new_password1": "velmor quzzak 7", "new_password2": "velmor quzzak 7"}
    client.post(reverse("password_change"), {"old_password": "wrong", **new})
    assert not client.login(username="student@test.example", password="velmor quzzak 7")
    client.force_login(cast.student)
    client.post(reverse("password_change"), {"old_password": "a long password", **new})
    assert client.login(username="student@test.example", password="velmor quzzak 7")


def test_fellow_students_read_the_pseudonym_and_staff_the_name(client, cast, files, hand_in):
    hand_in(cast.student, {"p.csv": files.half})
    client.force_login(cast.student)
    client.post(reverse("pseudonym", args=["letters"]), {"pseudonym": "  Grey   Heron "})
    board = reverse("leaderboard", args=["letters"])

    def reads(user: object) -> str:
        client.force_login(user)
        return client.get(board).content.decode()

    assert "Grey Heron" in reads(cast.classmate)
    assert "The student" not in reads(cast.classmate)
    assert "The student" in reads(cast.assistant)
    client.force_login(cast.classmate)
    _, token = issue(cast.classmate, name="t", at=timezone.now())
    rows = client.get("/api/v1/competitions/letters/leaderboard", headers={"Authorization": f"Bearer {token}"}).json()
    assert [row["name"] for row in rows] == ["Grey Heron"]


def test_nobody_takes_another_s_name(client, cast):
    client.force_login(cast.student)
    client.post(reverse("pseudonym", args=["letters"]), {"pseudonym": "the CLASSMATE"})
    cast.student_enrolment.refresh_from_db()
    assert cast.student_enrolment.pseudonym == ""


def test_a_student_of_a_roster_is_invited_once_and_in_the_own_language(client, cast):
    cast.classmate.set_unusable_password()
    cast.classmate.language = "ro"
    cast.classmate.save()
    client.force_login(cast.instructor)
    assert "1 student has not chosen a password yet" in client.get(reverse("roster", args=["ml"])).content.decode()
    client.post(reverse("invite", args=["ml"]))
    (message,) = mail.outbox
    assert (message.to, message.subject) == (["classmate@test.example"], "Cont pe Arena")
    link = re.search(r"http://testserver(/\S+)", message.body)[1]
    address = client.get(link, follow=True).redirect_chain[-1][0]
    client.post(address, {"new_password1": "velmor quzzak 7", "new_password2": "velmor quzzak 7"})
    assert client.login(username="classmate@test.example", password="velmor quzzak 7")


def test_only_instructors_invite(client, cast):
    cast.classmate.set_unusable_password()
    cast.classmate.save()
    client.force_login(cast.assistant)
    assert client.post(reverse("invite", args=["ml"])).status_code == 404
    assert mail.outbox == []
