"""Metrics of predicted values: errors of a regression, and how well an order is kept."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]


def squared_errors(truth: Array, predicted: Array) -> Array:
    """`(n_samples,)`."""
    errors: Array = np.square(truth - predicted)
    return errors


def absolute_errors(truth: Array, predicted: Array) -> Array:
    """`(n_samples,)`."""
    errors: Array = np.abs(truth - predicted)
    return errors


def squared_log_errors(truth: Array, predicted: Array) -> Array:
    """Squared differences of log(1 + x), `(n_samples,)`. Values below 0 count as 0; reading predictions refuses them."""
    errors: Array = np.square(np.log1p(np.maximum(truth, 0)) - np.log1p(np.maximum(predicted, 0)))
    return errors


def mean_squared_error(truth: Array, predicted: Array) -> float:
    """Mean squared difference, 0.. (Gauss 1821)."""
    return float(np.mean(squared_errors(truth, predicted)))


def root_mean_squared_error(truth: Array, predicted: Array) -> float:
    """Root of the mean squared difference, 0.., in the target's unit."""
    return math.sqrt(mean_squared_error(truth, predicted))


def mean_absolute_error(truth: Array, predicted: Array) -> float:
    """Mean absolute difference, 0.., in the target's unit."""
    return float(np.mean(absolute_errors(truth, predicted)))


def root_mean_squared_log_error(truth: Array, predicted: Array) -> float:
    """Root of the mean squared difference of log(1 + x), 0.. (Kaggle's RMSLE)."""
    return math.sqrt(float(np.mean(squared_log_errors(truth, predicted))))


def r2_score(truth: Array, predicted: Array) -> float:
    """Share of the variance explained, ..1 (Wright 1921). With a constant truth: 1 if met exactly, else 0."""
    left = float(np.sum(squared_errors(truth, predicted)))
    spread = float(np.sum(np.square(truth - np.mean(truth))))
    if spread == 0:
        return 1.0 if left == 0 else 0.0
    return 1.0 - left / spread


def kendall_tau_b_score(truth: Array, predicted: Array) -> float:
    """Concordant minus discordant pairs over the pairs untied in either, -1..1 (Kendall 1945). 0 where either is constant."""
    from scipy import stats

    if _is_constant(truth) or _is_constant(predicted):
        return 0.0
    method = "asymptotic" if len(truth) > 2 else "auto"  # only the p-value differs, which nobody asks for
    return float(stats.kendalltau(truth, predicted, variant="b", method=method).statistic)


def kendall_tau_a_score(truth: Array, predicted: Array) -> float:
    """Concordant minus discordant pairs over all pairs, -1..1 (Kendall 1938): ties in either count against it."""
    pairs = len(truth) * (len(truth) - 1) // 2
    if not pairs:
        return 0.0
    untied = (1 - _tied_pairs(truth) / pairs) * (1 - _tied_pairs(predicted) / pairs)
    return kendall_tau_b_score(truth, predicted) * math.sqrt(untied)


def spearman_score(truth: Array, predicted: Array) -> float:
    """Correlation of the ranks, tied ones at their mean, -1..1 (Spearman 1904). 0 where either is constant."""
    from scipy.stats import rankdata

    if _is_constant(truth) or _is_constant(predicted):
        return 0.0
    a, b = rankdata(truth), rankdata(predicted)
    a, b = a - a.mean(), b - b.mean()
    return float(np.clip((a @ b) / math.sqrt((a @ a) * (b @ b)), -1, 1))


def _is_constant(values: Array) -> bool:
    return bool((values == values[0]).all())


def _tied_pairs(values: Array) -> int:
    counts = np.unique(values, return_counts=True)[1].astype(np.int64)
    return int((counts * (counts - 1) // 2).sum())
