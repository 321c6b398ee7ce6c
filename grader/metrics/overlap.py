"""Metrics of overlap: sets of items, and boxes in an image. A cell holds a whole set, separated by spaces."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]


def set_jaccards(truth: Array, predicted: Array) -> Array:
    """Each row's intersection over union of two sets of items, `(n_samples,)`. Two empty sets: 1."""
    values = []
    for cell, guess in zip(truth.tolist(), predicted.tolist(), strict=True):
        a, b = set(cell.split()), set(guess.split())
        values.append(len(a & b) / len(a | b) if a | b else 1.0)
    return np.array(values)


def set_jaccard_score(truth: Array, predicted: Array) -> float:
    """Mean over the rows of intersection over union of two sets of items, 0..1 (Jaccard 1912). Two empty sets: 1."""
    return float(np.mean(set_jaccards(truth, predicted)))


def boxes(cell: str) -> Array:
    """`(n_boxes, 4)` from `x_min y_min x_max y_max` repeated. Raises ValueError where the numbers are no boxes.

    >>> boxes("0 0 2 1").tolist()
    [[0.0, 0.0, 2.0, 1.0]]
    """
    numbers = np.array(cell.split(), dtype=float)
    if len(numbers) % 4 or not np.isfinite(numbers).all():
        raise ValueError("a box is four finite numbers: x_min y_min x_max y_max")
    rows = numbers.reshape(-1, 4)
    if (rows[:, 2:] < rows[:, :2]).any():
        raise ValueError("a box's x_max and y_max must not be below its x_min and y_min")
    return rows


def overlaps(a: Array, b: Array) -> Array:
    """Intersection over union of each box of `a` with each of `b`, `(n_a, n_b)`; 0 where both have no area."""
    corner = np.minimum(a[:, None, 2:], b[None, :, 2:]) - np.maximum(a[:, None, :2], b[None, :, :2])
    shared = np.clip(corner, 0, None).prod(axis=2)
    areas = [(box[:, 2:] - box[:, :2]).prod(axis=1) for box in (a, b)]
    union = areas[0][:, None] + areas[1][None, :] - shared
    shares: Array = np.divide(shared, union, out=np.zeros_like(shared), where=union > 0)
    return shares


def box_jaccards(truth: Array, predicted: Array, *, threshold: float) -> Array:
    """Each row's matched / (matched + missed + invented) boxes, `(n_samples,)`. No boxes on both sides: 1."""
    values = []
    for cell, guess in zip(truth.tolist(), predicted.tolist(), strict=True):
        a, b = boxes(cell), boxes(guess)
        if not len(a) and not len(b):
            values.append(1.0)
            continue
        matched = _matched(overlaps(a, b), threshold)
        values.append(matched / (len(a) + len(b) - matched))
    return np.array(values)


def box_jaccard_score(truth: Array, predicted: Array, *, threshold: float) -> float:
    """Mean over the rows of matched / (matched + missed + invented) boxes, 0..1.

    Boxes are matched one to one, largest overlap first, from the threshold up (Everingham et al. 2010). No boxes on both
    sides: 1.
    """
    return float(np.mean(box_jaccards(truth, predicted, threshold=threshold)))


def _matched(shares: Array, threshold: float) -> int:
    left, right = np.nonzero(shares >= threshold)
    order = np.argsort(-shares[left, right], kind="stable")
    used_left, used_right = set[int](), set[int]()
    for i, j in zip(left[order].tolist(), right[order].tolist(), strict=True):
        if i not in used_left and j not in used_right:
            used_left.add(i)
            used_right.add(j)
    return len(used_left)
