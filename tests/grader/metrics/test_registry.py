import sys

import numpy as np
import pytest

from grader.metrics import ALIASES, FAMILIES, METRICS, UnknownMetric, get_metric

BINARY = np.array([0.0, 1.0] * 20)
LISTS = np.array(["1 2", "3"] * 20)
BOXES = np.array(["0 0 1 1", ""] * 20)
SAMPLES = {"lists": LISTS, "sets": LISTS, "text": LISTS, "boxes": BOXES}
SCORED = [name for name, metric in METRICS.items() if metric.takes != "embeddings"]
BOUNDS = {"0..1": (0, 1), "-1..1": (-1, 1), "-0.5..1": (-0.5, 1), "0..34.54": (0, 34.54)}


@pytest.mark.parametrize("name", METRICS)
def test_a_name_says_the_direction(name):
    stem = name.split("@")[0]
    wanted = "higher" if stem.endswith("_score") else "lower"
    assert METRICS[name].direction == wanted
    assert stem.endswith(("_score", "_error", "_loss", "_distance"))


@pytest.mark.parametrize("name", METRICS)
def test_every_metric_has_a_range_a_source_and_a_stated_value_where_undefined(name):
    metric = METRICS[name]
    assert metric.range and metric.source and metric.undefined and metric.takes


@pytest.mark.parametrize("name", [name for name in SCORED if name != "kendall_tau_a_score"])  # ties cost it
def test_a_perfect_prediction_is_the_best_value(name):
    metric = METRICS[name]
    truth = SAMPLES.get(metric.takes, BINARY)
    assert metric(truth, truth) == pytest.approx(1.0 if metric.direction == "higher" else 0.0, abs=1e-12)


@pytest.mark.parametrize("name", SCORED)
def test_constant_predictions_and_one_class_stay_in_range_without_a_warning(name):
    metric = METRICS[name]
    truth = SAMPLES.get(metric.takes, BINARY)
    low, high = BOUNDS.get(metric.range, (-sys.float_info.max, sys.float_info.max))
    for t, p in ((truth, truth[:1].repeat(40)), (truth[:1].repeat(40), truth), (truth[:1], truth[1:2])):
        assert low <= metric(t, p) <= high


def test_what_overflows_is_the_worst_value_and_finite():
    huge = np.array([1e200, -1e200])
    with np.errstate(over="ignore"):
        assert get_metric("r2")(np.array([0.0, 1.0]), huge) == -sys.float_info.max
        assert get_metric("mse")(np.array([0.0, 1.0]), huge) == sys.float_info.max


@pytest.mark.parametrize("alias", ALIASES)
def test_every_alias_names_a_metric_or_a_family(alias):
    assert ALIASES[alias] in METRICS or ALIASES[alias] in FAMILIES


def test_a_parameter_follows_the_at_sign():
    assert get_metric("map@3").name == "mean_average_precision_score@3"
    assert get_metric("macro_fbeta_score@2").name == "macro_fbeta_score@2"
    assert get_metric("iou@0.75").name == "box_jaccard_score@0.75"


@pytest.mark.parametrize(
    "name", ["map", "map@0", "map@2.5", "map@1e3", "map@", "ndcg@-1", "iou@1.5", "accuracy@2", "iou@nan"]
)
def test_a_wrong_parameter_is_an_unknown_metric(name):
    with pytest.raises(UnknownMetric):
        get_metric(name)


def test_an_unknown_metric_names_its_neighbours():
    with pytest.raises(UnknownMetric, match="accuracy"):
        get_metric("acuracy")
