"""A competition's rules through the API: read, accept, and read again when they have changed."""

from __future__ import annotations

import pytest

from arena.competitions.models import RulesAcceptance
from arena.competitions.services import set_rules

pytestmark = pytest.mark.django_db
RULES = "/api/v1/competitions/letters/rules"


def test_a_competition_without_rules_asks_for_nothing(client, cast, key):
    assert client.get(RULES, headers=key(cast.student)).json() == {"version": 0, "text": "", "must_accept": False}


def test_rules_are_read_accepted_and_then_no_submission_is_refused_for_them(client, cast, files, key, send):
    mine = key(cast.student)
    set_rules(cast.competition, "Be **fair**.", actor=cast.instructor)
    assert send(mine, "p.csv", files.half).json()["code"] == "rules"
    assert client.get(RULES, headers=mine).json() == {"version": 1, "text": "Be **fair**.", "must_accept": True}
    assert client.post(RULES, {"version": 1}, headers=mine).json()["must_accept"] is False
    assert client.post(RULES, {"version": 1}, headers=mine).status_code == 200
    assert [(row.user, row.rules.version) for row in RulesAcceptance.objects.all()] == [(cast.student, 1)]
    assert send(mine, "p.csv", files.half).status_code == 201
    assert client.get(RULES, headers=key(cast.classmate)).json()["must_accept"] is True


def test_whoever_accepts_what_was_replaced_meanwhile_is_asked_again(client, cast, key):
    for text in ("Be fair.", "Be fair and brief."):
        set_rules(cast.competition, text, actor=cast.instructor)
    answer = client.post(RULES, {"version": 1}, headers=key(cast.student))
    assert answer.json() == {"version": 2, "text": "Be fair and brief.", "must_accept": True}


@pytest.mark.parametrize(("version", "status"), [("2", 404), ("0", 404), ("1" * 30, 404), ("x", 422), ("", 422)])
def test_a_version_that_does_not_exist_is_not_accepted(client, cast, key, version, status):
    set_rules(cast.competition, "Be fair.", actor=cast.instructor)
    assert client.post(RULES, {"version": version}, headers=key(cast.student)).status_code == status
    assert not RulesAcceptance.objects.exists()


def test_strangers_neither_read_nor_accept_them(client, cast, key):
    set_rules(cast.competition, "Be fair.", actor=cast.instructor)
    stranger = key(cast.outsider)
    assert client.get(RULES, headers=stranger).status_code == 404
    assert client.post(RULES, {"version": 1}, headers=stranger).status_code == 404
