"""Score a predictions file: public, private and overall, with an interval for the private score.

Labels are compared once, as confusion matrices of the public and of the private rows; means of per-row terms likewise.
Only what can't be put together from its parts, such as a ROC AUC, is computed for each part.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from grader.metrics import Metric, get_metric
from grader.metrics.classification import count_pairs
from grader.metrics.embeddings import analogy_hits
from grader.metrics.probabilities import Steps, steps_of_parts
from grader.outcome import Evaluation
from grader.predictions import MAX_BYTES, Predictions, Solution, read_predictions
from grader.predictions.vectors import Vectors, read_vectors
from grader.significance.intervals import interval_of_auc, interval_of_counts, interval_of_rows, interval_of_terms
from grader.suitability import MAX_CLASSES, check_solution, is_one_hot, suited_to, truth_for

N_USAGES = 3  # public, private, ignored
ANALOGIES = "completed"

Array = npt.NDArray[Any]


def score_file(
    path: Path, *, solution: Solution, metric: str, allow_gzip: bool = False, max_bytes: int = MAX_BYTES
) -> Evaluation:
    """Read, validate, align and score. Raises `InvalidPredictions`, `InvalidSolution`, `grader.metrics.UnknownMetric`."""
    predictions = read_for_metric(path, solution=solution, metric=metric, allow_gzip=allow_gzip, max_bytes=max_bytes)
    return score(predictions, solution=solution, metric=metric)


def read_for_metric(
    path: Path, *, solution: Solution, metric: str, allow_gzip: bool = False, max_bytes: int = MAX_BYTES
) -> Predictions:
    """Read and align predictions as this metric takes them: an upload that passes here can be scored.

    Raises `InvalidPredictions`, `InvalidSolution` and `grader.metrics.UnknownMetric`.
    """
    chosen = get_metric(metric)
    check_solution(solution, metric=metric)
    if chosen.takes == "embeddings":
        return _analogies(read_vectors(path, allow_gzip=allow_gzip, max_bytes=max_bytes), solution)
    return read_predictions(
        path,
        solution,
        takes=None if chosen.takes == "own" else chosen.takes,
        minimum=chosen.minimum,
        maximum=_maximum(chosen, solution),
        allow_gzip=allow_gzip,
        max_bytes=max_bytes,
    )


def _maximum(metric: Metric, solution: Solution) -> float | None:
    """The greatest value of a prediction; none where the columns of a row are divided by their sum."""
    is_divided = metric.maximum is not None and len(solution.target_columns) > 1 and is_one_hot(solution)
    return None if is_divided else metric.maximum


def _analogies(vectors: Vectors, solution: Solution) -> Predictions:
    """Which analogies the vectors complete, 1.0 or 0.0, as the only column: that is all a score needs of them."""
    columns = [solution.texts(name).tolist() for name in solution.target_columns]
    a, b, c, d = columns
    hits = analogy_hits(list(zip(a, b, c, d, strict=True)), vectors.words, vectors.matrix)
    return Predictions(values={ANALOGIES: hits.astype(float)})


@dataclass(frozen=True)
class _Parts:
    """Scores of the public rows, the private ones and both; None where there are no such rows."""

    public: float | None
    private: float | None
    overall: float | None
    interval: tuple[float, float] | None = None


def score(predictions: Predictions, *, solution: Solution, metric: str) -> Evaluation:
    """Scores over the Public, the Private, and both kinds of rows; Ignored rows count nowhere.

    Over several target columns the score is the metric's own, or else the mean over the columns.
    """
    chosen = suited_to(get_metric(metric), solution)
    names = solution.target_columns
    if chosen.takes == "embeddings":
        parts = _from_terms(chosen, predictions.values[ANALOGIES], solution.usage_codes)
    elif len(names) > 1 and chosen.matrix_function is not None:
        parts = _several(chosen, solution, predictions)
    else:
        parts = _mean([_column(chosen, solution, predictions, name) for name in names])
    return Evaluation(
        metric=chosen.name,
        direction=chosen.direction,
        public=parts.public,
        private=parts.private,
        overall=parts.overall,
        n_rows=int(np.count_nonzero(solution.usage_codes < N_USAGES - 1)),
        interval=parts.interval,
    )


def _column(metric: Metric, solution: Solution, predictions: Predictions, name: str) -> _Parts:
    usage = solution.usage_codes
    if name in predictions.codes:
        labels, codes = solution.labels(name), predictions.codes[name]
        if len(labels.classes) > MAX_CLASSES:
            return _from_terms(metric, (codes == labels.codes).astype(float), usage, hits=True)
        return _from_counts(metric, usage_counts(labels.codes, codes, usage, len(labels.classes)), labels.classes)
    truth, predicted = truth_for(metric, solution, name), predictions.columns[name]
    if metric.row_terms is not None:
        return _from_terms(metric, metric.row_terms(truth, predicted), usage)
    if metric.from_steps is not None:
        return _from_steps(metric, metric.from_steps, truth, predicted, usage)
    return _from_rows(metric, truth, predicted, usage)


def usage_counts(
    truth: npt.NDArray[np.int64], predicted: npt.NDArray[np.int64], usage: npt.NDArray[np.uint8], n_classes: int
) -> Array:
    """Confusion matrices `(3, n_classes, n_classes)` of the public, the private and the ignored rows."""
    cells = n_classes * n_classes
    if (usage == usage[0]).all():
        counts = np.zeros((N_USAGES, n_classes, n_classes), dtype=np.int64)
        counts[usage[0]] = count_pairs(truth, predicted, n_classes)
        return counts
    pairs = truth * n_classes + predicted
    pairs += usage.astype(np.int64) * cells
    return np.bincount(pairs, minlength=N_USAGES * cells).reshape(N_USAGES, n_classes, n_classes)


def _from_counts(metric: Metric, counts: Array, classes: Array) -> _Parts:
    def value(part: Array) -> float | None:
        return metric.on_counts(part, classes) if part.any() else None

    public, private = counts[0], counts[1]
    interval = interval_of_counts(metric, private, classes) if private.any() else None
    return _Parts(value(public), value(private), value(public + private), interval)


def _from_terms(metric: Metric, terms: Array, usage: npt.NDArray[np.uint8], *, hits: bool = False) -> _Parts:
    """From each row's term; `hits` are 1 where a label is right, of whichever of accuracy and error it is."""
    if hits and metric.direction == "lower":
        terms = 1 - terms
    rows, held = np.bincount(usage, minlength=N_USAGES), ~np.isnan(terms)
    counted, n = (usage, rows) if held.all() else (usage[held], np.bincount(usage[held], minlength=N_USAGES))
    sums = np.bincount(counted, weights=terms[held] if counted is not usage else terms, minlength=N_USAGES)

    def value(*parts: int) -> float | None:
        if not rows[list(parts)].any():
            return None
        below = int(n[list(parts)].sum())
        return metric.bounded(metric.finish(float(sums[list(parts)].sum()) / below)) if below else 0.0

    interval = interval_of_terms(metric, terms[usage == 1]) if rows[1] else None
    return _Parts(value(0), value(1), value(0, 1), interval)


