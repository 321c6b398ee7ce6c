"""The HTTP API as a student's program meets it: lists, downloads, submitting, the board, refusals and secrets."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from arena.accounts.models import ApiToken
from arena.accounts.tokens import issue
from arena.submissions.models import Submission

pytestmark = pytest.mark.django_db
ROOT = "/api/v1"
LETTERS = f"{ROOT}/competitions/letters"


def test_a_submission_is_accepted_queued_judged_and_followed(client, cast, files, key, send, bell):
    from arena.submissions.judging import judge

    mine = key(cast.student)
    answer = send(mine, "p.csv", files.half, comment="first try")
    assert answer.status_code == 201
    made = answer.json()
    assert (made["status"], made["type"], made["comment"], made["public_score"]) == (
        "queued",
        "predictions",
        "first try",
        None,
    )
    assert len(bell) == 1
    judge(bell[0])
    found = client.get(f"{ROOT}/submissions/{made['id']}", headers=mine).json()
    assert (found["status"], found["verdict"], found["public_score"], found["private_score"]) == (
        "finished",
        "ok",
        0.5,
        None,
    )
    assert [row["id"] for row in client.get(f"{LETTERS}/submissions", headers=mine).json()] == [made["id"]]
    assert client.get(f"{ROOT}/competitions", headers=mine).json()[0]["quota_left"] == 2
    board = client.get(f"{LETTERS}/leaderboard", headers=mine).json()
    assert board == [
        {"rank": 1, "name": "The student", "score": 0.5, "submissions": 1, "is_baseline": False, "members": []}
    ]


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("task.ipynb", b'{"cells": []}', "notebook"),
        ("p.csv", b"id,label\n01,a\n", "missing_ids"),
        ("p.csv", b"\x00\x01\x02" * 9, "binary_file"),
        ("main.py", b'{"cells": [], "nbformat": 4}', "notebook"),
    ],
)
def test_a_refusal_has_a_code_and_a_sentence_and_costs_nothing(client, cast, key, send, name, data, code):
    mine = key(cast.student)
    answer = send(mine, name, data)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert len(answer.json()["message"]) > 20
    assert not Submission.objects.exists()
    assert client.get(f"{ROOT}/competitions", headers=mine).json()[0]["quota_left"] == 3


def test_the_fourth_of_three_submissions_is_refused(cast, files, key, send):
    mine = key(cast.student)
    answers = [send(mine, "p.csv", files.half) for _ in range(4)]
    assert [a.status_code for a in answers] == [201, 201, 201, 422]
    assert answers[3].json()["code"] == "quota_used"


def test_what_is_sent_again_with_the_same_key_is_taken_once(cast, files, key, send):
    mine = key(cast.student)
    first, again, other = (send(mine, "p.csv", files.half, key=name).json()["id"] for name in ("a", "a", "b"))
    assert first == again
    assert first != other


def test_after_the_deadline_nothing_is_accepted(cast, files, key, send):
    cast.competition.deadline = timezone.now() - timedelta(seconds=1)
    cast.competition.save()
    assert send(key(cast.student), "p.csv", files.half).json()["code"] == "closed"


def test_public_files_are_listed_and_downloaded_byte_for_byte(client, cast, key):
    import hashlib

    mine = key(cast.student)
    (row,) = client.get(f"{LETTERS}/files", headers=mine).json()
    answer = client.get(f"{LETTERS}/files/test.csv", headers=mine)
    data = b"".join(answer.streaming_content)
    for close in answer._resource_closers:
        close()
    assert data == b"id\n01\n02\n03\n04\n05\n06\n"
    assert (row["name"], row["size"], row["sha256"]) == ("test.csv", 21, hashlib.sha256(data).hexdigest())


@pytest.mark.parametrize("name", ["solution.csv", "..%2Fhidden%2Fsolution.csv", "%2Fetc%2Fpasswd"])
def test_what_is_no_public_file_is_not_found(client, cast, key, name):
    assert client.get(f"{LETTERS}/files/{name}", headers=key(cast.student)).status_code == 404


def test_others_see_neither_competition_nor_submission(client, cast, files, key, send):
    pk = send(key(cast.student), "p.csv", files.half).json()["id"]
    stranger = key(cast.outsider)
    assert client.get(f"{ROOT}/competitions", headers=stranger).json() == []
    for path in ("/files", "/submissions", "/leaderboard"):
        assert client.get(LETTERS + path, headers=stranger).status_code == 404
    assert send(stranger, "p.csv", files.half).status_code == 404
    # a classmate's and even the staff's view of somebody's submission is a page, not the student's API
    for user in (cast.classmate, cast.outsider):
        assert client.get(f"{ROOT}/submissions/{pk}", headers=key(user)).status_code == 404


def test_a_token_that_is_wrong_deleted_or_of_a_closed_account_is_not_accepted(client, cast, key):
    mine = key(cast.student)
    assert client.get(f"{ROOT}/competitions", headers=mine).status_code == 200
    assert client.get(f"{ROOT}/competitions", headers={"Authorization": "Bearer arena_x"}).status_code == 401
    client.force_login(cast.student)
    assert client.get(f"{ROOT}/competitions").status_code == 401
    cast.student.is_active = False
    cast.student.save()
    assert client.get(f"{ROOT}/competitions", headers=mine).status_code == 401
    cast.student.is_active = True
    cast.student.save()
    ApiToken.objects.all().delete()
    assert client.get(f"{ROOT}/competitions", headers=mine).status_code == 401


def test_a_token_is_stored_as_a_digest_only(cast):
    row, plain = issue(cast.student, name="laptop", at=timezone.now())
    assert plain not in str(list(ApiToken.objects.filter(pk=row.pk).values()))


def test_the_description_names_every_verb(client):
    paths = client.get(f"{ROOT}/openapi.json").json()["paths"]
    found = {path.removeprefix("/api/v1"): sorted(verbs) for path, verbs in paths.items()}
    assert found == {
        "/competitions": ["get"],
        "/competitions/{slug}/files": ["get"],
        "/competitions/{slug}/files/{name}": ["get"],
        "/competitions/{slug}/leaderboard": ["get"],
        "/competitions/{slug}/rules": ["get", "post"],
        "/competitions/{slug}/submissions": ["get", "post"],
        "/courses/{slug}/mark": ["get"],
        "/submissions/{pk}": ["get"],
        "/submissions/{pk}/cancellation": ["post"],
        "/submissions/{pk}/code": ["post"],
        "/submissions/{pk}/files": ["get"],
        "/submissions/{pk}/files/{name}": ["get"],
        "/submissions/{pk}/final": ["delete", "post"],
        "/submissions/{pk}/log": ["get"],
        "/submissions/{pk}/withdrawal": ["delete", "post"],
    }
