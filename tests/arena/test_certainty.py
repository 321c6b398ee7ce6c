"""The staff's page that says how sure each one's band is."""

import gzip
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from arena.leaderboards.certainty import certainties
from arena.submissions.models import Submission

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh():
    cache.clear()


@pytest.fixture
def board(cast, hand_in, files):
    hand_in(cast.student, {"p.csv": files.perfect})
    hand_in(cast.classmate, {"p.csv": files.half})


def at(user, address):
    client = Client()
    client.force_login(user)
    return client.get(f"/competitions/letters/{address}")


def page(user, query=""):
    return at(user, f"bands/{query}")


def test_the_better_student_has_the_better_band_and_a_chance_of_it(cast, board):
    first, second = certainties(cast.competition, edges=[1])
    assert (first.standing.row.user, second.standing.row.user) == (cast.student, cast.classmate)
    assert (first.odds.band, second.odds.band) == (0, 1)
    assert first.odds.probability > 0.8  # of four private rows, two alike in every draw once in sixteen
    assert first.odds.probability == second.odds.probability
    assert first.odds.beats_baseline is None


def test_a_new_submission_changes_what_is_kept(cast, board, hand_in, files):
    before = certainties(cast.competition, edges=[1])
    assert certainties(cast.competition, edges=[1]) == before
    hand_in(cast.classmate, {"p.csv": files.perfect})
    assert [c.standing.score for c in certainties(cast.competition, edges=[1])] == [1.0, 1.0]
    assert [c.group for c in certainties(cast.competition, edges=[1])] == [1, 1]


def test_one_student_alone_has_nobody_to_compare_with(cast, hand_in, files):
    hand_in(cast.student, {"p.csv": files.perfect})
    assert certainties(cast.competition, edges=[1]) == []
    assert b"Two students with stored predictions are needed" in page(cast.instructor).content


def test_the_staff_read_the_page_and_nobody_else(cast, board):
    text = page(cast.instructor).content.decode()
    assert "How sure the bands are" in text
    assert cast.student.name in text and cast.classmate.name in text
    assert page(cast.assistant, "?unsure").status_code == 200
    assert page(cast.student).status_code == 404
    assert page(cast.outsider).status_code == 404


def test_students_read_it_under_pseudonyms_if_the_instructor_allows_and_the_private_board_is_shown(cast, board):
    competition = cast.competition
    competition.is_certainty_shown = competition.is_private_board_shown = True
    competition.save()
    assert page(cast.student).status_code == 404
    competition.deadline = timezone.now() - timedelta(seconds=5)
    competition.save()
    cast.classmate_enrolment.pseudonym = "Ada"
    cast.classmate_enrolment.save()
    text = page(cast.student).content.decode()
    assert "Ada" in text and cast.classmate.name not in text
    assert "/competitions/letters/bands/" in at(cast.student, "leaderboard/?board=private").content.decode()
    assert page(cast.outsider).status_code == 404
    competition.is_certainty_shown = False
    competition.save()
    assert page(cast.student).status_code == 404


def test_compressed_predictions_count_like_others(cast, board, hand_in, files):
    hand_in(cast.classmate, {"p.csv.gz": gzip.compress(files.perfect)})
    assert [c.standing.row.user for c in certainties(cast.competition, edges=[1])] == [cast.student, cast.classmate]


def test_a_file_that_is_gone_leaves_the_others(cast, board, hand_in, files):
    gone = Submission.objects.filter(user=cast.student).first()
    gone.files.get(role="predictions").file.delete(save=False)
    assert [c.standing.row.user for c in certainties(cast.competition, edges=[1])] == [cast.classmate]
