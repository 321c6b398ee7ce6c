"""How much each row moves a score: its empirical influence (Hampel 1974; Efron 1982, ch. 6).

With weights `w` of mean 1 on the rows, a score is `score + mean(w * influence)` to first order, exactly so for a mean of
per-row terms. One matrix product then bootstraps a whole board; the error is of order 1 / n beside a spread of 1 / sqrt(n).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from grader.metrics import Metric
from grader.metrics.classification import count_pairs
from grader.metrics.probabilities import is_positive

N_GROUPS = 50
GRADIENT_CELLS = 2**22

Array = npt.NDArray[Any]


def term_influences(metric: Metric, terms: Array) -> tuple[float, Array]:
    """Of `finish` of the mean of terms `(n_rows,)`; NaN marks rows that count nowhere. Returns score and influences."""
    counted = ~np.isnan(terms)
    n = int(np.count_nonzero(counted))
    if not n:
        return 0.0, np.zeros(len(terms))
    mean = float(terms[counted].mean())
    score, step = metric.finish(mean), max(1e-6 * abs(mean), 1e-12)
    slope = (metric.finish(mean + step) - metric.finish(max(0.0, mean - step))) / (step + min(step, max(mean, 0.0)))
    if mean <= 0 and metric.finish is not float:
        slope = 0.0
    return score, np.where(counted, (terms - mean) * slope * (len(terms) / n), 0.0)


def count_influences(
    metric: Metric, truth: npt.NDArray[np.int64], predicted: npt.NDArray[np.int64], classes: Array
) -> tuple[float, Array]:
    """Of a metric of the confusion matrix, from labels as positions in `classes`, each `(n_rows,)`."""
    n, k = len(truth), len(classes)
    counts = count_pairs(truth, predicted, k)
    score = metric.on_counts(counts, classes)
    held = np.flatnonzero(counts)
    slopes = np.zeros(k * k)
    step = 1e-4 * n / max(1, len(held))
    for start in range(0, len(held), max(1, GRADIENT_CELLS // (k * k))):
        cells = held[start : start + max(1, GRADIENT_CELLS // (k * k))]
        moved = np.repeat(counts.reshape(1, -1).astype(float), len(cells), axis=0)
        rows = np.arange(len(cells))
        # a step up and a step down, where the cell holds enough for it
        size = np.minimum(step, counts.ravel()[cells] / 2)
        moved[rows, cells] += size
        above = metric.on_many_counts(moved.reshape(-1, k, k), classes)
        moved[rows, cells] -= 2 * size
        below = metric.on_many_counts(moved.reshape(-1, k, k), classes)
        slopes[cells] = (above - below) / (2 * size)
    influences = slopes[truth * k + predicted] * n
    return score, influences - influences.mean()


def auc_influences(truth: Array, predicted: Array) -> tuple[float, Array]:
    """Of the ROC AUC: the structural components of DeLong, DeLong & Clarke-Pearson (1988)."""
    positive = is_positive(truth)
    n, m = len(truth), int(np.count_nonzero(positive))
    if m in (0, n):
        return 0.5, np.zeros(n)
    ups, downs = np.sort(predicted[positive]), np.sort(predicted[~positive])
    above = (np.searchsorted(downs, predicted[positive]) + np.searchsorted(downs, predicted[positive], "right")) / 2
    below = (np.searchsorted(ups, predicted[~positive]) + np.searchsorted(ups, predicted[~positive], "right")) / 2
    score = float(above.sum()) / m / (n - m)
    influences = np.empty(n)
    influences[positive] = (above / (n - m) - score) * n / m
    influences[~positive] = (1 - below / m - score) * n / (n - m)
    return score, influences


def group_influences(metric: Metric, truth: Array, predicted: Array, *, seed: int = 0) -> Array:
    """Of any metric, by leaving out groups of rows in turn; `(n_rows,)`.

    Rows of a group share what the group moves, scaled so that resampling rows spreads the score as resampling groups does.
    """
    n = len(truth)
    n_groups = min(N_GROUPS, n)
    if n_groups < 2:
        return np.zeros(n)
    groups = np.random.default_rng(seed).permutation(n) % n_groups
    without = np.array([metric(truth[groups != g], predicted[groups != g]) for g in range(n_groups)])
    moves = (n_groups - 1) * (without.mean() - without)
    influences: Array = moves[groups] * math.sqrt(n / n_groups)
    return influences
