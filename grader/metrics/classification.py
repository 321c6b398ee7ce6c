"""Metrics of predicted labels. All follow from the confusion matrix, so a million rows cost one `bincount`.

A class counts where the truth or the predictions hold it; a ratio with nothing below the line is 0 (scikit-learn's
`zero_division=0`). Functions of counts take `(..., n_classes, n_classes)` and give `(...)`, so that a bootstrap is one
call. A binary metric looks for one class: 1, unless another one is named.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
AVERAGES = ("binary", "micro", "macro", "weighted")
SMALL = 4096


def encode(truth: Array, predicted: Array) -> tuple[Array, Array, Array]:
    """The sorted classes `(n_classes,)` of both arrays, and each array as positions in them."""
    classes, codes = np.unique(np.concatenate([truth, predicted]), return_inverse=True)
    return classes, codes[: len(truth)], codes[len(truth) :]


def confusion_matrix(truth: Array, predicted: Array) -> Array:
    """Counts `(n_classes, n_classes)`: rows are the truth, columns the predictions, classes of either in sorted order.

    >>> confusion_matrix(np.array(["a", "b", "b"]), np.array(["a", "a", "b"])).tolist()
    [[1, 0], [1, 1]]
    """
    classes, rows, columns = encode(truth, predicted)
    return count_pairs(rows, columns, len(classes))


def count_pairs(truth: Array, predicted: Array, n_classes: int) -> Array:
    """The confusion matrix of labels that are already positions `0..n_classes - 1`."""
    pairs = truth * n_classes + predicted
    return np.bincount(pairs, minlength=n_classes * n_classes).reshape(n_classes, n_classes)


def binary_confusion(truth: Array, predicted: Array, positive: str = "1") -> Array:
    """Counts `(2, 2)` with the positive class last. Raises ValueError as `as_binary` does."""
    classes, rows, columns = encode(truth, predicted)
    return as_binary(count_pairs(rows, columns, len(classes)), classes, positive)


def as_binary(counts: Array, classes: Array, positive: str = "1") -> Array:
    """Counts `(..., 2, 2)` of two sorted classes, or of one alone, with the positive class last.

    Raises ValueError where there are more than two, or two of which neither is the positive one.
    """
    at = [i for i, value in enumerate(classes.tolist()) if is_named(value, positive)]
    if len(classes) > 2 or (len(classes) == 2 and not at):
        raise ValueError(f"a binary metric needs two classes, of which one is {positive!r}")
    if len(classes) == 1:
        padding = (1, 0) if at else (0, 1)
        return np.pad(counts, [(0, 0)] * (counts.ndim - 2) + [padding, padding])
    return counts if at == [1] else counts[..., ::-1, ::-1]


def is_named(value: object, name: str) -> bool:
    """Whether this is the class of that name: `1.0` is 1 where classes are numbers."""
    if isinstance(value, str):
        return value == name
    try:
        return float(name) == value
    except ValueError:
        return False


def _hits(counts: Array) -> Array:
    """Rows of each class that were found, `(..., n_classes)`."""
    return np.diagonal(counts, axis1=-2, axis2=-1)


def accuracy(counts: Array) -> Array:
    """Share of equal labels, 0..1."""
    share: Array = _hits(counts).sum(axis=-1) / counts.sum(axis=(-2, -1))
    return share


def classification_error(counts: Array) -> Array:
    """Share of different labels, 0..1: 1 - accuracy."""
    return 1.0 - accuracy(counts)


def balanced_accuracy(counts: Array) -> Array:
    """Mean recall over the classes of the truth, 0..1 (Brodersen et al. 2010; scikit-learn's definition)."""
    support = counts.sum(axis=-1)
    return _mean_of(_ratio(_hits(counts), support), support > 0)


def _ratio(above: Array, below: Array) -> Array:
    """0 where nothing is below the line."""
    return np.divide(above, below, out=np.zeros(above.shape), where=below > 0)


def _mean_of(values: Array, counted: Array) -> Array:
    mean: Array = (values * counted).sum(axis=-1) / np.maximum(counted.sum(axis=-1), 1)
    return mean


def _averaged(values: Array, counts: Array, average: str) -> Array:
    support = counts.sum(axis=-1)
    if average == "binary":
        last: Array = values[..., -1]
        return last
    if average == "weighted":
        weighted: Array = (values * support).sum(axis=-1) / support.sum(axis=-1)
        return weighted
    return _mean_of(values, support + counts.sum(axis=-2) > 0)


def precision(counts: Array, *, average: str) -> Array:
    """Of what was predicted as a class, the share that is one, 0..1. Micro: accuracy (each row has one label)."""
    if average == "micro":
        return accuracy(counts)
    return _averaged(_ratio(_hits(counts), counts.sum(axis=-2)), counts, average)


def recall(counts: Array, *, average: str) -> Array:
    """Of a class, the share that was found, 0..1. Micro and weighted: accuracy."""
    if average == "micro":
        return accuracy(counts)
    return _averaged(_ratio(_hits(counts), counts.sum(axis=-1)), counts, average)


def fbeta(counts: Array, *, average: str, beta: float = 1.0) -> Array:
    """Weighted harmonic mean of precision and recall, recall counting `beta` times as much, 0..1 (van Rijsbergen 1979)."""
    if average == "micro":
        return accuracy(counts)
    b2 = beta * beta
    below = b2 * counts.sum(axis=-1) + counts.sum(axis=-2)
    return _averaged(_ratio((1 + b2) * _hits(counts), below), counts, average)


def jaccard(counts: Array) -> Array:
    """Mean over the classes of intersection over union (Jaccard 1912), 0..1: the mean IoU of a segmentation."""
    hits = _hits(counts)
    union = counts.sum(axis=-1) + counts.sum(axis=-2) - hits
    return _averaged(_ratio(hits, union), counts, "macro")


def quadratic_weighted_kappa(counts: Array, values: Array | None = None) -> Array:
    """Agreement of two ordinal ratings beyond chance, -1..1 (Cohen 1968).

    The weights are squared distances of `values`, the classes' positions when None. Raters of one and the same class have
    no chance to beat: 1.
    """
    at = np.arange(counts.shape[-1], dtype=float) if values is None else np.asarray(values, dtype=float)
    weights = (at[:, None] - at[None, :]) ** 2
    expected = (
        counts.sum(axis=-1)[..., :, None] * (counts.sum(axis=-2) / counts.sum(axis=(-2, -1))[..., None])[..., None, :]
    )
    below = (weights * expected).sum(axis=(-2, -1))
    return 1.0 - np.where(below > 0, _ratio((weights * counts).sum(axis=(-2, -1)), below), 0.0)
