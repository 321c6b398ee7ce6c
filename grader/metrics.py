"""Metrics, each with its direction, range and source. `*_score`: higher is better; `*_error`, `*_loss`: lower is.

All take `(truth, predicted)` of shape `(n_samples,)`. Where scikit-learn or scipy has the definition it is theirs.
"""

from __future__ import annotations

import difflib
import math
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
HIGHER, LOWER = "higher", "lower"


class UnknownMetric(ValueError):
    """No metric of that name; the message names the nearest ones."""


@dataclass(frozen=True, kw_only=True)
class Metric:
    """`takes` is what predictions hold: labels, scores (of the positive class) or values."""

    name: str
    direction: str
    range: str
    takes: str
    source: str
    function: Callable[[Array, Array], float]

    def __call__(self, truth: Array, predicted: Array) -> float:
        """The value as a finite float; undefined results are 0 for scores (stated per metric)."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # undefined cases are stated here, not warned about
            value = float(self.function(truth, predicted))
        if math.isfinite(value):
            return value
        return 0.0 if self.direction == HIGHER else math.inf


def accuracy_score(truth: Array, predicted: Array) -> float:
    """Share of equal labels.

    >>> accuracy_score(np.array([1.0, 0.0, 1.0, 1.0]), np.array([1.0, 0.0, 0.0, 1.0]))
    0.75
    """
    return float(np.mean(truth == predicted))


def _confusion(truth: Array, predicted: Array) -> tuple[Array, int]:
    """Counts `(n_classes, n_classes)`, rows are the truth; classes of either array, and how many are in the truth."""
    classes, codes = np.unique(np.concatenate([truth, predicted]), return_inverse=True)
    n = len(classes)
    flat = codes[: len(truth)] * n + codes[len(truth) :]
    return np.bincount(flat, minlength=n * n).reshape(n, n), n


def balanced_accuracy_score(truth: Array, predicted: Array) -> float:
    """Mean recall over the classes of the truth (scikit-learn's definition)."""
    counts, _ = _confusion(truth, predicted)
    support = counts.sum(axis=1)
    return float(np.mean(np.diag(counts)[support > 0] / support[support > 0]))


def _precision_recall_f1(truth: Array, predicted: Array) -> tuple[Array, Array, Array]:
    counts, _ = _confusion(truth, predicted)
    hits = np.diag(counts).astype(float)
    found, support = counts.sum(axis=0), counts.sum(axis=1)
    zeros = np.zeros_like(hits)
    precision = np.divide(hits, found, out=zeros.copy(), where=found > 0)
    recall = np.divide(hits, support, out=zeros.copy(), where=support > 0)
    f1 = np.divide(2 * hits, found + support, out=zeros.copy(), where=found + support > 0)
    return precision, recall, f1


def macro_precision_score(truth: Array, predicted: Array) -> float:
    return float(_precision_recall_f1(truth, predicted)[0].mean())


def macro_recall_score(truth: Array, predicted: Array) -> float:
    return float(_precision_recall_f1(truth, predicted)[1].mean())


def macro_f1_score(truth: Array, predicted: Array) -> float:
    """Mean F1 over the classes of truth and predictions; a class never hit counts 0 (scikit-learn, zero_division=0)."""
    return float(_precision_recall_f1(truth, predicted)[2].mean())


def _sklearn(name: str, **options: Any) -> Callable[[Array, Array], float]:
    def score(truth: Array, predicted: Array) -> float:
        from sklearn import metrics

        return float(getattr(metrics, name)(truth, predicted, **options))

    return score


def _scipy(name: str) -> Callable[[Array, Array], float]:
    def score(truth: Array, predicted: Array) -> float:
        from scipy import stats

        return float(getattr(stats, name)(truth, predicted).statistic)

    return score


def roc_auc_score(truth: Array, predicted: Array) -> float:
    """Area under the ROC curve with tied scores at their mean rank; 0 when the truth has one class only."""
    positive = truth == np.max(truth)
    n_positive, n_negative = int(positive.sum()), int((~positive).sum())
    if not n_positive or not n_negative:
        return math.nan
    _, inverse, counts = np.unique(predicted, return_inverse=True, return_counts=True)
    mean_rank = np.cumsum(counts) - (counts - 1) / 2
    rank_sum = float(mean_rank[inverse][positive].sum())
    return (rank_sum - n_positive * (n_positive + 1) / 2) / (n_positive * n_negative)


def log_loss(truth: Array, predicted: Array) -> float:
    """Binary cross-entropy in nats of the positive class's probability, clipped to [1e-15, 1 - 1e-15] as Kaggle does."""
    p = np.clip(predicted.astype(float), 1e-15, 1 - 1e-15)
    positive = truth == np.max(truth)
    return float(-np.mean(np.where(positive, np.log(p), np.log(1 - p))))


def _metric(name: str, direction: str, range_: str, takes: str, source: str, function: Callable[..., float]) -> Metric:
    return Metric(name=name, direction=direction, range=range_, takes=takes, source=source, function=function)


SKLEARN = "scikit-learn user guide, Metrics and scoring"
METRICS: dict[str, Metric] = {
    m.name: m
    for m in (
        _metric("accuracy_score", HIGHER, "0..1", "labels", SKLEARN, accuracy_score),
        _metric("balanced_accuracy_score", HIGHER, "0..1", "labels", SKLEARN, balanced_accuracy_score),
        _metric("classification_error", LOWER, "0..1", "labels", "1 - accuracy", lambda t, p: 1 - accuracy_score(t, p)),
        _metric("macro_precision_score", HIGHER, "0..1", "labels", SKLEARN, macro_precision_score),
        _metric("macro_recall_score", HIGHER, "0..1", "labels", SKLEARN, macro_recall_score),
        _metric("macro_f1_score", HIGHER, "0..1", "labels", SKLEARN, macro_f1_score),
        _metric(
            "weighted_f1_score",
            HIGHER,
            "0..1",
            "labels",
            SKLEARN,
            _sklearn("f1_score", average="weighted", zero_division=0),
        ),
        _metric(
            "quadratic_weighted_kappa_score",
            HIGHER,
            "-1..1",
            "labels",
            "Cohen 1968",
            _sklearn("cohen_kappa_score", weights="quadratic"),
        ),
        _metric(
            "adjusted_rand_score", HIGHER, "-0.5..1", "labels", "Hubert & Arabie 1985", _sklearn("adjusted_rand_score")
        ),
        _metric(
            "normalized_mutual_info_score", HIGHER, "0..1", "labels", SKLEARN, _sklearn("normalized_mutual_info_score")
        ),
        _metric("roc_auc_score", HIGHER, "0..1", "scores", "Fawcett 2006", roc_auc_score),
        _metric("average_precision_score", HIGHER, "0..1", "scores", SKLEARN, _sklearn("average_precision_score")),
        _metric("log_loss", LOWER, "0..", "scores", "Kaggle's clipping at 1e-15", log_loss),
        _metric("mean_squared_error", LOWER, "0..", "values", SKLEARN, lambda t, p: float(np.mean((t - p) ** 2))),
        _metric(
            "root_mean_squared_error", LOWER, "0..", "values", SKLEARN, lambda t, p: math.sqrt(np.mean((t - p) ** 2))
        ),
        _metric("mean_absolute_error", LOWER, "0..", "values", SKLEARN, lambda t, p: float(np.mean(np.abs(t - p)))),
        _metric(
            "root_mean_squared_log_error",
            LOWER,
            "0..",
            "values",
            SKLEARN,
            lambda t, p: math.sqrt(np.mean((np.log1p(t) - np.log1p(p)) ** 2)),
        ),
        _metric("r2_score", HIGHER, "..1", "values", SKLEARN, _sklearn("r2_score")),
        _metric("kendall_tau_score", HIGHER, "-1..1", "values", "Kendall 1945 (tau-b)", _scipy("kendalltau")),
        _metric("spearman_score", HIGHER, "-1..1", "values", "Spearman 1904", _scipy("spearmanr")),
    )
}
ALIASES = {
    "accuracy": "accuracy_score",
    "balanced_accuracy": "balanced_accuracy_score",
    "error_rate": "classification_error",
    "macro_f1": "macro_f1_score",
    "f1": "macro_f1_score",
    "auc": "roc_auc_score",
    "roc_auc": "roc_auc_score",
    "mse": "mean_squared_error",
    "rmse": "root_mean_squared_error",
    "mae": "mean_absolute_error",
    "rmsle": "root_mean_squared_log_error",
    "r2": "r2_score",
    "kendall_tau": "kendall_tau_score",
    "spearman": "spearman_score",
}


def get_metric(name: str) -> Metric:
    """The metric of that name or alias. Raises `UnknownMetric`."""
    key = ALIASES.get(name, name)
    if key in METRICS:
        return METRICS[key]
    near = difflib.get_close_matches(name, [*METRICS, *ALIASES], n=3)
    hint = f" Did you mean {', '.join(near)}?" if near else ""
    raise UnknownMetric(f"There is no metric “{name}”.{hint} `python -m grader metrics` lists them all.")
