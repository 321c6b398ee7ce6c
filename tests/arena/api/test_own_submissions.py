"""What a program does with its student's submissions: cancel, choose, explain, read the log; and with nobody else's."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from arena.audit.models import Event
from arena.submissions.models import Attempt, Submission

pytestmark = pytest.mark.django_db
PROGRAM = b"print('hello')\n"


def at(submission: Submission, verb: str = "") -> str:
    return f"/api/v1/submissions/{submission.pk}{verb}"


def close(competition: object) -> None:
    competition.deadline = timezone.now() - timedelta(seconds=1)
    competition.save()


def test_what_waits_is_cancelled_and_given_back(client, cast, files, hand_in, key):
    mine, row = key(cast.student), hand_in(cast.student, {"p.csv": files.half}, judged=False)
    answer = client.post(at(row, "/cancellation"), headers=mine)
    assert (answer.status_code, answer.json()["status"]) == (200, "cancelled")
    assert client.get("/api/v1/competitions", headers=mine).json()[0]["quota_left"] == 3
    assert Event.objects.get(action="submission.cancelled").actor == cast.student


def test_what_is_judged_is_cancelled_no_more(client, cast, files, hand_in, key):
    row = hand_in(cast.student, {"p.csv": files.half})
    answer = client.post(at(row, "/cancellation"), headers=key(cast.student))
    assert (answer.status_code, answer.json()) == (
        422,
        {
            "code": "not_cancellable",
            "message": "It was judged already, so it can't be cancelled any more.",
        },
    )


def test_a_choice_said_twice_stands_and_taken_back_twice_is_gone(client, cast, files, hand_in, key):
    mine, row = key(cast.student), hand_in(cast.student, {"p.csv": files.half})
    assert [client.post(at(row, "/final"), headers=mine).json()["is_final"] for _ in range(2)] == [True, True]
    assert [client.delete(at(row, "/final"), headers=mine).json()["is_final"] for _ in range(2)] == [False, False]
    assert Event.objects.filter(action="submission.selected").count() == 2


def test_another_choice_replaces_the_only_one_and_is_refused_where_more_are_chosen(client, cast, files, hand_in, key):
    mine = key(cast.student)
    one, two, three = (hand_in(cast.student, {"p.csv": files.half}) for _ in range(3))
    for row in (one, two):
        assert client.post(at(row, "/final"), headers=mine).status_code == 200
    rows = client.get("/api/v1/competitions/letters/submissions", headers=mine).json()
    assert {row["id"] for row in rows if row["is_final"]} == {two.pk}
    cast.competition.n_final = 2
    cast.competition.save()
    answers = [client.post(at(row, "/final"), headers=mine) for row in (one, three)]
    assert [a.status_code for a in answers] == [200, 422]
    assert answers[1].json() == {
        "code": "too_many_finals",
        "message": "You have chosen 2 submissions already. Take one of them back first.",
    }


def test_nothing_is_chosen_after_the_deadline_or_of_what_is_withdrawn(client, cast, files, hand_in, key):
    mine = key(cast.student)
    chosen, taken_back = (hand_in(cast.student, {"p.csv": files.half}) for _ in range(2))
    client.post(at(chosen, "/final"), headers=mine)
    client.post(at(taken_back, "/withdrawal"), headers=mine)
    assert client.post(at(taken_back, "/final"), headers=mine).json()["code"] == "not_counting"
    close(cast.competition)
    for call in (client.post, client.delete):
        answer = call(at(chosen, "/final"), headers=mine)
        assert (answer.status_code, answer.json()["code"]) == (422, "closed")
    chosen.refresh_from_db()
    assert chosen.is_selected


def test_a_team_mate_chooses_and_cancels_and_is_named(client, cast, files, hand_in, key, team):
    mate = key(cast.classmate)
    judged, waiting = (hand_in(cast.student, {"p.csv": files.half}, judged=judged) for judged in (True, False))
    assert client.post(at(judged, "/final"), headers=mate).json()["is_final"]
    assert client.post(at(waiting, "/cancellation"), headers=mate).json()["status"] == "cancelled"
    actors = Event.objects.filter(action__in=["submission.selected", "submission.cancelled"])
    assert {event.actor for event in actors} == {cast.classmate}


@pytest.mark.parametrize("person", ["classmate", "assistant", "instructor", "admin", "outsider"])
@pytest.mark.parametrize("verb", ["/cancellation", "/final", "/code", "/log", "/files", "/files/p.csv", ""])
def test_nobody_else_acts_on_a_submission_or_reads_it(client, cast, files, hand_in, key, person, verb):
    cast.competition.must_reproduce = True
    cast.competition.save()
    row, other = hand_in(cast.student, {"p.csv": files.half}, judged=False), key(getattr(cast, person))
    call = client.post if verb in ("/cancellation", "/final", "/code") else client.get
    assert call(at(row, verb), headers=other).status_code == 404
    row.refresh_from_db()
    assert (row.status, row.is_selected, row.code) == ("queued", False, None)


@pytest.fixture
def asked(cast):
    """The competition asks for the code behind predictions."""
    cast.competition.must_reproduce = True
    cast.competition.save()
    return cast.competition


def test_files_say_which_code_made_the_predictions(client, cast, files, hand_in, key, asked):
    mine, row = key(cast.student), hand_in(cast.student, {"p.csv": files.half})
    body = {"files": [SimpleUploadedFile("main.py", PROGRAM), SimpleUploadedFile("model.py", PROGRAM)]}
    answer = client.post(at(row, "/code"), body, headers=mine)
    assert answer.status_code == 200, answer.content
    code = Submission.objects.get(pk=answer.json()["code"])
    assert sorted(code.files.values_list("name", flat=True)) == ["main.py", "model.py"]
    found = client.get(at(code), headers=mine).json()
    assert (found["use"], found["type"], found["status"], found["public_score"]) == ("source", "code", "finished", None)
    assert client.get(at(code), headers=key(cast.classmate)).status_code == 404
    assert client.get(at(code, "/log"), headers=mine).status_code == 404


def test_the_number_of_own_code_says_it_too_and_somebody_else_s_does_not(client, cast, files, hand_in, key, asked):
    row = hand_in(cast.student, {"p.csv": files.half})
    own, theirs = (hand_in(user, {"main.py": PROGRAM}, judged=False) for user in (cast.student, cast.classmate))
    mine = key(cast.student)
    for number in (theirs.pk, row.pk, 10**30):
        answer = client.post(at(row, "/code"), {"code": str(number)}, headers=mine)
        assert (answer.status_code, answer.json()["code"]) == (422, "not_code")
    assert client.post(at(row, "/code"), {"code": str(own.pk)}, headers=mine).json()["code"] == own.pk


def test_code_is_taken_only_where_it_is_asked_for_and_until_the_deadline(client, cast, files, hand_in, key, asked):
    mine, row = key(cast.student), hand_in(cast.student, {"p.csv": files.half})
    close(asked)
    body = {"files": SimpleUploadedFile("main.py", PROGRAM)}
    assert client.post(at(row, "/code"), body, headers=mine).json()["code"] == "closed"
    asked.must_reproduce = False
    asked.save()
    body = {"files": SimpleUploadedFile("main.py", PROGRAM)}
    assert client.post(at(row, "/code"), body, headers=mine).status_code == 404
    assert Submission.objects.count() == 1


def test_what_was_handed_in_comes_back_byte_for_byte(client, cast, files, hand_in, key):
    mine, row = key(cast.student), hand_in(cast.student, {"p.csv": files.half}, judged=False)
    (found,) = client.get(at(row, "/files"), headers=mine).json()
    assert (found["name"], found["size"], found["sha256"]) == ("p.csv", 39, hashlib.sha256(files.half).hexdigest())
    answer = client.get(at(row, "/files/p.csv"), headers=mine)
    assert b"".join(answer.streaming_content) == files.half
    for close_file in answer._resource_closers:
        close_file()
    for name in ("q.csv", "..%2Fp.csv", "%2Fetc%2Fpasswd"):
        assert client.get(at(row, f"/files/{name}"), headers=mine).status_code == 404


def test_a_long_list_costs_no_more_queries_than_a_short_one(client, cast, files, hand_in, key):
    mine = key(cast.student)
    cast.competition.late_hours = 24
    cast.competition.save()
    for _ in range(3):
        hand_in(cast.student, {"p.csv": files.half}, judged=False)
    with CaptureQueriesContext(connection) as three:
        assert len(client.get("/api/v1/competitions/letters/submissions", headers=mine).json()) == 3
    Submission.objects.exclude(pk=Submission.objects.first().pk).update(user=cast.classmate)
    with CaptureQueriesContext(connection) as one:
        assert len(client.get("/api/v1/competitions/letters/submissions", headers=mine).json()) == 1
    assert len(three) == len(one)


def test_the_list_says_what_is_late_as_the_submission_itself_does(client, cast, files, hand_in, key):
    mine, cast.competition.late_hours = key(cast.student), 24
    cast.competition.save()
    in_time, late = (
        hand_in(cast.student, {"p.csv": files.half}, at=cast.competition.deadline + timedelta(hours=hours))
        for hours in (-1, 1)
    )
    rows = client.get("/api/v1/competitions/letters/submissions", headers=mine).json()
    assert {row["id"]: row["is_late"] for row in rows} == {in_time.pk: False, late.pk: True}
    assert rows == [client.get(at(row), headers=mine).json() for row in (late, in_time)]


def test_the_log_is_what_the_page_shows(client, cast, hand_in, key):
    mine, row = key(cast.student), hand_in(cast.student, {"main.py": PROGRAM}, judged=False)
    run = Attempt.objects.filter(submission=row)
    run.update(stdout="epoch 1 <ok>\n", stderr="a warning\n")
    client.force_login(cast.student)

    def page() -> str:
        return client.get(f"/submissions/{row.pk}/live/").content.decode()

    assert client.get(at(row, "/log"), headers=mine).json() == {"stdout": "", "stderr": ""}
    assert "epoch" not in page()
    for status in ("running", "finished", "cancelled"):
        Submission.objects.filter(pk=row.pk).update(status=status)
        assert client.get(at(row, "/log"), headers=mine).json() == {
            "stdout": "epoch 1 <ok>\n",
            "stderr": "a warning\n",
        }
        assert "epoch 1 &lt;ok&gt;" in page() and "a warning" in page()


def test_the_log_is_of_the_standing_result_and_not_of_a_regrade_that_only_proposes(client, cast, files, hand_in, key):
    mine, row = key(cast.student), hand_in(cast.student, {"p.csv": files.half})
    Attempt.objects.filter(pk=row.result_id).update(stdout="standing")
    Attempt.objects.create(submission=row, number=2, purpose="regrade", stdout="proposed", status="finished")
    assert client.get(at(row, "/log"), headers=mine).json() == {"stdout": "standing", "stderr": ""}
