"""Metrics of ranked lists: a cell holds item names separated by spaces, best first.

A repeated item counts once, at its first place. Rows whose truth is empty are left out of the mean; where every row's
is, the score is 0.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
# what is behind an item's colon where it is a gain: 01 is a part of a name
GAIN = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d{1,2})?", re.ASCII)


def average_precision_at(truth: Sequence[str], ranked: Sequence[str], k: int) -> float:
    """Sum of the precision at each hit among the first k, over the hits that were possible, 0..1.

    >>> average_precision_at(["1", "2", "3", "4", "5"], ["6", "4", "7", "1", "2"], 2)
    0.25
    """
    wanted = set(truth)
    hits, total, seen = 0, 0.0, set[str]()
    for place, item in enumerate(ranked[:k], start=1):
        if item in wanted and item not in seen:
            hits += 1
            total += hits / place
        seen.add(item)
    return total / min(len(wanted), k) if wanted else 0.0


def average_precisions(truth: Array, predicted: Array, *, k: int) -> Array:
    """Each row's `average_precision_at`, `(n_samples,)`; NaN where the truth is empty."""
    rows = [(t.split(), p.split()) for t, p in zip(truth.tolist(), predicted.tolist(), strict=True)]
    return np.array([average_precision_at(t, p, k) if t else math.nan for t, p in rows])


def mean_average_precision_score(truth: Array, predicted: Array, *, k: int) -> float:
    """MAP@k, 0..1: the mean of `average_precision_at` (Manning et al. 2008, ch. 8; Kaggle's MAP@K)."""
    return mean_of_counted(average_precisions(truth, predicted, k=k))


def mean_of_counted(terms: Array) -> float:
    """The mean of what isn't NaN; 0 if everything is."""
    counted = terms[~np.isnan(terms)]
    return float(counted.mean()) if len(counted) else 0.0


def relevances(cell: str) -> dict[str, float]:
    """`item:gain` for each item of a truth cell; a bare item has the gain 1. Negative gains count as 0.

    >>> relevances("7:3 9 tt:01")
    {'7': 3.0, '9': 1.0, 'tt:01': 1.0}
    """
    gains = {}
    for part in cell.split():
        item, _, gain = part.rpartition(":")
        is_gain = bool(item) and GAIN.fullmatch(gain) is not None
        gains[item if is_gain else part] = max(0.0, float(gain)) if is_gain else 1.0
    return gains


def discounted_gains(truth: Array, predicted: Array, *, k: int) -> Array:
    """Each row's gain over the best possible one, `(n_samples,)`; NaN where there is none to be had."""
    values = np.full(len(truth), math.nan)
    for row, (cell, ranked) in enumerate(zip(truth.tolist(), predicted.tolist(), strict=True)):
        gains = relevances(cell)
        best = sorted(gains.values(), reverse=True)[:k]
        ideal = math.fsum(gain / math.log2(place + 1) for place, gain in enumerate(best, start=1))
        if ideal <= 0:
            continue
        found, seen = 0.0, set[str]()
        for place, item in enumerate(ranked.split()[:k], start=1):
            if item not in seen:
                found += gains.get(item, 0.0) / math.log2(place + 1)
            seen.add(item)
        values[row] = found / ideal
    return values


def ndcg_score(truth: Array, predicted: Array, *, k: int) -> float:
    """NDCG@k, 0..1, with linear gains and log2 discounts (Järvelin & Kekäläinen 2002); truth cells as in `relevances`."""
    return mean_of_counted(discounted_gains(truth, predicted, k=k))
