"""The Ladder: a score moves by clear improvements only, and attacks on a public board gain little."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.ladder import boosting, flipping, gains
from grader.ladder import Handed, releases
from grader.metrics import get_metric
from grader.predictions import Predictions
from grader.predictions.solution import read_solution
from grader.resolution import resolved
from grader.significance import PUBLIC, paired_error


def shown(scores, *, metric="accuracy", n_rows=100, error=0.01):
    handed = [Handed(key=key, score=score) for key, score in enumerate(scores)]
    made = releases(handed, metric=get_metric(metric), n_rows=n_rows, error=lambda one, best: error)
    return [(float(one.score), one.is_step) for one in made]


def test_a_score_moves_by_more_than_two_standard_errors_only():
    assert shown([0.50, 0.52, 0.53, 0.40, 0.55, 0.58]) == [
        (0.50, True),
        (0.50, False),  # two standard errors are not more than two
        (0.53, True),
        (0.53, False),
        (0.53, False),
        (0.58, True),
    ]


def test_where_lower_is_better_steps_go_down():
    steps = shown([0.50, 0.47, 0.60], metric="classification_error")
    assert steps == [(0.50, True), (0.47, True), (0.47, False)]


def test_what_rounds_to_the_same_is_no_step_even_where_no_error_is():
    assert shown([0.5001, 0.5049], error=0.0) == [(0.50, True), (0.50, False)]


@pytest.mark.parametrize(
    ("metric", "first", "second", "is_step"),
    [
        # half of 1 / sqrt(100), twice
        ("accuracy", 0.50, 0.59, False),
        ("accuracy", 0.50, 0.61, True),
        ("root_mean_squared_error", 200.0, 185.0, False),
        ("root_mean_squared_error", 200.0, 175.0, True),
    ],
)
def test_without_the_rows_a_step_must_be_as_large_as_any_rows_ask(metric, first, second, is_step):
    assert shown([first, second], metric=metric, error=None)[1][1] is is_step


@given(scores=st.lists(st.floats(0, 1), min_size=1, max_size=30), error=st.floats(0, 0.2))
def test_what_is_shown_never_falls_and_never_says_more_than_a_step_s_rounded_score(scores, error):
    made = shown(scores, error=error)
    values = [value for value, _ in made]
    assert values == sorted(values)
    rounded = [float(resolved(score, metric=get_metric("accuracy"), n_rows=100)) for score in scores]
    assert all(value == own for (value, is_step), own in zip(made, rounded, strict=True) if is_step)
    # handing in what was handed in before tells nothing
    assert shown([*scores, *scores], error=error)[len(scores) :] == [(values[-1], False)] * len(scores)


def test_the_paired_error_is_that_of_the_rows_on_which_two_differ(tmp_path):
    path = tmp_path / "solution.csv"
    path.write_text(
        "id,label,Usage\n" + "".join(f"{i},{i % 2},Public\n" for i in range(100)) + "x,0,Private\ny,1,Private\n"
    )
    solution = read_solution(path, id_column="id")
    codes = solution.labels("label").codes
    one, other = codes.copy(), codes.copy()
    other[:4] = 1 - other[:4]  # four public rows less
    both = [Predictions(values={}, codes={"label": predicted}) for predicted in (one, other)]
    # the standard deviation of four ones among a hundred, over the root of a hundred
    expected = np.array([1.0] * 4 + [0.0] * 96).std() / 10
    assert paired_error(*both, solution=solution, metric="accuracy", usage=PUBLIC) == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize(("attack", "least"), [(boosting, 0.15), (flipping, 0.10)])
def test_an_attack_on_the_board_gains_far_less_with_the_ladder(attack, least):
    made = gains(attack, n_rows=500, n=150, seeds=(0, 1, 2))
    assert made["exact"][0] > least
    assert made["rounded"] == pytest.approx(made["exact"], abs=0.001)
    assert abs(made["ladder"][0]) < least / 5
