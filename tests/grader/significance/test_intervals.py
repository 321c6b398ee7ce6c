import numpy as np
import pytest

from grader.metrics import get_metric
from grader.metrics.classification import confusion_matrix
from grader.metrics.probabilities import steps
from grader.significance import interval_of_counts, interval_of_rows, interval_of_terms
from grader.significance.intervals import interval_of_auc, wilson

RNG = np.random.default_rng(5)


def resampled(metric, truth, predicted, n=2000):
    """The plain percentile bootstrap."""
    rng = np.random.default_rng(1)
    rows = [rng.integers(0, len(truth), len(truth)) for _ in range(n)]
    return np.quantile([metric(truth[r], predicted[r]) for r in rows], [0.025, 0.975])


def labels(n):
    truth = RNG.integers(0, 3, n)
    return truth, np.where(RNG.random(n) < 0.7, truth, RNG.integers(0, 3, n))


def test_wilsons_interval_by_hand_and_at_the_ends():
    low, high = wilson(8, 10)
    assert (low, high) == pytest.approx((0.4902, 0.9433), abs=1e-4)
    assert wilson(0, 10) == pytest.approx((0.0, 0.2775), abs=1e-4)
    assert wilson(10, 10) == pytest.approx((0.7225, 1.0), abs=1e-4)


@pytest.mark.parametrize("name", ["accuracy", "error_rate"])
def test_accuracy_and_error_have_mirrored_intervals(name):
    counts = np.array([[70, 10], [10, 10]])
    low, high = interval_of_counts(get_metric(name), counts, np.array(["a", "b"]))
    expected = (0.7112, 0.8666) if name == "accuracy" else (0.1334, 0.2888)
    assert (low, high) == pytest.approx(expected, abs=1e-4)


@pytest.mark.parametrize("n", [400, 4000])
@pytest.mark.parametrize("name", ["macro_f1", "balanced_accuracy", "weighted_f1", "jaccard", "qwk"])
def test_intervals_from_a_confusion_matrix_are_those_of_resampled_rows(name, n):
    truth, predicted = labels(n)
    metric = get_metric(name)
    found = interval_of_counts(metric, confusion_matrix(truth, predicted), np.arange(3))
    assert found == pytest.approx(resampled(metric, truth, predicted, 1000), abs=0.3 / np.sqrt(n))


@pytest.mark.parametrize("n", [400, 4000])
@pytest.mark.parametrize("name", ["mse", "rmse", "mae", "rmsle"])
def test_intervals_of_errors_are_those_of_resampled_rows(name, n):
    truth = RNG.gamma(2, size=n)
    predicted = np.abs(truth + RNG.normal(0, 0.5, n))
    metric = get_metric(name)
    found = interval_of_terms(metric, metric.row_terms(truth, predicted))
    assert found == pytest.approx(resampled(metric, truth, predicted, 1000), abs=0.5 / np.sqrt(n))


def test_the_interval_of_an_auc_is_that_of_resampled_rows():
    truth = RNG.integers(0, 2, 1500)
    predicted = np.round(RNG.normal(truth, 1.5), 1)
    metric = get_metric("auc")
    assert interval_of_auc(steps(truth, predicted)) == pytest.approx(resampled(metric, truth, predicted), abs=0.006)


@pytest.mark.parametrize("n", [300, 3000])
@pytest.mark.parametrize("name", ["spearman", "r2", "average_precision"])
def test_other_metrics_have_the_interval_of_resampled_rows(name, n):
    truth = RNG.integers(0, 2, n).astype(float) if name == "average_precision" else RNG.normal(size=n)
    predicted = truth + RNG.normal(0, 1, n)
    metric = get_metric(name)
    low, high = interval_of_rows(metric, truth, predicted)
    wide_low, wide_high = resampled(metric, truth, predicted, 400)
    assert low < metric(truth, predicted) < high
    assert high - low == pytest.approx(wide_high - wide_low, rel=0.35)


def test_the_same_rows_always_get_the_same_interval():
    truth, predicted = labels(300)
    metric = get_metric("macro_f1")
    counts = confusion_matrix(truth, predicted)
    assert interval_of_counts(metric, counts, np.arange(3)) == interval_of_counts(metric, counts, np.arange(3))


def test_one_row_and_perfect_work_have_an_interval_too():
    assert interval_of_rows(get_metric("spearman"), np.array([1.0]), np.array([2.0])) == (0.0, 0.0)
    assert interval_of_terms(get_metric("rmse"), np.zeros(5)) == (0.0, 0.0)
    assert interval_of_auc(steps(np.array([0, 1]), np.array([0.1, 0.9]))) == (1.0, 1.0)
    assert interval_of_counts(get_metric("macro_f1"), np.diag([5, 5]), np.array(["a", "b"])) == (1.0, 1.0)


def test_many_classes_have_an_interval_without_a_matrix_per_cell():
    truth = RNG.integers(0, 200, 5000)
    predicted = np.where(RNG.random(5000) < 0.6, truth, RNG.integers(0, 200, 5000))
    low, high = interval_of_counts(get_metric("macro_f1"), confusion_matrix(truth, predicted), np.arange(200))
    assert 0.5 < low < high < 0.7
