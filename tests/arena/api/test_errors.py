"""Errors of the API have one shape, whoever finds them: a code that stays and a sentence in the reader's language."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

pytestmark = pytest.mark.django_db
ROOT = "/api/v1"


def test_without_a_token_that_is_accepted_the_answer_says_where_to_make_one(client, cast):
    said = {
        "code": "token",
        "message": "The token is missing, wrong or no longer holds. Make one on the page “API tokens”.",
    }
    for headers in ({}, {"Authorization": "Bearer arena_x"}, {"Authorization": "Basic eDp5"}):
        answer = client.get(f"{ROOT}/competitions", headers=headers)
        assert (answer.status_code, answer.json()) == (401, said)


def test_what_is_not_there_and_what_is_somebody_else_s_are_answered_alike(client, cast, files, hand_in, key):
    theirs = hand_in(cast.classmate, {"p.csv": files.half}, judged=False)
    answers = [client.get(f"{ROOT}/submissions/{pk}", headers=key(cast.student)) for pk in (theirs.pk, 10**30, 0)]
    assert [a.status_code for a in answers] == [404, 404, 404]
    assert [a.json() for a in answers] == 3 * [
        {"code": "not_found", "message": "There is nothing of yours at this address."}
    ]


def test_a_call_without_its_fields_names_them_in_the_language_of_the_account(client, cast, key):
    mine = key(cast.student)
    answer = client.post(f"{ROOT}/competitions/letters/submissions", {"practice": "perhaps"}, headers=mine)
    said = {"code": "invalid", "message": "Missing, or not of its kind: files, practice."}
    assert (answer.status_code, answer.json()) == (422, said)
    cast.student.language = "ro"
    cast.student.save()
    answer = client.post(f"{ROOT}/competitions/letters/rules", headers=mine | {"accept-language": "en"})
    assert answer.json() == {"code": "invalid", "message": "Lipsește sau nu este de felul cerut: version."}


def test_a_body_that_is_no_form_is_no_fault_of_the_site(client, cast, key):
    answer = client.post(
        f"{ROOT}/competitions/letters/rules",
        b"\xff{",
        content_type="multipart/form-data; boundary=x",
        headers=key(cast.student),
    )
    assert answer.status_code in (400, 422)
    assert sorted(answer.json()) == ["code", "message"]


def test_code_above_the_limit_is_refused_before_it_is_read(client, cast, files, hand_in, key, settings):
    cast.competition.must_reproduce = True
    cast.competition.save()
    row = hand_in(cast.student, {"p.csv": files.half}, judged=False)
    settings.ARENA_MAX_UPLOAD_BYTES = 10
    body = {"files": SimpleUploadedFile("main.py", b"print('hello')\n")}
    answer = client.post(f"{ROOT}/submissions/{row.pk}/code", body, headers=key(cast.student))
    assert (answer.status_code, answer.json()["code"]) == (422, "upload_too_big")
