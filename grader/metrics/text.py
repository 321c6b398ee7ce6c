"""Metrics of text: how many edits a prediction is away from the truth."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]


def edit_distance(a: str, b: str) -> int:
    """Fewest insertions, deletions and substitutions of characters (Levenshtein 1966), bit-parallel (Myers 1999).

    >>> edit_distance("kitten", "sitting")
    3
    """
    if len(a) < len(b):
        a, b = b, a
    if not b:
        return len(a)
    places: dict[str, int] = {}
    for i, character in enumerate(b):
        places[character] = places.get(character, 0) | 1 << i
    mask, last = (1 << len(b)) - 1, 1 << (len(b) - 1)
    up, down, distance = mask, 0, len(b)
    for character in a:
        here = places.get(character, 0)
        diagonal = (((here & up) + up) ^ up) | here | down
        rise = down | ~(diagonal | up)
        fall = up & diagonal
        distance += bool(rise & last) - bool(fall & last)
        rise = rise << 1 | 1
        up = (fall << 1 | ~(diagonal | rise)) & mask
        down = rise & diagonal & mask
    return distance


def edit_distances(truth: Array, predicted: Array) -> Array:
    """Each row's edit distance in characters, `(n_samples,)`."""
    pairs = zip(truth.tolist(), predicted.tolist(), strict=True)
    return np.array([0 if t == p else edit_distance(t, p) for t, p in pairs], dtype=float)


def mean_edit_distance(truth: Array, predicted: Array) -> float:
    """Mean edit distance in characters, 0.. (Kaggle's Levenshtein Mean)."""
    return float(np.mean(edit_distances(truth, predicted)))
