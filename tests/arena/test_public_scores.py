"""What students read of public scores: what the public rows can tell, the same on every page and in the API."""

from __future__ import annotations

import dataclasses
import re
from datetime import datetime
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from arena.accounts.tokens import issue
from arena.competitions.public_scores import PublicScores, n_public_rows
from arena.leaderboards.models import BoardRow
from arena.leaderboards.shown import shown_board
from arena.submissions.models import Submission
from grader.resolution import ShownScore

pytestmark = pytest.mark.django_db
BOARD, LIST = "/api/v1/competitions/letters/leaderboard", "/api/v1/competitions/letters/submissions"
TEMPLATES = Path(__file__).parents[2] / "platform" / "arena" / "templates"


@pytest.fixture
def ask(client):
    """`ask(user, address)`: what a program of that person's gets."""

    def do(user, address):
        headers = {"Authorization": f"Bearer {issue(user, name='test', at=timezone.now())[1]}"}
        return client.get(address, headers=headers)

    return do


@pytest.fixture
def scored(cast, files, hand_in):
    """Two of the student's submissions and one of a classmate's, with scores as an AUC has them."""
    first, second = (hand_in(cast.student, {"p.csv": files.half}) for _ in range(2))
    hand_in(cast.classmate, {"p.csv": files.half})
    Submission.objects.update(public_score=0.512345)
    Submission.objects.filter(pk=first.pk).update(public_score=0.487654)
    BoardRow.objects.update(public_score=0.512345)
    BoardRow.objects.filter(user=cast.classmate).update(public_score=0.512346)
    return second


def addresses(submission):
    yield from ("/", "/competitions/letters/leaderboard/", "/competitions/letters/submissions/", "/models/knn/")
    yield from (f"/submissions/{submission.pk}/", f"/submissions/{submission.pk}/live/")
    yield f"/competitions/letters/leaderboard/mine/?submission={submission.pk}"
    yield "/competitions/letters/bands/next/"


def test_two_public_rows_are_counted(cast):
    assert n_public_rows(cast.competition) == 2


def test_no_page_and_no_answer_gives_a_student_more_digits_than_the_rows_have(client, cast, scored, ask):
    client.force_login(cast.student)
    asked = [client.get(address) for address in addresses(scored)]
    asked += [ask(cast.student, address) for address in (BOARD, LIST, f"/api/v1/submissions/{scored.pk}")]
    assert [answer.status_code for answer in asked] == [200] * 11
    assert not [a for a in asked if re.search(r"0[.,](4876|5123)", a.content.decode())]
    assert [row["score"] for row in ask(cast.student, BOARD).json()] == [0.5, 0.5]
    assert [row["public_score"] for row in ask(cast.student, LIST).json()] == [0.5, 0.5]


def test_staff_get_exact_scores(client, cast, scored, ask):
    client.force_login(cast.assistant)
    assert "0.51235" in client.get("/competitions/letters/leaderboard/").content.decode()
    assert "0.48765" in client.get("/competitions/letters/submissions/").content.decode()
    assert ask(cast.assistant, BOARD).json()[0]["score"] == 0.512346


def test_equal_numbers_still_rank_by_the_exact_score(cast, scored, ask):
    rows = ask(cast.student, BOARD).json()
    assert [(row["rank"], row["name"]) for row in rows] == [(1, "The classmate"), (2, "The student")]


def test_which_of_two_equal_submissions_is_better_no_answer_tells(client, cast, scored):
    client.force_login(cast.student)
    first = Submission.objects.filter(user=cast.student).earliest("pk")
    pages = [
        client.get(f"/competitions/letters/leaderboard/mine/?submission={pk}").content for pk in (first.pk, scored.pk)
    ]
    assert pages[0] == pages[1]
    history = client.get("/competitions/letters/submissions/").context["history"]
    assert [(point.y, point.is_best) for point in history.points] == [("138.0", True), ("138.0", True)]


@pytest.mark.parametrize("sent", ["", "x", "²", "9" * 30, "-1"])
def test_an_odd_number_of_a_submission_is_nobodys(client, cast, scored, sent):
    client.force_login(cast.student)
    answer = client.get("/competitions/letters/leaderboard/mine/", {"submission": sent})
    assert (answer.status_code, answer.context["counts"]) == (200, False)


def test_a_public_board_is_made_without_asking_for_a_private_score(cast, scored):
    with CaptureQueriesContext(connection) as asked:
        (row, _) = shown_board(cast.competition, reader=cast.student, at=timezone.now())
    told = {type(value) for value in dataclasses.asdict(row).values()}
    assert told <= {int, str, bool, tuple, datetime, ShownScore}
    assert not re.search(
        r"private_|interval|final", " ".join(query["sql"] for query in asked if "boardrow" in query["sql"])
    )


def test_a_competition_without_labels_shows_three_decimals(cast):
    cast.competition.solutions.all().delete()
    assert PublicScores(cast.competition).shown(0.123456) == 0.123


def test_templates_show_public_scores_only_as_a_reader_gets_them():
    """A raw score in a template has no reader; what only the staff open may show one."""
    raw = re.compile(r"[{%][^}]*\w\.(public_score|frozen_score|released_score)\b")
    found = {str(p.relative_to(TEMPLATES)) for p in TEMPLATES.rglob("*.html") if raw.search(p.read_text())}
    assert found <= {"authoring/_programs.html", "authoring/_baselines.html", "gallery/model_detail.html"}