def _from_steps(
    metric: Metric, value: Callable[[Steps], float], truth: Array, predicted: Array, usage: npt.NDArray[np.uint8]
) -> _Parts:
    if (usage == N_USAGES - 1).any():
        kept = usage < N_USAGES - 1
        truth, predicted, usage = truth[kept], predicted[kept], usage[kept]
    is_private = usage == 1
    public, private = steps_of_parts(truth, predicted, is_private)
    n_private = int(np.count_nonzero(is_private))
    if not n_private:
        return _Parts(value(public), None, value(public))
    if metric.stem == "roc_auc_score":
        interval = interval_of_auc(private)
    else:
        interval = interval_of_rows(metric, truth[is_private], predicted[is_private])
    if n_private == len(usage):
        return _Parts(None, value(private), value(private), interval)
    return _Parts(value(public), value(private), value(public + private), interval)


def _from_rows(metric: Metric, truth: Array, predicted: Array, usage: npt.NDArray[np.uint8]) -> _Parts:
    values: dict[tuple[int, ...], float | None] = {}
    held = set(np.flatnonzero(np.bincount(usage, minlength=N_USAGES)[:2]).tolist())
    for wanted in ((0,), (1,), (0, 1)):
        present = tuple(part for part in wanted if part in held)
        if present and present not in values:
            rows: Any = slice(None) if (usage == present[0]).all() else np.isin(usage, present)
            values[present] = metric(truth[rows], predicted[rows])
    private: Any = slice(None) if (usage == 1).all() else usage == 1
    interval = interval_of_rows(metric, truth[private], predicted[private]) if 1 in held else None
    return _Parts(values.get((0,)), values.get((1,)), values.get(tuple(sorted(held))), interval)


def _several(metric: Metric, solution: Solution, predictions: Predictions) -> _Parts:
    """Over all columns at once, such as the probabilities of each class."""
    truth = np.column_stack([truth_for(metric, solution, name) for name in solution.target_columns])
    predicted = np.column_stack([predictions.columns[name] for name in solution.target_columns])
    if metric.matrix_terms is not None:
        return _from_terms(metric, metric.matrix_terms(truth, predicted), solution.usage_codes)
    assert metric.matrix_function is not None
    return _from_rows(replace(metric, function=metric.matrix_function), truth, predicted, solution.usage_codes)


def _mean(columns: list[_Parts]) -> _Parts:
    """The mean over several columns, which has no interval here: it is made of unequal things."""
    if len(columns) == 1:
        return columns[0]

    def mean(values: list[float | None]) -> float | None:
        return None if None in values else float(np.mean([value for value in values if value is not None]))

    return _Parts(
        mean([part.public for part in columns]),
        mean([part.private for part in columns]),
        mean([part.overall for part in columns]),
    )
