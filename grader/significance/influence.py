"""How much each row moves a score: its empirical influence (Hampel 1974; Efron 1982, ch. 6).

With weights `w` of mean 1 on the rows, a score is `score + mean(w * influence)` to first order, exactly so for a mean of
per-row terms. One matrix product then bootstraps a whole board; the error is of order 1 / n beside a spread of 1 / sqrt(n).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from grader.metrics import Metric
from grader.metrics.classification import count_pairs
from grader.metrics.probabilities import is_positive

N_GROUPS = 50
GRADIENT_CELLS = 2**21  # beyond this, a gradient over the occupied cells costs more than leaving out groups

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
    k = len(classes)
    counts = count_pairs(truth, predicted, k)
    score = metric.on_counts(counts, classes)
    if np.count_nonzero(counts) * counts.size <= GRADIENT_CELLS:
        return score, cell_influences(metric, counts, classes)[truth * k + predicted]

    def counted(truth: Array, predicted: Array) -> float:
        return metric.on_counts(count_pairs(truth, predicted, k), classes)

    return score, group_influences(counted, truth, predicted)


def cell_influences(metric: Metric, counts: Array, classes: Array) -> Array:
    """How much a row moves the score by the cell it lies in, `(n_classes ** 2,)`; 0 for empty cells."""
    k, n = len(counts), counts.sum()
    held = np.flatnonzero(counts)
    moved = np.repeat(counts.reshape(1, -1).astype(float), len(held), axis=0)
    rows = np.arange(len(held))
    size = np.minimum(1e-4 * n / len(held), counts.ravel()[held] / 2)
    moved[rows, held] += size
    above = metric.on_many_counts(moved.reshape(-1, k, k), classes)
    moved[rows, held] -= 2 * size
    below = metric.on_many_counts(moved.reshape(-1, k, k), classes)
    moves = np.zeros(k * k)
    moves[held] = (above - below) / (2 * size) * n
    moves[held] -= moves @ counts.ravel() / n
    return moves


def auc_influences(truth: Array, predicted: Array) -> tuple[float, Array]:
    """Of the ROC AUC: the structural components of DeLong, DeLong & Clarke-Pearson (1988)."""
    positive = is_positive(truth)
    n, m = len(truth), int(np.count_nonzero(positive))
    if m in (0, n):
        return 0.5, np.zeros(n)
    order = np.argsort(predicted)
    labels, keys = positive[order], predicted[order]
    ends = np.append(np.flatnonzero(keys[1:] != keys[:-1]), n - 1)
    sizes = np.diff(ends, prepend=-1)
    ups = np.diff(np.cumsum(labels, dtype=np.int64)[ends], prepend=0)
    downs = sizes - ups
    # the rows of the other class below each score, ties counting half
    below_up, below_down = np.cumsum(downs) - downs / 2, np.cumsum(ups) - ups / 2
    score = float(ups.astype(float) @ below_up) / m / (n - m)
    of_ups = (below_up / (n - m) - score) * n / m
    of_downs = (1 - below_down / m - score) * n / (n - m)
    influences = np.empty(n)
    influences[order] = np.where(labels, np.repeat(of_ups, sizes), np.repeat(of_downs, sizes))
    return score, influences


def group_influences(
    metric: Callable[[Array, Array], float], truth: Array, predicted: Array, *, seed: int = 0
) -> Array:
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
