"""Metrics of scores and probabilities: how well they order the rows, and how honest they are.

The truth is 1 for the positive class and 0 for the rest; other pairs of numbers count the greater as positive.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
CLIP = 1e-15


def is_positive(truth: Array) -> Array:
    """Booleans `(n_samples,)`: 1 is positive among zeros and ones, else the greatest value is."""
    highest = truth.max()
    positive: Array = truth == (1 if highest == 0 else highest)
    return positive


@dataclass(frozen=True)
class Steps:
    """Rows of equal score together, lowest score first: how many positives and negatives each step holds."""

    positives: Array
    negatives: Array

    @property
    def n_positive(self) -> float:
        return float(self.positives.sum())

    @property
    def n_negative(self) -> float:
        return float(self.negatives.sum())

    def __add__(self, other: Steps) -> Steps:
        """Two parts together, of the same scores."""
        return Steps(self.positives + other.positives, self.negatives + other.negatives)


def steps(truth: Array, predicted: Array) -> Steps:
    """Group rows by score."""
    return steps_of_parts(truth, predicted, np.zeros(len(truth), dtype=bool))[0]


def steps_of_parts(truth: Array, predicted: Array, in_second: Array) -> tuple[Steps, Steps]:
    """Group the rows of two parts by score in one sort; the steps of both parts are the same scores.

    Scores in [0, 2) are sorted as integers with label and part in the last bits, 3 times faster.
    """
    positive = is_positive(truth)
    scores = predicted.astype(np.float64) + 0.0  # -0.0 becomes 0.0
    if scores.min() >= 0 and scores.max() < 2:
        packed = scores.view(np.uint64)
        packed <<= np.uint64(2)
        packed |= positive.astype(np.uint64) << np.uint64(1) | in_second
        packed.sort()
        labels, parts = (packed & np.uint64(2)) > 0, (packed & np.uint64(1)) > 0
        keys: Array = packed >> np.uint64(2)
    else:
        order = np.argsort(scores)
        labels, parts, keys = positive[order], in_second[order], scores[order]
    ends = np.append(np.flatnonzero(keys[1:] != keys[:-1]), len(scores) - 1)

    def counted(rows: Array) -> Array:
        return np.diff(np.cumsum(rows, dtype=np.int64)[ends].astype(float), prepend=0.0)

    both, second = counted(labels), counted(labels & parts)
    sizes, second_sizes = np.diff(ends.astype(float), prepend=-1.0), counted(parts)
    second_steps = Steps(second, second_sizes - second)
    return Steps(both - second, sizes - second_sizes - both + second), second_steps


def roc_auc_score(truth: Array, predicted: Array) -> float:
    """Probability that a positive row scores above a negative one, ties counting half, 0..1 (Fawcett 2006).

    0.5 where the truth has one class.

    >>> roc_auc_score(np.array([0, 0, 1, 1]), np.array([0.1, 0.4, 0.35, 0.8]))
    0.75
    """
    return auc_of(steps(truth, predicted))


def auc_of(counts: Steps) -> float:
    """The area from the steps."""
    pairs = counts.n_positive * counts.n_negative
    if not pairs:
        return 0.5
    below = np.cumsum(counts.negatives) - counts.negatives / 2
    return float(counts.positives @ below) / pairs


def auc_variance(counts: Steps, *, area: float) -> float:
    """Variance of this area by structural components (DeLong, DeLong & Clarke-Pearson 1988); 0 below 2 rows a class."""
    m, n = counts.n_positive, counts.n_negative
    if m < 2 or n < 2:
        return 0.0
    of_positives = (np.cumsum(counts.negatives) - counts.negatives / 2) / n
    of_negatives = 1 - (np.cumsum(counts.positives) - counts.positives / 2) / m
    spread = float(counts.positives @ (of_positives - area) ** 2) / (m - 1) / m
    return spread + float(counts.negatives @ (of_negatives - area) ** 2) / (n - 1) / n


def roc_auc_ovr_score(truth: Array, predicted: Array) -> float:
    """Mean over the columns of one-against-the-rest areas, 0..1 (Provost & Domingos 2000).

    `truth` is one-hot `(n_samples, n_classes)`. A class that is nowhere or everywhere in it doesn't count; 0.5 if all are such.
    """
    held = [c for c in range(truth.shape[1]) if truth[:, c].min() != truth[:, c].max()]
    areas = [roc_auc_score(truth[:, c], predicted[:, c]) for c in held]
    return float(np.mean(areas)) if areas else 0.5


def average_precision_score(truth: Array, predicted: Array) -> float:
    """Mean precision at each rise of recall, 0..1, without interpolation (Zhu 2004; scikit-learn's definition).

    0 where no row is positive.
    """
    return average_precision_of(steps(truth, predicted))


def average_precision_of(counts: Steps) -> float:
    """The mean precision from the steps."""
    total = counts.n_positive
    if not total:
        return 0.0
    hits = np.cumsum(counts.positives[::-1])
    taken = np.cumsum((counts.positives + counts.negatives)[::-1])
    return float(counts.positives[::-1] @ (hits / np.maximum(taken, 1))) / total


def average_precision_ovr_score(truth: Array, predicted: Array) -> float:
    """Mean over the columns that hold a positive row; 0 if none does."""
    held = [c for c in range(truth.shape[1]) if truth[:, c].max() > 0]
    values = [average_precision_score(truth[:, c], predicted[:, c]) for c in held]
    return float(np.mean(values)) if values else 0.0


def log_losses(truth: Array, predicted: Array) -> Array:
    """Each row's cross-entropy in nats `(n_samples,)`, clipped to [1e-15, 1 - 1e-15] as Kaggle does."""
    p = np.clip(predicted.astype(float), CLIP, 1 - CLIP)
    losses: Array = -np.log(np.where(is_positive(truth), p, 1 - p))
    return losses


def log_loss(truth: Array, predicted: Array) -> float:
    """Mean binary cross-entropy in nats of the positive class's probability, 0..34.54 (Kaggle's LogLoss)."""
    return float(np.mean(log_losses(truth, predicted)))


def multiclass_log_losses(truth: Array, predicted: Array) -> Array:
    """Each row's cross-entropy in nats of its own class; a row is divided by its sum first, then clipped (Kaggle).

    `truth` is one-hot `(n_samples, n_classes)`, as is the shape of `predicted`. A row that sums to 0 is uniform.
    """
    p = np.clip(predicted.astype(float), 0, None)
    sums = p.sum(axis=1, keepdims=True)
    p = np.divide(p, sums, out=np.full_like(p, 1 / p.shape[1]), where=sums > 0)
    own = np.take_along_axis(p, truth.argmax(axis=1)[:, None], axis=1)[:, 0]
    losses: Array = -np.log(np.clip(own, CLIP, 1 - CLIP))
    return losses


def multilabel_log_losses(truth: Array, predicted: Array) -> Array:
    """Each row's mean over the columns of the binary cross-entropy in nats, of independent labels.

    `truth` holds 1 and 0, `(n_samples, n_labels)`, as many 1s in a row as it has labels.
    """
    p = np.clip(predicted.astype(float), CLIP, 1 - CLIP)
    losses: Array = -np.log(np.where(truth == 1, p, 1 - p)).mean(axis=1)
    return losses


def multilabel_log_loss(truth: Array, predicted: Array) -> float:
    """Mean of `multilabel_log_losses`, 0..34.54."""
    return float(np.mean(multilabel_log_losses(truth, predicted)))


def multiclass_log_loss(truth: Array, predicted: Array) -> float:
    """Mean of `multiclass_log_losses`, 0..34.54 (Kaggle's MultiClassLogLoss)."""
    return float(np.mean(multiclass_log_losses(truth, predicted)))
