"""Practice runs through the API: they cost nothing, and are for nobody but who started them."""

from __future__ import annotations

import pytest

from arena.competitions.services import add_public_file
from arena.submissions.models import Attempt, Submission

pytestmark = pytest.mark.django_db
ROOT = "/api/v1"
TRAIN = b"size,label\n" + b"".join(b"%d,%c\n" % (i, b"ab"[i % 2]) for i in range(20))
PROGRAM = b"print('hello')\n"


@pytest.fixture
def practised(cast):
    add_public_file(cast.competition, name="train.csv", data=TRAIN)
    return cast.competition


@pytest.fixture
def run(cast, practised, key, send):
    """The student's finished practice run, which scored 0.75."""
    made = send(key(cast.student), "main.py", PROGRAM, practice="true").json()
    Attempt.objects.filter(submission=made["id"]).update(status="finished", stdout="mine\n")
    rows = Submission.objects.filter(pk=made["id"])
    rows.update(status="finished", verdict="ok", private_score=0.75)
    return rows.get()


def test_a_practice_run_costs_nothing_and_says_what_it_is(client, cast, practised, key, send):
    mine = key(cast.student)
    answer = send(mine, "main.py", PROGRAM, practice="true")
    assert (answer.status_code, answer.json()["use"], answer.json()["status"]) == (201, "practice", "queued")
    assert client.get(f"{ROOT}/competitions", headers=mine).json()[0]["quota_left"] == 3
    assert client.get(f"{ROOT}/competitions/letters/submissions", headers=mine).json() == []
    assert send(mine, "main.py", PROGRAM, practice="true").json()["code"] == "practice_runs"
    assert send(mine, "main.py", PROGRAM).json()["use"] == "entry"


def test_predictions_can_t_be_practised(cast, practised, files, key, send):
    answer = send(key(cast.student), "p.csv", files.half, practice="1")
    assert (answer.status_code, answer.json()["code"]) == (422, "practice_code")


def test_its_author_reads_its_score_and_its_log(client, cast, run, key):
    mine = key(cast.student)
    found = client.get(f"{ROOT}/submissions/{run.pk}", headers=mine).json()
    assert (found["use"], found["practice_score"], found["public_score"], found["private_score"]) == (
        "practice",
        0.75,
        None,
        None,
    )
    assert client.get(f"{ROOT}/submissions/{run.pk}/log", headers=mine).json() == {"stdout": "mine\n", "stderr": ""}


def test_a_team_mate_and_the_staff_learn_nothing_of_it(client, cast, run, key, team):
    for person in (cast.classmate, cast.assistant, cast.instructor, cast.admin):
        headers = key(person)
        assert client.get(f"{ROOT}/submissions/{run.pk}", headers=headers).status_code == 404
        for what in ("log", "files", "files/main.py"):
            assert client.get(f"{ROOT}/submissions/{run.pk}/{what}", headers=headers).status_code == 404
        assert client.post(f"{ROOT}/submissions/{run.pk}/cancellation", headers=headers).status_code == 404


def test_it_is_cancelled_by_its_author_and_can_be_neither_final_nor_withdrawn_nor_explained(
    client, cast, practised, key, send
):
    mine = key(cast.student)
    practised.must_reproduce = True
    practised.save()
    pk = send(mine, "main.py", PROGRAM, practice="on").json()["id"]
    for verb in ("final", "withdrawal", "code"):
        assert client.post(f"{ROOT}/submissions/{pk}/{verb}", headers=mine).status_code == 404
    assert client.post(f"{ROOT}/submissions/{pk}/cancellation", headers=mine).json()["status"] == "cancelled"


def test_an_entry_has_no_practice_score_although_its_private_one_is_known(client, cast, files, hand_in, key):
    row = hand_in(cast.student, {"p.csv": files.perfect})
    assert row.private_score == 1.0
    found = client.get(f"{ROOT}/submissions/{row.pk}", headers=key(cast.student)).json()
    assert (found["practice_score"], found["private_score"], found["public_score"]) == (None, None, 1.0)
