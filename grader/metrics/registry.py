"""Find a metric by what people call it: a name or an alias, a parameter after an `@`, the positive class in brackets.

`binary_fbeta_score@2[positive=ill]` is F2 of the class *ill*. The whole text is the metric's name wherever a result says by what it
was made, so two of them are the same definition exactly where they are the same text.
"""

from __future__ import annotations

import difflib
import math
import re
from dataclasses import replace

from grader.metrics.catalogue import METRICS
from grader.metrics.families import FAMILIES
from grader.metrics.metric import Array, Metric, Truth


class UnknownMetric(ValueError):
    """No metric of that name; the message names the nearest ones."""


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
POSITIVE = re.compile(r"(?P<name>[^\[\]]+)\[positive=(?P<positive>[^\[\]]{1,60})\]")
# where one of two classes is looked for; of the rest no class is the positive one
OF_TWO = frozenset({Truth.TWO_CLASSES, Truth.TWO_OR_INDICATORS})


def get_metric(name: str) -> Metric:
    """The metric of that name or alias, with its parameter: `accuracy`, `map@3`, `binary_f1_score[positive=ill]`.

    `own_metric@lower:0123456789ab` is a program, which `grader.own_metric` runs in the sandbox; it isn't called here. Raises
    `UnknownMetric`.
    """
    if named := POSITIVE.fullmatch(name.strip()):
        return _looking_for(get_metric(named["name"].strip()), named["positive"].strip())
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


def with_positive(name: str, positive: str) -> str:
    """The metric's name for this positive class, which is 1 where nothing is named."""
    named = POSITIVE.fullmatch(name.strip())
    bare = named["name"].strip() if named else name.strip()
    return f"{bare}[positive={positive}]" if positive not in {"", "1"} else bare


def _looking_for(metric: Metric, positive: str) -> Metric:
    if metric.truth not in OF_TWO:
        raise UnknownMetric(f"“{metric.name}” looks for no class, so none is its positive one.")
    if positive in {"", "1"}:
        return metric
    return replace(metric, name=f"{metric.name}[positive={positive}]", positive=positive)


def _own(name: str, direction: str) -> Metric:
    return Metric(
        name=name,
        direction=direction,
        range="..",
        takes="own",
        truth=Truth.ANYTHING,
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
