import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from sklearn import metrics as oracle

from grader.metrics import get_metric, probabilities

scores = st.one_of(st.sampled_from([0.0, -0.0, 0.25, 0.5, 1.0]), st.floats(0, 1), st.floats(-1e6, 1e6))
rows = st.lists(st.tuples(st.integers(0, 1), scores), min_size=2, max_size=40)


@given(rows)
def test_area_and_average_precision_agree_with_scikit_learn(sample):
    truth, predicted = np.array([t for t, _ in sample]), np.array([p for _, p in sample])
    assume(0 < truth.sum() < len(truth))
    assert get_metric("auc")(truth, predicted) == pytest.approx(oracle.roc_auc_score(truth, predicted), abs=1e-9)
    expected = oracle.average_precision_score(truth, predicted)
    assert get_metric("average_precision")(truth, predicted) == pytest.approx(expected, abs=1e-9)


@given(st.lists(st.tuples(st.integers(0, 1), st.floats(0, 1)), min_size=2, max_size=40))
def test_log_loss_agrees_with_scikit_learn_inside_the_clipping(sample):
    truth, predicted = np.array([t for t, _ in sample]), np.clip([p for _, p in sample], 1e-14, 1 - 1e-14)
    expected = oracle.log_loss(truth, predicted, labels=[0, 1])
    assert get_metric("log_loss")(truth, predicted) == pytest.approx(expected, rel=1e-9, abs=1e-12)


@given(st.lists(st.tuples(st.integers(0, 2), st.lists(st.floats(0.01, 1), min_size=3, max_size=3)), min_size=1))
def test_the_multiclass_log_loss_agrees_with_scikit_learn_on_rows_that_sum_to_one(sample):
    classes = np.array([t for t, _ in sample])
    p = np.array([p for _, p in sample])
    p /= p.sum(axis=1, keepdims=True)
    assert get_metric("log_loss").on_columns(np.eye(3)[classes], p) == pytest.approx(
        oracle.log_loss(classes, p, labels=[0, 1, 2]), rel=1e-9
    )
    assert get_metric("log_loss").on_columns(np.eye(3)[classes], p * 7) == pytest.approx(
        oracle.log_loss(classes, p, labels=[0, 1, 2]), rel=1e-9
    )


def test_one_against_the_rest_agrees_with_scikit_learn():
    rng = np.random.default_rng(1)
    classes = rng.integers(0, 3, 60)
    p = rng.dirichlet([1, 1, 1], 60)
    expected = oracle.roc_auc_score(classes, p, multi_class="ovr")
    assert get_metric("auc").on_columns(np.eye(3)[classes], p) == pytest.approx(expected)


def test_tied_scores_count_half_by_hand():
    # of 4 pairs: 0.5 > 0.1, 0.9 > 0.1, 0.9 > 0.5, and one tie
    assert get_metric("auc")(np.array([0, 0, 1, 1]), np.array([0.1, 0.5, 0.5, 0.9])) == 0.875


def test_log_loss_is_clipped_as_kaggle_does():
    assert get_metric("log_loss")(np.array([0.0, 1.0]), np.array([1.0, 0.0])) == pytest.approx(34.539, abs=1e-3)
    assert get_metric("log_loss")(np.array([1]), np.array([0.5])) == pytest.approx(np.log(2))


def test_one_class_has_a_stated_value():
    ones, zeros, p = np.ones(3), np.zeros(3), np.array([0.1, 0.2, 0.3])
    assert get_metric("auc")(ones, p) == get_metric("auc")(zeros, p) == 0.5
    assert get_metric("average_precision")(zeros, p) == 0.0
    assert get_metric("log_loss")(zeros, zeros) == pytest.approx(0, abs=1e-12)


def test_the_variance_of_the_area_is_delongs_by_hand():
    # positives 2 and 4, negatives 1 and 3: components 1/2, 1 and 1, 1/2, each of variance 1/8
    counts = probabilities.steps(np.array([0, 1, 0, 1]), np.array([1.0, 2.0, 3.0, 4.0]))
    assert probabilities.auc_of(counts) == 0.75
    assert probabilities.auc_variance(counts, area=probabilities.auc_of(counts)) == pytest.approx(1 / 8 / 2 + 1 / 8 / 2)
