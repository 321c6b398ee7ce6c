import itertools

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats
from sklearn import metrics as oracle

from grader.metrics import get_metric

numbers = st.one_of(st.sampled_from([0.0, 1.0, 2.0]), st.floats(0, 1e4))
rows = st.lists(st.tuples(numbers, numbers), min_size=2, max_size=30)


@given(rows)
def test_errors_agree_with_scikit_learn(sample):
    truth, predicted = np.array(sample).T
    for name, expected in (
        ("mse", oracle.mean_squared_error),
        ("rmse", oracle.root_mean_squared_error),
        ("mae", oracle.mean_absolute_error),
        ("rmsle", oracle.root_mean_squared_log_error),
    ):
        assert get_metric(name)(truth, predicted) == pytest.approx(expected(truth, predicted), rel=1e-9, abs=1e-12)


@given(rows)
def test_r2_agrees_with_scikit_learn(sample):
    truth, predicted = np.array(sample).T
    assume(np.var(truth) > 1e-6)
    assert get_metric("r2")(truth, predicted) == pytest.approx(oracle.r2_score(truth, predicted), rel=1e-6, abs=1e-9)


@given(rows)
def test_rank_correlations_agree_with_scipy(sample):
    truth, predicted = np.array(sample).T
    assume(len(set(truth)) > 1 and len(set(predicted)) > 1)
    assert get_metric("kendall_tau")(truth, predicted) == pytest.approx(
        stats.kendalltau(truth, predicted).statistic, abs=1e-9
    )
    assert get_metric("spearman")(truth, predicted) == pytest.approx(
        stats.spearmanr(truth, predicted).statistic, abs=1e-9
    )


@given(rows)
def test_tau_a_is_the_difference_over_all_pairs(sample):
    truth, predicted = np.array(sample).T
    signs = [
        np.sign(a[0] - b[0]) * np.sign(a[1] - b[1]) for a, b in itertools.combinations(np.array(sample).tolist(), 2)
    ]
    assert get_metric("kendall_tau_a")(truth, predicted) == pytest.approx(sum(signs) / len(signs), abs=1e-9)


def test_errors_by_hand():
    truth, predicted = np.array([1.0, 2.0, 3.0, 4.0]), np.array([1.0, 2.0, 3.0, 6.0])
    assert get_metric("mse")(truth, predicted) == 1.0
    assert get_metric("rmse")(truth, predicted) == 1.0
    assert get_metric("mae")(truth, predicted) == 0.5
    assert get_metric("r2")(truth, predicted) == pytest.approx(1 - 4 / 5)
    assert get_metric("rmsle")(np.array([0.0]), np.array([np.e - 1])) == pytest.approx(1.0)


def test_a_constant_has_a_stated_correlation():
    line, flat = np.arange(4.0), np.ones(4)
    for name in ("kendall_tau", "kendall_tau_a", "spearman"):
        assert get_metric(name)(line, flat) == get_metric(name)(flat, line) == 0.0
    assert get_metric("r2")(flat, flat) == 1.0
    assert get_metric("r2")(flat, line) == 0.0
