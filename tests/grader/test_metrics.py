import numpy as np
import pytest
from sklearn import metrics as oracle

from grader.metrics import METRICS, UnknownMetric, get_metric
from grader.ranking import Entry, rank

RNG = np.random.default_rng(0)
TRUTH = RNG.integers(0, 4, 300)
GUESS = np.where(RNG.random(300) < 0.6, TRUTH, RNG.integers(0, 5, 300))
BINARY = RNG.integers(0, 2, 300)
SCORES = np.round(RNG.random(300) * 0.6 + BINARY * 0.3, 1)
VALUES = RNG.random(300) * 5


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("accuracy", oracle.accuracy_score(TRUTH, GUESS)),
        ("balanced_accuracy", oracle.recall_score(TRUTH, GUESS, average="macro", labels=range(4))),
        ("error_rate", 1 - oracle.accuracy_score(TRUTH, GUESS)),
        ("macro_precision_score", oracle.precision_score(TRUTH, GUESS, average="macro", zero_division=0)),
        ("macro_recall_score", oracle.recall_score(TRUTH, GUESS, average="macro", zero_division=0)),
        ("macro_f1", oracle.f1_score(TRUTH, GUESS, average="macro", zero_division=0)),
    ],
)
def test_label_metrics_agree_with_scikit_learn(name, expected):
    assert get_metric(name)(TRUTH, GUESS) == pytest.approx(expected, abs=1e-12)


def test_area_under_the_curve_gives_ties_their_mean_rank():
    assert get_metric("roc_auc")(BINARY, SCORES) == pytest.approx(oracle.roc_auc_score(BINARY, SCORES), abs=1e-12)


def test_log_loss_agrees_and_is_clipped():
    p = np.clip(SCORES, 0.05, 0.95)
    assert get_metric("log_loss")(BINARY, p) == pytest.approx(oracle.log_loss(BINARY, p), abs=1e-12)
    assert get_metric("log_loss")(np.array([0.0, 1.0]), np.array([1.0, 0.0])) == pytest.approx(34.5388, abs=1e-3)


@pytest.mark.parametrize(
    ("name", "function"),
    [("mse", "mean_squared_error"), ("rmse", "root_mean_squared_error"), ("mae", "mean_absolute_error")],
)
def test_regression_errors_agree_with_scikit_learn(name, function):
    assert get_metric(name)(VALUES, VALUES[::-1]) == pytest.approx(getattr(oracle, function)(VALUES, VALUES[::-1]))


@pytest.mark.parametrize("name", [m for m in METRICS if METRICS[m].direction == "higher"])
def test_constant_predictions_give_a_finite_score_without_a_warning(name):
    assert np.isfinite(get_metric(name)(BINARY.astype(float), np.ones(300)))


def test_an_unknown_metric_names_its_neighbours():
    with pytest.raises(UnknownMetric, match="accuracy"):
        get_metric("acuracy")


def ranks(scores, **options):
    entries = [Entry(key=i, score=s, at=i) for i, s in enumerate(scores)]
    return {r.key: r.rank for r in rank(entries, **options)}


def test_a_tie_goes_to_the_earlier_entry_or_is_shared():
    assert ranks([0.5, 0.9, 0.5, 0.1], direction="higher") == {1: 1, 0: 2, 2: 3, 3: 4}
    assert ranks([0.5, 0.9, 0.5, 0.1], direction="higher", ties="shared") == {1: 1, 0: 2, 2: 2, 3: 4}


@pytest.mark.parametrize("direction", ["higher", "lower"])
def test_a_missing_score_ranks_last_in_both_directions(direction):
    assert ranks([None, 0.0, -1.0], direction=direction)[0] == 3
