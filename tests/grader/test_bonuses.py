"""Places in quizzes and what they are worth, under every policy."""

from dataclasses import replace
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.bonuses import course_bonus, lab_bonus, lecture_points, places
from grader.schemes import preset

D = Decimal
SCHEME = preset("unibuc-ml")
REAL_TIE = [5781, 5700, 5655, 5655, 5650, 5595]


def bonuses(policy):
    return [course_bonus([place], scheme=SCHEME).counted for place in places(REAL_TIE, policy=policy)]


def test_equal_points_share_the_better_place():
    assert places([90, 80, 70, 70, 60], policy="shared") == [1, 2, 3, 3, 5]


def test_a_real_tie_at_the_edge_gives_the_better_bonus_to_both():
    assert bonuses("shared") == [D("0.3"), D("0.3"), D("0.3"), D("0.3"), D("0.2"), D("0.2")]


def test_the_same_tie_in_the_order_of_the_quiz_tool_gives_it_to_one():
    assert places(REAL_TIE, policy="tool") == [1, 2, 3, 4, 5, 6]
    assert bonuses("tool") == [D("0.3"), D("0.3"), D("0.3"), D("0.2"), D("0.2"), D("0.2")]


def test_the_mean_of_tied_places_counts_as_the_place_below_it():
    assert places(REAL_TIE, policy="mean") == [1, 2, D("3.5"), D("3.5"), 5, 6]
    assert bonuses("mean") == [D("0.3"), D("0.3"), D("0.2"), D("0.2"), D("0.2"), D("0.2")]


def test_a_score_above_zero_is_required_for_a_place():
    assert places([0, 10, D("-5"), 20], policy="shared") == [None, 2, None, 1]


def test_equal_numbers_tie_however_they_are_written():
    assert places([D("70.0"), D("70"), 70], policy="shared") == [1, 1, 1]


def test_an_unknown_policy_is_refused():
    with pytest.raises(ValueError, match="ties"):
        places([1], policy="first")
    with pytest.raises(ValueError, match="lecture"):
        lecture_points([], policy="first")


def test_places_are_worth_less_in_groups_of_three_and_nothing_after_nine():
    values = [course_bonus([place], scheme=SCHEME).counted for place in range(1, 12)]
    assert values == [D(v) for v in ("0.3", "0.3", "0.3", "0.2", "0.2", "0.2", "0.1", "0.1", "0.1", "0", "0")]


def test_the_course_bonus_is_capped_and_says_what_it_would_have_been():
    found = course_bonus([1, 2, 3, 3], scheme=SCHEME)
    assert (found.total, found.counted) == (D("1.2"), D("1"))
    assert found.parts == (D("0.3"),) * 4


def test_only_the_first_two_answers_of_a_lab_count():
    assert lab_bonus([2, 3, 1], scheme=SCHEME).counted == D("1.0")
    assert lab_bonus([5], scheme=SCHEME).counted == D("0.4")
    assert lab_bonus([2, 2, 2], scheme=SCHEME).counted == D("1")
    assert lab_bonus([2, 2, 2], scheme=replace(SCHEME, answers_cap=D("2"))).counted == D("1.2")


def test_two_quizzes_of_one_lecture_are_summed_or_the_best_counts_or_each_does():
    quizzes = [{"ana": D(100), "dan": D(300)}, {"ana": D(250), "eva": D(90)}]
    assert lecture_points(quizzes, policy="summed") == [{"ana": D(350), "dan": D(300), "eva": D(90)}]
    assert lecture_points(quizzes, policy="best") == [{"ana": D(250), "dan": D(300), "eva": D(90)}]
    assert lecture_points(quizzes, policy="each") == quizzes


@given(st.lists(st.integers(-5, 30)), st.sampled_from(["shared", "tool", "mean"]))
def test_more_points_never_give_a_worse_place(points, policy):
    found = places(points, policy=policy)
    placed = sorted((p, place) for p, place in zip(points, found, strict=True) if place is not None)
    assert all(a[1] > b[1] for a, b in pairwise(placed) if a[0] < b[0])
    assert len(placed) == sum(p > 0 for p in points)
