"""Who may open what: students see their own, outsiders nothing, and hidden scores stay hidden."""

from __future__ import annotations

import pytest
from django.utils import timezone

pytestmark = pytest.mark.django_db
STAFF = ["/competitions/letters/plagiarism/", "/courses/ml/marks/", "/courses/ml/quizzes/"]
MEMBERS = [
    "/competitions/letters/",
    "/competitions/letters/submit/",
    "/competitions/letters/submissions/",
    "/competitions/letters/leaderboard/",
    "/competitions/letters/files/test.csv",
]


def status(client, user, path):
    client.force_login(user)
    response = client.get(path)
    if response.streaming:  # closing the whole response would close the test's database connection too
        for close in response._resource_closers:
            close()
    return response.status_code


@pytest.mark.parametrize("path", MEMBERS)
def test_members_see_a_competition_and_outsiders_do_not(client, cast, path):
    people = (cast.student, cast.assistant, cast.admin, cast.outsider)
    assert [status(client, user, path) for user in people] == [200, 200, 200, 404]


@pytest.mark.parametrize("path", STAFF)
def test_staff_pages_are_for_staff(client, cast, path):
    people = (cast.assistant, cast.instructor, cast.student, cast.outsider)
    assert [status(client, user, path) for user in people] == [200, 200, 404, 404]


def test_regrades_are_for_instructors(client, cast):
    people = (cast.instructor, cast.admin, cast.assistant, cast.student)
    assert [status(client, u, "/competitions/letters/regrades/") for u in people] == [200, 200, 404, 404]


def test_a_classmate_cannot_open_a_submission_or_its_file(client, cast, files, hand_in):
    pk = hand_in(cast.student, {"p.csv": files.half}).pk
    for path in (f"/submissions/{pk}/", f"/submissions/{pk}/live/", f"/submissions/{pk}/files/p.csv"):
        found = [status(client, u, path) for u in (cast.student, cast.assistant, cast.classmate, cast.outsider)]
        assert found == [200, 200, 404, 404], path


def test_private_scores_are_hidden_from_students(client, cast, files, hand_in):
    pk = hand_in(cast.student, {"p.csv": files.half}).pk
    client.force_login(cast.student)
    assert "private score" not in client.get(f"/submissions/{pk}/").content.decode()
    assert "95% interval" not in client.get("/competitions/letters/leaderboard/?board=private").content.decode()


def test_the_api_asks_for_a_token_and_hides_private_scores(client, cast, files, hand_in):
    from arena.accounts.tokens import issue

    pk = hand_in(cast.student, {"p.csv": files.half}).pk
    assert client.get("/api/v1/competitions").status_code == 401
    _, plain = issue(cast.student, name="t", at=timezone.now())
    answer = client.get(f"/api/v1/submissions/{pk}", headers={"Authorization": f"Bearer {plain}"}).json()
    assert (answer["public_score"], answer["private_score"]) == (0.5, None)
