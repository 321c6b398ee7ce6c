"""What a metric is: its function, and what it asks of the truth, of the predictions and of each part that is scored."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
import numpy.typing as npt

from grader.metrics import probabilities
from grader.metrics.classification import as_binary

Array = npt.NDArray[Any]
HIGHER, LOWER = "higher", "lower"


class Truth(StrEnum):
    """What a target column of the solution holds."""

    CLASSES = "classes"  # words or whole numbers
    TWO_CLASSES = "two classes"  # 0 and 1, or two of which the positive one is named
    TWO_OR_INDICATORS = "two classes, or a column of 0 and 1 for each class"
    GRADES = "whole numbers in order"
    NUMBERS = "numbers"
    LISTS = "lists of items"
    SETS = "sets of items"
    BOXES = "boxes"
    TEXT = "text"
    ANALOGIES = "analogies"
    ANYTHING = "anything"


class Part(StrEnum):
    """What the public and the private rows must hold, each by themselves, for the score to be defined."""

    A_ROW = "a row"
    TWO_VALUES = "two different values"
    BOTH_CLASSES = "both classes"
    A_POSITIVE = "a positive row"
    AN_ITEM = "a row with an item"


@dataclass(frozen=True, kw_only=True)
class Metric:
    """One metric. `function` takes `(truth, predicted)`, each `(n_samples,)`.

    `takes` says what a prediction is: `labels` (classes of the solution), `clusters`, `scores` or `probabilities` (of the
    positive class; one column per class where the solution has several), `values`, `lists`, `sets`, `boxes`, `text`,
    `embeddings`, or `own` (whatever the truth is). What else a metric can be computed from, for speed and for intervals:

    - `from_counts`: the confusion matrix, rows the truth;
    - `from_steps`: positive and negative rows by score;
    - `row_terms` and `finish`: `finish` of the mean of per-row terms `(n_samples,)`, NaN where a row doesn't count;
    - `matrix_function`: truth and predictions of all target columns at once, `(n_samples, n_columns)`.

    `truth` and `each_part` are checked by `grader.suitability`. Predictions lie from `minimum` to `maximum`. `positive` is the
    class that a metric of two classes looks for.
    """

    name: str
    direction: str
    range: str
    takes: str
    source: str
    function: Callable[..., float]
    undefined: str = "never undefined"
    truth: Truth = Truth.ANYTHING
    each_part: Part = Part.A_ROW
    from_counts: Callable[..., Any] | None = None
    from_steps: Callable[[probabilities.Steps], float] | None = None
    is_binary: bool = False
    is_ordinal: bool = False
    row_terms: Callable[[Array, Array], Array] | None = None
    finish: Callable[[float], float] = float
    matrix_function: Callable[[Array, Array], float] | None = None
    matrix_terms: Callable[[Array, Array], Array] | None = None
    minimum: float | None = None
    maximum: float | None = None
    positive: str = "1"

    @property
    def stem(self) -> str:
        """The name without its parameter and its positive class."""
        return self.name.partition("[")[0].partition("@")[0]

    def __call__(self, truth: Array, predicted: Array) -> float:
        """The value over at least one row, always finite: what overflows becomes the worst value."""
        if self.is_binary:
            return self.bounded(self.function(truth, predicted, self.positive))
        return self.bounded(self.function(truth, predicted))

    def on_counts(self, counts: Array, classes: Array) -> float:
        """The value from a confusion matrix `(n_classes, n_classes)` of these sorted classes, at most two if binary."""
        return self.bounded(float(self.on_many_counts(counts, classes)))

    def on_many_counts(self, counts: Array, classes: Array) -> Array:
        """The values `(...)` from confusion matrices `(..., n_classes, n_classes)`, as they are, not bounded."""
        assert self.from_counts is not None
        if self.is_binary:
            counts = as_binary(counts, classes, self.positive)
        if self.is_ordinal and classes.dtype.kind in "iuf":
            return np.asarray(self.from_counts(counts, values=classes))
        return np.asarray(self.from_counts(counts))

    def on_columns(self, truth: Array, predicted: Array) -> float:
        """The value over several target columns, `(n_samples, n_columns)`: the metric's own, else the columns' mean."""
        if self.matrix_function is not None:
            return self.bounded(self.matrix_function(truth, predicted))
        return float(np.mean([self(truth[:, i], predicted[:, i]) for i in range(truth.shape[1])]))

    def bounded(self, value: float) -> float:
        """A finite float."""
        value = float(value)
        if math.isfinite(value):
            return value
        return -sys.float_info.max if self.direction == HIGHER else sys.float_info.max
