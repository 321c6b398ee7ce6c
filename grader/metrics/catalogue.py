"""Every metric by name, with its direction, range, source, what it asks for, and what it is where its formula has no value.

Names say the direction: `*_score` is better higher, `*_error`, `*_loss` and `*_distance` lower. A name may carry a
parameter after `@`: `ndcg_score@10`, `macro_fbeta_score@2`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy.typing as npt

from grader.metrics import classification as c
from grader.metrics import clustering, overlap, probabilities, regression, retrieval, text
from grader.metrics.metric import HIGHER, LOWER, Metric, Part, Truth

Array = npt.NDArray[Any]
SKLEARN = "scikit-learn user guide, 3.4 Metrics and scoring"


def _label(
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
    options: dict[str, Any] = {
        "range": "0..",
        "takes": "values",
        "truth": Truth.NUMBERS,
        "source": SKLEARN,
        "direction": LOWER,
    } | more
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
            source="Cohen 1968; squared differences of the grades",
            is_ordinal=True,
            truth=Truth.GRADES,
            each_part=Part.TWO_VALUES,
            undefined="never: each part must hold two grades",
        ),
        Metric(
            name="adjusted_rand_score",
            direction=HIGHER,
            range="-0.5..1",
            takes="clusters",
            truth=Truth.CLASSES,
            each_part=Part.TWO_VALUES,
            source="Hubert & Arabie 1985",
            function=clustering.adjusted_rand_score,
            undefined="1 where both are all singletons",
        ),
        Metric(
            name="normalized_mutual_info_score",
            direction=HIGHER,
            range="0..1",
            takes="clusters",
            truth=Truth.CLASSES,
            each_part=Part.TWO_VALUES,
            source="Strehl & Ghosh 2002, arithmetic mean",
            function=clustering.normalized_mutual_info_score,
            undefined="0 where the predictions are one cluster",
        ),
        Metric(
            name="roc_auc_score",
            direction=HIGHER,
            range="0..1",
            takes="scores",
            truth=Truth.TWO_OR_INDICATORS,
            each_part=Part.BOTH_CLASSES,
            source="Fawcett 2006; several columns: one against the rest, mean (Provost & Domingos 2000)",
            function=probabilities.roc_auc_score,
            from_steps=probabilities.auc_of,
            matrix_function=probabilities.roc_auc_ovr_score,
            undefined="never: each part must hold both classes",
        ),
        Metric(
            name="average_precision_score",
            direction=HIGHER,
            range="0..1",
            takes="scores",
            truth=Truth.TWO_OR_INDICATORS,
            each_part=Part.A_POSITIVE,
            source="Zhu 2004; several columns: mean",
            function=probabilities.average_precision_score,
            from_steps=probabilities.average_precision_of,
            matrix_function=probabilities.average_precision_ovr_score,
            undefined="never: each part must hold a positive row",
        ),
        _mean(
            "log_loss",
            probabilities.log_loss,
            probabilities.log_losses,
            takes="probabilities",
            truth=Truth.TWO_OR_INDICATORS,
            minimum=0.0,
            maximum=1.0,
            range="0..34.54",
            source="Kaggle's LogLoss, clipped to [1e-15, 1 - 1e-15]; several columns: MultiClassLogLoss where each row is of "
            "one class, else the columns' mean",
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
            undefined="never: negative numbers are refused",
        ),
        Metric(
            name="r2_score",
            direction=HIGHER,
            range="..1",
            takes="values",
            truth=Truth.NUMBERS,
            each_part=Part.TWO_VALUES,
            source="Wright 1921",
            function=regression.r2_score,
            undefined="never: each part must hold two values",
        ),
        Metric(
            name="kendall_tau_score",
            direction=HIGHER,
            range="-1..1",
            takes="values",
            truth=Truth.NUMBERS,
            each_part=Part.TWO_VALUES,
            source="Kendall 1945 (tau-b)",
            function=regression.kendall_tau_b_score,
            undefined="0 where the predictions are constant",
        ),
        Metric(
            name="kendall_tau_a_score",
            direction=HIGHER,
            range="-1..1",
            takes="values",
            truth=Truth.NUMBERS,
            each_part=Part.TWO_VALUES,
            source="Kendall 1938 (tau-a)",
            function=regression.kendall_tau_a_score,
            undefined="0 where the predictions are constant",
        ),
        Metric(
            name="spearman_score",
            direction=HIGHER,
            range="-1..1",
            takes="values",
            truth=Truth.NUMBERS,
            each_part=Part.TWO_VALUES,
            source="Spearman 1904",
            function=regression.spearman_score,
            undefined="0 where the predictions are constant",
        ),
        Metric(
            name="set_jaccard_score",
            direction=HIGHER,
            range="0..1",
            takes="sets",
            truth=Truth.SETS,
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
            truth=Truth.TEXT,
            source="Levenshtein 1966; Kaggle's Levenshtein Mean",
            function=text.mean_edit_distance,
            row_terms=text.edit_distances,
        ),
        Metric(
            name="analogy_accuracy_score",
            direction=HIGHER,
            range="0..1",
            takes="embeddings",
            truth=Truth.ANALOGIES,
            source="Mikolov et al. 2013 (3CosAdd)",
            function=_embedding_function,
            undefined="a word without a vector is a miss",
        ),
        *(make(value) for make, _, _, _, listed in FAMILIES.values() for value in listed),
    )
}
