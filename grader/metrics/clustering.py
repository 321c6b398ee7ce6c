"""Metrics of clusterings: the names of the clusters don't matter, only who is with whom."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]


def contingency(truth: Array, predicted: Array) -> tuple[Array, Array, Array]:
    """The occupied cells of the table of truth against clusters, and its two margins; never the whole table.

    A table of n clusters by n clusters, as a clustering of singletons makes, would not fit.
    """
    _, rows = np.unique(truth, return_inverse=True)
    _, columns = np.unique(predicted, return_inverse=True)
    pairs, cells = np.unique(rows.astype(np.int64) * (int(columns.max()) + 1) + columns, return_counts=True)
    del pairs
    return cells, np.bincount(rows), np.bincount(columns)


def adjusted_rand_score(truth: Array, predicted: Array) -> float:
    """Share of pairs that both clusterings treat alike, corrected for chance, -0.5..1 (Hubert & Arabie 1985).

    1 where both are one cluster, or both singletons.
    """
    cells, rows, columns = (part.astype(float) for part in contingency(truth, predicted))
    n = float(len(truth))
    together = float((cells * (cells - 1)).sum()) / 2
    in_rows, in_columns = float((rows * (rows - 1)).sum()) / 2, float((columns * (columns - 1)).sum()) / 2
    pairs = n * (n - 1) / 2
    if pairs == 0:
        return 1.0
    expected = in_rows * in_columns / pairs
    highest = (in_rows + in_columns) / 2
    return 1.0 if highest == expected else (together - expected) / (highest - expected)


def normalized_mutual_info_score(truth: Array, predicted: Array) -> float:
    """Mutual information over the mean of the two entropies, 0..1 (Strehl & Ghosh 2002; scikit-learn's arithmetic mean).

    1 where both are one cluster; 0 where only one of them is.
    """
    cells, rows, columns = contingency(truth, predicted)
    if len(rows) == 1 and len(columns) == 1:
        return 1.0
    mean = (_entropy(rows) + _entropy(columns)) / 2
    information = _entropy(rows) + _entropy(columns) - _entropy(cells)
    return min(1.0, max(0.0, information / mean))


def _entropy(counts: Array) -> float:
    p = counts[counts > 0] / counts.sum()
    return math.fsum((-p * np.log(p)).tolist()) if len(p) < 1000 else float(-(p * np.log(p)).sum())
