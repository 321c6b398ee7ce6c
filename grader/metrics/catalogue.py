"""Every metric by name, with its direction, range, source, what it asks for, and what it is where its formula has no value.

Names say the direction: `*_score` is better higher, `*_error`, `*_loss` and `*_distance` lower. A name may carry a
parameter after `@`: `ndcg_score@10`, `macro_fbeta_score@2`.
"""

from __future__ import annotations

import math
from typing import Any

import numpy.typing as npt

from grader.metrics import classification as c
from grader.metrics import clustering, overlap, probabilities, regression, text
from grader.metrics.families import FAMILIES, averages, mean_of_terms, of_labels
from grader.metrics.metric import HIGHER, LOWER, Metric, Part, Truth

Array = npt.NDArray[Any]


def _embedding_function(truth: Array, predicted: Array) -> float:
    raise TypeError("analogy accuracy takes word vectors: see grader.metrics.embeddings")


METRICS: dict[str, Metric] = {
    m.name: m
    for m in (
        of_labels("accuracy_score", c.accuracy, row_terms=lambda t, p: (t == p).astype(float)),
        of_labels("balanced_accuracy_score", c.balanced_accuracy, source="Brodersen et al. 2010"),
        of_labels(
            "classification_error",
            c.classification_error,
            direction=LOWER,
            source="1 - accuracy",
            row_terms=lambda t, p: (t != p).astype(float),
        ),
        *averages(),
        of_labels("macro_jaccard_score", c.jaccard, source="Jaccard 1912", undefined="0 for a class never hit"),
        of_labels(
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
        mean_of_terms(
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
        mean_of_terms("mean_squared_error", regression.mean_squared_error, regression.squared_errors),
        mean_of_terms(
            "root_mean_squared_error", regression.root_mean_squared_error, regression.squared_errors, finish=math.sqrt
        ),
        mean_of_terms("mean_absolute_error", regression.mean_absolute_error, regression.absolute_errors),
        mean_of_terms(
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
