"""Metrics of predictions against the truth, written here and checked against scikit-learn and scipy in the tests.

Each file holds one family; `catalogue` names them all, `registry` finds them. The functions of a file take arrays; a `Metric` knows besides
what it needs, what it is worth where its formula has no value, and how it is resampled.
"""

from grader.metrics.catalogue import METRICS
from grader.metrics.families import FAMILIES
from grader.metrics.metric import HIGHER, LOWER, Metric, Part, Truth
from grader.metrics.registry import ALIASES, UnknownMetric, get_metric, with_positive

__all__ = [
    "ALIASES",
    "FAMILIES",
    "HIGHER",
    "LOWER",
    "METRICS",
    "Metric",
    "Part",
    "Truth",
    "UnknownMetric",
    "get_metric",
    "with_positive",
]
