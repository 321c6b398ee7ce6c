"""95% intervals of one score over rows that are a sample.

Accuracy has Wilson's interval (1927), which doesn't collapse at 0 and 1; a ROC AUC has DeLong's variance (1988) on the
logit scale. Otherwise, up to 2000 rows are resampled (Efron 1979), where the score is a function of the confusion matrix by
a multinomial draw of its cells; beyond that the bootstrap's spread follows from each row's influence, or, where there is no
formula, from leaving out groups of rows in turn (Quenouille 1956).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from grader.metrics import Metric
from grader.metrics.probabilities import Steps, auc_of, auc_variance
from grader.significance.influence import GRADIENT_CELLS, cell_influences, group_influences

Z = 1.959964
N_RESAMPLES = 1000
SLOW_RESAMPLES = 200
MANY_ROWS = 2000
BATCH_CELLS = 2**21
QUANTILES = (0.025, 0.975)
SHARES = frozenset({"accuracy_score", "classification_error"})

Array = npt.NDArray[Any]
Interval = tuple[float, float]


def interval_of_counts(metric: Metric, counts: Array, classes: Array, *, seed: int = 0) -> Interval:
    """From a confusion matrix `(n_classes, n_classes)` that isn't all zeros."""
    n = int(counts.sum())
    if metric.name in SHARES:
        return wilson(metric.on_counts(counts, classes) * n, n)
    held = np.flatnonzero(counts)
    if n > MANY_ROWS and len(held) * counts.size <= GRADIENT_CELLS:
        score, moves = metric.on_counts(counts, classes), cell_influences(metric, counts, classes)
        reach = Z * math.sqrt(float(counts.ravel() @ moves**2)) / n
        return score - reach, score + reach
    rng = np.random.default_rng(seed)
    chances = counts.ravel()[held] / n
    n_left = int(np.clip(50 * BATCH_CELLS // counts.size, 50, N_RESAMPLES))
    values = []
    while n_left > 0:
        batch = min(n_left, max(1, BATCH_CELLS // counts.size))
        draws = np.zeros((batch, counts.size), dtype=np.int64)
        draws[:, held] = rng.multinomial(n, chances, size=batch)
        values.append(metric.on_many_counts(draws.reshape(batch, *counts.shape), classes))
        n_left -= batch
    return _quantiles(np.concatenate(values))


def interval_of_terms(metric: Metric, terms: Array, *, seed: int = 0) -> Interval:
    """Of `finish` of the mean of per-row terms `(n_rows,)`; NaN marks rows that count nowhere."""
    terms = terms[~np.isnan(terms)]
    n = len(terms)
    if not n:
        return 0.0, 0.0
    if metric.name in SHARES:
        return wilson(float(terms.sum()), n)
    if n < MANY_ROWS:
        rng = np.random.default_rng(seed)
        low, high = _quantiles(terms[rng.integers(0, n, size=(N_RESAMPLES, n))].mean(axis=1))
    else:
        mean, reach = float(terms.mean()), Z * float(terms.std(ddof=1)) / math.sqrt(n)
        low, high = max(mean - reach, float(terms.min())), min(mean + reach, float(terms.max()))
    return metric.bounded(metric.finish(low)), metric.bounded(metric.finish(high))


def interval_of_rows(metric: Metric, truth: Array, predicted: Array, *, seed: int = 0) -> Interval:
    """Of any metric of truth and predictions, each `(n_rows,)` or `(n_rows, n_columns)`."""
    n = len(truth)
    if n > MANY_ROWS:
        score, influences = metric(truth, predicted), group_influences(metric, truth, predicted)
        reach = Z * float(influences.std()) / math.sqrt(n)
        return score - reach, score + reach
    rng = np.random.default_rng(seed)
    values = np.empty(SLOW_RESAMPLES)
    for i in range(SLOW_RESAMPLES):
        rows = rng.integers(0, n, size=n)
        values[i] = metric(truth[rows], predicted[rows])
    return _quantiles(values)


def interval_of_auc(counts: Steps) -> Interval:
    """Of a ROC AUC, from positive and negative rows by score."""
    area = auc_of(counts)
    return _on_logits(area, math.sqrt(auc_variance(counts, area=area)))


def wilson(hits: float, n: int) -> Interval:
    """Wilson's interval of a share.

    >>> [round(end, 3) for end in wilson(10, 10)]
    [0.722, 1.0]
    """
    share, z2 = hits / n, Z * Z
    centre = (share + z2 / (2 * n)) / (1 + z2 / n)
    reach = Z / (1 + z2 / n) * math.sqrt(share * (1 - share) / n + z2 / (4 * n * n))
    return 0.0 if share <= 0 else centre - reach, 1.0 if share >= 1 else centre + reach


def _on_logits(value: float, error: float) -> Interval:
    """A normal interval of the log odds, which stays inside 0..1."""
    if not 0 < value < 1:
        return value, value
    logit, reach = math.log(value / (1 - value)), Z * error / (value * (1 - value))
    low, high = ((1 + math.tanh(x / 2)) / 2 for x in (logit - reach, logit + reach))
    return low, high


def _quantiles(values: Array) -> Interval:
    low, high = np.quantile(values[np.isfinite(values)], QUANTILES) if np.isfinite(values).any() else (0.0, 0.0)
    return float(low), float(high)
