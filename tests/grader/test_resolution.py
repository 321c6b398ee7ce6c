"""A score says what one row can change, and no more."""

from __future__ import annotations

import json
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.metrics import get_metric
from grader.resolution import resolved


@pytest.mark.parametrize(
    ("metric", "n_rows", "score", "shown", "decimals"),
    [
        ("accuracy", 2, 0.5, 0.5, 2),
        ("accuracy", 6, 2 / 6, 0.33, 2),
        ("accuracy", 750, 740 / 750, 0.987, 3),
        ("roc_auc_score", 100, 0.987654321, 0.99, 2),
        ("roc_auc_score", 250, 0.987654321, 0.988, 3),  # 246.9 of 250 rows: 247 / 250
        ("macro_f1_score", 1000, 0.91249, 0.912, 3),
        ("quadratic_weighted_kappa_score", 100, -0.1249, -0.12, 2),
        ("log_loss", 1000, 0.00123456, 0.001, 3),
        ("log_loss", 1000, 31.4159, 31.42, 2),
        ("r2_score", 100, -12345.6, -12300.0, 0),
        ("root_mean_squared_error", 100, 0.00314159, 0.00314, 5),
        ("mean_squared_error", 1000, 31415.9, 31420.0, 0),
        ("mean_absolute_error", 1000, 0.0, 0.0, 3),
        ("own_metric@higher:0123456789ab", 100, 123.456, 123.0, 0),
    ],
)
def test_a_score_is_shown_in_steps_of_one_row(metric, n_rows, score, shown, decimals):
    made = resolved(score, metric=get_metric(metric), n_rows=n_rows)
    assert (float(made), made.decimals) == (shown, decimals)


@given(n=st.integers(1, 100_000), data=st.data())
def test_every_count_of_right_rows_keeps_a_number_of_its_own(n, data):
    right = data.draw(st.integers(0, n - 1))
    metric = get_metric("accuracy")
    assert resolved(right / n, metric=metric, n_rows=n) < resolved((right + 1) / n, metric=metric, n_rows=n)


@given(n=st.integers(1, 100_000), score=st.floats(0, 1))
def test_a_share_takes_at_most_as_many_values_as_there_are_counts_of_rows(n, score):
    shown = resolved(score, metric=get_metric("roc_auc_score"), n_rows=n)
    # of the rows, as if it were a mean of right and wrong answers
    assert abs(shown - round(score * n) / n) <= 0.5 * 10**-shown.decimals + 1e-12


@given(score=st.floats(allow_nan=False, allow_infinity=False), n=st.integers(1, 10**6))
def test_any_finite_score_is_shown_as_a_finite_number(score, n):
    for name in ("accuracy", "log_loss", "r2_score", "mean_squared_error"):
        json.dumps(resolved(score, metric=get_metric(name), n_rows=n), allow_nan=False)


def test_an_overflow_is_shown_as_the_worst_value():
    assert resolved(sys.float_info.max, metric=get_metric("mean_squared_error"), n_rows=10) == sys.float_info.max


def test_one_log_loss_no_longer_tells_the_labels_of_many_rows():
    """Whitehill 2018: confidences of which each is half as certain as the one before make every set of labels its own score."""
    n, asked = 1000, 12
    metric = get_metric("log_loss")
    odds = np.zeros(n)
    odds[:asked] = n * 1e-5 * 2.0 ** np.arange(asked)
    confidence = 1 / (1 + np.exp(-odds))
    scores = []
    for labels in range(2**asked):
        truth = np.zeros(n)
        truth[:asked] = [labels >> i & 1 for i in range(asked)]
        scores.append(float(-np.log(np.where(truth == 1, confidence, 1 - confidence)).mean()))
    assert len(set(np.round(scores, 9))) == 2**asked  # the exact score tells all twelve labels
    assert len({resolved(score, metric=metric, n_rows=n) for score in scores}) < 50
