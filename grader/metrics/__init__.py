"""Metrics of predictions against the truth, written here and checked against scikit-learn and scipy in the tests.

Each file holds one family; `registry` names them all. The functions of a file take arrays; a `Metric` knows besides
what it needs, what it is worth where its formula has no value, and how it is resampled.
"""

from grader.metrics.registry import ALIASES, FAMILIES, HIGHER, LOWER, METRICS, Metric, UnknownMetric, get_metric

__all__ = ["ALIASES", "FAMILIES", "HIGHER", "LOWER", "METRICS", "Metric", "UnknownMetric", "get_metric"]
