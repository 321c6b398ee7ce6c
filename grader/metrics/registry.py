"""Every metric by name, with its direction, range, source and what it is where the formula has no value.

Names say the direction: `*_score` is better higher, `*_error`, `*_loss` and `*_distance` lower. A name may carry a
parameter after `@`: `ndcg_score@10`, `macro_fbeta_score@2`.
"""

from __future__ import annotations

import difflib
import math
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from grader.metrics import classification as c
from grader.metrics import clustering, overlap, probabilities, regression, retrieval, text

Array = npt.NDArray[Any]
HIGHER, LOWER = "higher", "lower"
SKLEARN = "scikit-learn user guide, 3.4 Metrics and scoring"


class UnknownMetric(ValueError):
    """No metric of that name; the message names the nearest ones."""


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
    """

    name: str
    direction: str
    range: str
    takes: str
    source: str
    function: Callable[..., float]
    undefined: str = "never undefined"
    from_counts: Callable[..., Any] | None = None
    from_steps: Callable[[probabilities.Steps], float] | None = None
    is_binary: bool = False
    is_ordinal: bool = False
    row_terms: Callable[[Array, Array], Array] | None = None
    finish: Callable[[float], float] = float
    matrix_function: Callable[[Array, Array], float] | None = None
    matrix_terms: Callable[[Array, Array], Array] | None = None
    minimum: float | None = None

    def __call__(self, truth: Array, predicted: Array) -> float:
        """The value over at least one row, always finite: what overflows becomes the worst value."""
        return self.bounded(self.function(truth, predicted))

    def on_counts(self, counts: Array, classes: Array) -> float:
        """The value from a confusion matrix `(n_classes, n_classes)` of these sorted classes, at most two if binary."""
        return self.bounded(float(self.on_many_counts(counts, classes)))

    def on_many_counts(self, counts: Array, classes: Array) -> Array:
        """The values `(...)` from confusion matrices `(..., n_classes, n_classes)`, as they are, not bounded."""
        assert self.from_counts is not None
        if self.is_binary:
            counts = as_binary(counts, classes)
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


def as_binary(counts: Array, classes: Array) -> Array:
    """Two classes, the positive one last: one class alone is the negative one only where it is 0."""
    if len(classes) == 2:
        return counts
    if len(classes) > 2:
        raise ValueError("a binary metric needs two classes")
    padding = (0, 1) if classes[0] == 0 else (1, 0)
    return np.pad(counts, [(0, 0)] * (counts.ndim - 2) + [padding, padding])


def _label(
    name: str, from_counts: Callable[..., Any], *, direction: str = HIGHER, is_binary: bool = False, **more: Any
) -> Metric:
    def function(truth: Array, predicted: Array) -> float:
        if is_binary:
            return float(from_counts(c.binary_confusion(truth, predicted)))
        classes, rows, columns = c.encode(truth, predicted)
        counts = c.count_pairs(rows, columns, len(classes))
        if more.get("is_ordinal") and classes.dtype.kind in "iuf":
            return float(from_counts(counts, values=classes))
        return float(from_counts(counts))

    options: dict[str, Any] = {"range": "0..1", "takes": "labels", "source": SKLEARN, "function": function} | more
    return Metric(name=name, direction=direction, from_counts=from_counts, is_binary=is_binary, **options)


def _averages() -> list[Metric]:
    made = []
    for average in c.AVERAGES:
        for stem, function in (("precision", c.precision), ("recall", c.recall), ("f1", c.fbeta)):
            source = "van Rijsbergen 1979, ch. 7"
            undefined = "0 for a class never predicted or never there"
            counted = partial(function, average=average)
            made.append(
                _label(
                    f"{average}_{stem}_score",
                    counted,
                    is_binary=average == "binary",
                    source=source,
                    undefined=undefined,
                )
            )
    return made


def _mean(name: str, function: Callable[..., float], row_terms: Callable[..., Array], **more: Any) -> Metric:
    options: dict[str, Any] = {"range": "0..", "takes": "values", "source": SKLEARN, "direction": LOWER} | more
    return Metric(name=name, function=function, row_terms=row_terms, **options)


def _fbeta(average: str, beta: float) -> Metric:
    return _label(
        f"{average}_fbeta_score@{beta:g}",
        partial(c.fbeta, average=average, beta=beta),
        is_binary=average == "binary",
        source="van Rijsbergen 1979, ch. 7; beta after the @",
        undefined="0 for a class never predicted or never there",
    )


def _map(k: float) -> Metric:
    return Metric(
        name=f"mean_average_precision_score@{k:g}",
        direction=HIGHER,
        range="0..1",
        takes="lists",
        source="Kaggle's MAP@K; k after the @",
        function=partial(retrieval.mean_average_precision_score, k=int(k)),
        row_terms=partial(retrieval.average_precisions, k=int(k)),
        undefined="rows with an empty truth are left out; 0 if all are",
    )


def _ndcg(k: float) -> Metric:
    return Metric(
        name=f"ndcg_score@{k:g}",
        direction=HIGHER,
        range="0..1",
        takes="lists",
        source="Järvelin & Kekäläinen 2002, linear gains; k after the @",
        function=partial(retrieval.ndcg_score, k=int(k)),
        row_terms=partial(retrieval.discounted_gains, k=int(k)),
        undefined="rows without a gain are left out; 0 if all are",
    )


def _boxes(threshold: float) -> Metric:
    return Metric(
        name=f"box_jaccard_score@{threshold:g}",
        direction=HIGHER,
        range="0..1",
        takes="boxes",
        source="Everingham et al. 2010 (matching); the least overlap after the @",
        function=partial(overlap.box_jaccard_score, threshold=threshold),
        row_terms=partial(overlap.box_jaccards, threshold=threshold),
        undefined="1 for a row without boxes on both sides",
    )


# the maker, the parameter's bounds, whether it is an integer, and the values that are listed
FAMILIES: dict[str, tuple[Callable[[float], Metric], float, float, bool, tuple[float, ...]]] = {
    **{f"{average}_fbeta_score": (partial(_fbeta, average), 0.01, 100, False, (0.5, 2)) for average in c.AVERAGES},
    "mean_average_precision_score": (_map, 1, 1000, True, (5, 10)),
    "ndcg_score": (_ndcg, 1, 1000, True, (5, 10)),
    "box_jaccard_score": (_boxes, 0.01, 1, False, (0.5,)),
}


def _embedding_function(truth: Array, predicted: Array) -> float:
    raise TypeError("analogy accuracy takes word vectors: see grader.metrics.embeddings")


METRICS: dict[str, Metric] = {
    m.name: m
    for m in (
        _label("accuracy_score", c.accuracy, row_terms=lambda t, p: (t == p).astype(float)),
        _label("balanced_accuracy_score", c.balanced_accuracy, source="Brodersen et al. 2010"),
        _label(
            "classification_error",
            c.classification_error,
            direction=LOWER,
            source="1 - accuracy",
            row_terms=lambda t, p: (t != p).astype(float),
        ),
        *_averages(),
        _label("macro_jaccard_score", c.jaccard, source="Jaccard 1912", undefined="0 for a class never hit"),
        _label(
            "quadratic_weighted_kappa_score",
            c.quadratic_weighted_kappa,
            range="-1..1",
            source="Cohen 1968; squared differences of the labels, or of their places where they are text",
            is_ordinal=True,
            undefined="1 where both raters name one and the same class",
        ),
        Metric(
            name="adjusted_rand_score",
            direction=HIGHER,
            range="-0.5..1",
            takes="clusters",
            source="Hubert & Arabie 1985",
            function=clustering.adjusted_rand_score,
            undefined="1 where both are one cluster, or both singletons",
        ),
        Metric(
            name="normalized_mutual_info_score",
            direction=HIGHER,
            range="0..1",
            takes="clusters",
            source="Strehl & Ghosh 2002, arithmetic mean",
            function=clustering.normalized_mutual_info_score,
            undefined="1 where both are one cluster, 0 where one of them is",
        ),
        Metric(
            name="roc_auc_score",
            direction=HIGHER,
            range="0..1",
            takes="scores",
            source="Fawcett 2006; several columns: one against the rest, mean (Provost & Domingos 2000)",
            function=probabilities.roc_auc_score,
            from_steps=probabilities.auc_of,
            matrix_function=probabilities.roc_auc_ovr_score,
            undefined="0.5 where the truth has one class; such a column is left out of a mean",
        ),
        Metric(
            name="average_precision_score",
            direction=HIGHER,
            range="0..1",
            takes="scores",
            source="Zhu 2004; several columns: mean",
            function=probabilities.average_precision_score,
            from_steps=probabilities.average_precision_of,
            matrix_function=probabilities.average_precision_ovr_score,
            undefined="0 where no row is positive; such a column is left out of a mean",
        ),
        _mean(
            "log_loss",
            probabilities.log_loss,
            probabilities.log_losses,
            takes="probabilities",
            range="0..34.54",
            source="Kaggle's LogLoss, clipped to [1e-15, 1 - 1e-15]; several columns: MultiClassLogLoss",
            matrix_function=probabilities.multiclass_log_loss,
            matrix_terms=probabilities.multiclass_log_losses,
        ),
        _mean("mean_squared_error", regression.mean_squared_error, regression.squared_errors),
        _mean(
            "root_mean_squared_error", regression.root_mean_squared_error, regression.squared_errors, finish=math.sqrt
        ),
        _mean("mean_absolute_error", regression.mean_absolute_error, regression.absolute_errors),
        _mean(
            "root_mean_squared_log_error",
            regression.root_mean_squared_log_error,
            regression.squared_log_errors,
            finish=math.sqrt,
            source="Kaggle's RMSLE",
            minimum=0.0,
            undefined="negative predictions are refused",
        ),
        Metric(
            name="r2_score",
            direction=HIGHER,
            range="..1",
            takes="values",
            source="Wright 1921",
            function=regression.r2_score,
            undefined="with a constant truth: 1 if met exactly, else 0",
        ),
        Metric(
            name="kendall_tau_score",
            direction=HIGHER,
            range="-1..1",
            takes="values",
            source="Kendall 1945 (tau-b)",
            function=regression.kendall_tau_b_score,
            undefined="0 where the truth or the predictions are constant",
        ),
        Metric(
            name="kendall_tau_a_score",
            direction=HIGHER,
            range="-1..1",
            takes="values",
            source="Kendall 1938 (tau-a)",
            function=regression.kendall_tau_a_score,
            undefined="0 where the truth or the predictions are constant",
        ),
        Metric(
            name="spearman_score",
            direction=HIGHER,
            range="-1..1",
            takes="values",
            source="Spearman 1904",
            function=regression.spearman_score,
            undefined="0 where the truth or the predictions are constant",
        ),
        Metric(
            name="set_jaccard_score",
            direction=HIGHER,
            range="0..1",
            takes="sets",
            source="Jaccard 1912",
            function=overlap.set_jaccard_score,
            row_terms=overlap.set_jaccards,
            undefined="1 for a row with two empty sets",
        ),
        Metric(
            name="mean_edit_distance",
            direction=LOWER,
            range="0..",
            takes="text",
            source="Levenshtein 1966; Kaggle's Levenshtein Mean",
            function=text.mean_edit_distance,
            row_terms=text.edit_distances,
        ),
        Metric(
            name="analogy_accuracy_score",
            direction=HIGHER,
            range="0..1",
            takes="embeddings",
            source="Mikolov et al. 2013 (3CosAdd)",
            function=_embedding_function,
            undefined="a word without a vector is a miss",
        ),
        *(make(value) for make, _, _, _, listed in FAMILIES.values() for value in listed),
    )
}
ALIASES = {
    "accuracy": "accuracy_score",
    "balanced_accuracy": "balanced_accuracy_score",
    "error_rate": "classification_error",
    "macro_f1": "macro_f1_score",
    "micro_f1": "micro_f1_score",
    "weighted_f1": "weighted_f1_score",
    "f1": "macro_f1_score",
    "auc": "roc_auc_score",
    "roc_auc": "roc_auc_score",
    "average_precision": "average_precision_score",
    "logloss": "log_loss",
    "jaccard": "macro_jaccard_score",
    "mse": "mean_squared_error",
    "rmse": "root_mean_squared_error",
    "mae": "mean_absolute_error",
    "rmsle": "root_mean_squared_log_error",
    "r2": "r2_score",
    "kendall_tau": "kendall_tau_score",
    "kendall_tau_b": "kendall_tau_score",
    "kendall_tau_a": "kendall_tau_a_score",
    "spearman": "spearman_score",
    "qwk": "quadratic_weighted_kappa_score",
    "ari": "adjusted_rand_score",
    "nmi": "normalized_mutual_info_score",
    "map": "mean_average_precision_score",
    "ndcg": "ndcg_score",
    "levenshtein": "mean_edit_distance",
    "iou": "box_jaccard_score",
    "analogies": "analogy_accuracy_score",
}
# an instructor's program: its direction, and the beginning of its SHA-256
OWN = re.compile(r"own_metric@(higher|lower):([0-9a-f]{12})", re.ASCII)
PARAMETER = re.compile(r"\d{1,4}(\.\d{1,4})?", re.ASCII)


def get_metric(name: str) -> Metric:
    """The metric of that name or alias, with its parameter: `accuracy`, `map@3`. Raises `UnknownMetric`.

    `own_metric@lower:0123456789ab` is a program, which `grader.own_metric` runs in the sandbox; it isn't called here.
    """
    if own := OWN.fullmatch(name):
        return _own(name, own[1])
    stem, _, parameter = name.partition("@")
    stem = ALIASES.get(stem, stem)
    if stem in METRICS and "@" not in name:
        return METRICS[stem]
    if stem in FAMILIES:
        return _of_family(stem, parameter)
    near = difflib.get_close_matches(name, [*METRICS, *ALIASES], n=3)
    hint = f" Did you mean {', '.join(near)}?" if near else ""
    raise UnknownMetric(f"There is no metric “{name[:60]}”.{hint} `python -m grader metrics` lists them all.")


def _own(name: str, direction: str) -> Metric:
    return Metric(
        name=name,
        direction=direction,
        range="..",
        takes="own",
        source="the instructor's program",
        function=_own_function,
    )


def _own_function(truth: Array, predicted: Array) -> float:
    raise TypeError("an instructor's program runs in the sandbox: see grader.own_metric")


def _of_family(stem: str, parameter: str) -> Metric:
    make, low, high, is_whole, listed = FAMILIES[stem]
    value = float(parameter) if PARAMETER.fullmatch(parameter) else math.nan
    if not low <= value <= high or (is_whole and value != int(value)):
        kind = "a whole number" if is_whole else "a number"
        raise UnknownMetric(f"“{stem}” needs {kind} from {low:g} to {high:g} after an @, such as {stem}@{listed[0]:g}.")
    return make(value)
