"""How metrics of one kind are made: of a confusion matrix, of a mean of terms, and those that carry a parameter after an `@`."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy.typing as npt

from grader.metrics import classification as c
from grader.metrics import overlap, retrieval
from grader.metrics.metric import HIGHER, LOWER, Metric, Part, Truth

Array = npt.NDArray[Any]
SKLEARN = "scikit-learn user guide, 3.4 Metrics and scoring"


def of_labels(
    name: str, from_counts: Callable[..., Any], *, direction: str = HIGHER, is_binary: bool = False, **more: Any
) -> Metric:
    def function(truth: Array, predicted: Array, positive: str = "1") -> float:
        if is_binary:
            return float(from_counts(c.binary_confusion(truth, predicted, positive)))
        classes, rows, columns = c.encode(truth, predicted)
        counts = c.count_pairs(rows, columns, len(classes))
        if more.get("is_ordinal") and classes.dtype.kind in "iuf":
            return float(from_counts(counts, values=classes))
        return float(from_counts(counts))

    needs = {"truth": Truth.TWO_CLASSES, "each_part": Part.A_POSITIVE} if is_binary else {"truth": Truth.CLASSES}
    options: dict[str, Any] = (
        {"range": "0..1", "takes": "labels", "source": SKLEARN, "function": function} | needs | more
    )
    return Metric(name=name, direction=direction, from_counts=from_counts, is_binary=is_binary, **options)


def averages() -> list[Metric]:
    made = []
    for average in c.AVERAGES:
        for stem, function in (("precision", c.precision), ("recall", c.recall), ("f1", c.fbeta)):
            source = "van Rijsbergen 1979, ch. 7"
            undefined = "0 for a class never predicted or never there"
            counted = partial(function, average=average)
            made.append(
                of_labels(
                    f"{average}_{stem}_score",
                    counted,
                    is_binary=average == "binary",
                    source=source,
                    undefined=undefined,
                )
            )
    return made


def mean_of_terms(name: str, function: Callable[..., float], row_terms: Callable[..., Array], **more: Any) -> Metric:
    options: dict[str, Any] = {
        "range": "0..",
        "takes": "values",
        "truth": Truth.NUMBERS,
        "source": SKLEARN,
        "direction": LOWER,
    } | more
    return Metric(name=name, function=function, row_terms=row_terms, **options)


def _fbeta(average: str, beta: float) -> Metric:
    return of_labels(
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
        truth=Truth.LISTS,
        each_part=Part.AN_ITEM,
        source="Kaggle's MAP@K; k after the @",
        function=partial(retrieval.mean_average_precision_score, k=int(k)),
        row_terms=partial(retrieval.average_precisions, k=int(k)),
        undefined="rows with an empty truth are left out",
    )


def _ndcg(k: float) -> Metric:
    return Metric(
        name=f"ndcg_score@{k:g}",
        direction=HIGHER,
        range="0..1",
        takes="lists",
        truth=Truth.LISTS,
        each_part=Part.AN_ITEM,
        source="Järvelin & Kekäläinen 2002, linear gains; k after the @",
        function=partial(retrieval.ndcg_score, k=int(k)),
        row_terms=partial(retrieval.discounted_gains, k=int(k)),
        undefined="rows without a gain are left out",
    )


def _boxes(threshold: float) -> Metric:
    return Metric(
        name=f"box_jaccard_score@{threshold:g}",
        direction=HIGHER,
        range="0..1",
        takes="boxes",
        truth=Truth.BOXES,
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
