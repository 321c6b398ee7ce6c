"""Whatever loses work of a second person, or tells people something, happens once however often the button is pressed."""

from __future__ import annotations

import threading

import pytest
from django.db import connection
from django.test import Client

from arena.accounts.idempotency import WITHIN, clear_keys
from arena.accounts.models import IdempotencyKey
from arena.audit.models import Event
from arena.regrading.models import Regrade

REGRADES = "/competitions/letters/regrades/"


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def fields_of(client, address):
    """What the page's own form sends if nothing is touched, as a browser would."""
    page = client.get(address)
    form = page.context["form"]
    return {name: form[name].value() for name in form.fields if form[name].value() not in (None, False)}


@pytest.mark.django_db
def test_a_double_click_makes_one_regrade(cast, files, hand_in):
    hand_in(cast.student, {"p.csv": files.half})
    client = signed_in(cast.instructor)
    fields = fields_of(client, REGRADES) | {"reason": "new labels"}
    first, second = (client.post(REGRADES, fields) for _ in range(2))
    assert Regrade.objects.count() == 1
    assert (first.status_code, second.status_code, second.url) == (302, 302, first.url)
    assert "is done once" in client.get(second.url).content.decode()


@pytest.mark.django_db
def test_other_fields_and_other_people_are_other_presses(cast, files, hand_in):
    hand_in(cast.student, {"p.csv": files.half})
    client = signed_in(cast.instructor)
    fields = fields_of(client, REGRADES)
    client.post(REGRADES, fields | {"reason": "one"})
    client.post(REGRADES, fields | {"reason": "two"})
    signed_in(cast.admin).post(REGRADES, fields | {"reason": "two"})
    assert Regrade.objects.count() == 3


@pytest.mark.django_db
def test_a_form_that_came_back_with_errors_may_be_sent_again_at_once(cast, files, hand_in):
    client = signed_in(cast.instructor)
    fields = fields_of(client, REGRADES) | {"reason": "too early"}
    assert client.post(REGRADES, fields).status_code == 422
    hand_in(cast.student, {"p.csv": files.half})
    assert client.post(REGRADES, fields).status_code == 302
    assert Regrade.objects.count() == 1


@pytest.mark.django_db
def test_after_a_while_the_same_is_meant_again_and_old_keys_are_cleared(cast, files, hand_in):
    hand_in(cast.student, {"p.csv": files.half})
    client = signed_in(cast.instructor)
    fields = fields_of(client, REGRADES) | {"reason": "again"}
    client.post(REGRADES, fields)
    key = IdempotencyKey.objects.get()
    IdempotencyKey.objects.update(at=key.at - WITHIN)
    client.post(REGRADES, fields)
    assert Regrade.objects.count() == 2
    assert clear_keys(at=key.at + 3 * WITHIN) == 1


@pytest.mark.django_db(transaction=True)
def test_two_presses_at_the_same_moment_count_once(cast):
    barrier, answers = threading.Barrier(2), []
    clients = [signed_in(cast.instructor) for _ in range(2)]

    def press(client):
        barrier.wait()
        try:
            answers.append(
                client.post(
                    "/competitions/letters/edit/extensions/",
                    {"user": str(cast.student.pk), "until": "2030-01-01T12:00", "reason": "ill"},
                ).status_code
            )
        finally:
            connection.close()

    threads = [threading.Thread(target=press, args=(client,)) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Event.objects.filter(action="competition.extended").count() == 1, answers
