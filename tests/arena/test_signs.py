"""Signs of probing and of impossible scores, shown to the staff with the submissions that show them."""

from __future__ import annotations

import numpy as np
import pytest
from django.core.cache import cache
from django.urls import reverse

from arena.competitions.services import set_solution
from arena.leaderboards.signs import folded, look
from arena.submissions.models import Attempt, Submission
from grader.predictions import Predictions

# right in 3 of 5 rows
HONEST = "abababbaba" * 20


@pytest.fixture(autouse=True)
def _nothing_is_kept():
    """Numbers of rows come back in the next test."""
    cache.clear()


@pytest.fixture
def larger(cast, tmp_path):
    """A hundred public rows and a hundred private ones, a and b in turn."""
    path = tmp_path / "larger.csv"
    rows = [f"{i},{'ab'[i % 2]},{'Public' if i < 100 else 'Private'}" for i in range(200)]
    path.write_text("id,label,Usage\n" + "\n".join(rows) + "\n")
    set_solution(cast.competition, path=path)
    cast.competition.daily_limit = 100
    cast.competition.save()
    return cast.competition


def table(labels: str) -> dict[str, bytes]:
    return {"p.csv": b"id,label\n" + b"".join(b"%d,%s\n" % (i, label.encode()) for i, label in enumerate(labels))}


def codes(competition) -> dict[str, list[str]]:
    found = look(competition, budget_s=60)
    assert found.n_read == found.n_all
    return {suspect.row.user.name: sorted(sign.code for sign in suspect.signs) for suspect in found.suspects}


def test_whoever_changes_a_row_at_a_time_as_the_board_says_is_shown_with_the_submissions(client, larger, cast, hand_in):
    guess = list("aabb" * 50)
    mine = [hand_in(cast.student, table("".join(guess))).pk]
    for row in range(0, 24):
        before, guess[row] = guess[row], "ba"[guess[row] == "b"]
        submission = hand_in(cast.student, table("".join(guess)))
        mine.append(submission.pk)
        if guess[row] != "ab"[row % 2]:
            guess[row] = before
    hand_in(cast.classmate, table(HONEST))
    assert codes(larger) == {"The student": ["climbing", "small_steps"]}
    client.force_login(cast.assistant)
    page = client.get(reverse("signs", args=["letters"])).content.decode()
    assert "24 of 25 submissions differ from an earlier one in few rows only" in page
    assert f'href="/submissions/{mine[-1]}/"' in page
    assert "and 14 earlier ones" in page
    assert "The classmate" not in page


def test_a_perfect_score_and_constant_files_are_signs_and_an_honest_course_shows_none(larger, cast, hand_in):
    hand_in(cast.student, table("ababababba" * 20))
    hand_in(cast.student, table(HONEST))
    assert codes(larger) == {}
    hand_in(cast.classmate, table("ab" * 100))
    hand_in(cast.student, table("a" * 200))
    hand_in(cast.student, table("b" * 200))
    assert codes(larger) == {"The classmate": ["perfect", "perfect"], "The student": ["constants"]}


def test_a_public_score_far_above_the_private_one_is_a_sign(larger, cast, hand_in):
    hand_in(cast.student, table("ab" * 50 + "aabb" * 25))
    assert codes(larger) == {"The student": ["gap", "perfect"]}


def test_results_by_earlier_labels_are_not_held_against_anybody(larger, cast, hand_in):
    submission = hand_in(cast.student, table(HONEST))
    Attempt.objects.filter(pk=submission.result_id).update(public_score=0.4567)
    assert codes(larger) == {"The student": ["no_share"]}
    Attempt.objects.filter(pk=submission.result_id).update(metric="macro_f1_score")
    Submission.objects.filter(pk=submission.pk).update(comment="judged otherwise")
    cache.clear()
    assert codes(larger) == {}


def test_without_time_nobody_is_looked_at_and_the_page_asks_again(client, larger, cast, hand_in, monkeypatch):
    from arena.leaderboards import sign_views

    hand_in(cast.student, table("ab" * 100))
    assert look(larger, budget_s=0).n_read == 0
    monkeypatch.setattr(sign_views, "BUDGET_S", 0)
    client.force_login(cast.assistant)
    page = client.get(reverse("signs", args=["letters"])).content.decode()
    assert "Looked at 0 of 1 participants so far." in page
    assert 'hx-trigger="load delay:500ms"' in page


def test_students_do_not_see_the_signs(client, cast):
    client.force_login(cast.student)
    assert client.get(reverse("signs", args=["letters"])).status_code == 404


def test_rows_are_equal_where_all_their_columns_are():
    names, numbers = np.array(["x", "y", "x"], dtype=object), np.array([0.5, 0.5, 0.25])
    one = folded(Predictions(values={"name": names, "number": numbers}))
    two = folded(Predictions(values={"name": names, "number": np.array([0.5, 0.75, 0.25])}))
    assert (one == two).tolist() == [True, False, True]
    assert len({*one.tolist()}) == 3
