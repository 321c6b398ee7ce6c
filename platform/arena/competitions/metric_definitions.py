"""How a submission is scored, for students: the metric's definition, and the choices that a definition leaves open."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from grader.metrics import Metric, Part, Truth, get_metric

_PRECISION = gettext_noop("Precision: of the rows predicted as a class, the share that is of it.")
_RECALL = gettext_noop("Recall: of the rows of a class, the share that was predicted as it.")
_FBETA = gettext_noop(
    "F: the harmonic mean of precision and recall, 2·P·R / (P + R); with beta, recall counts beta² as much."
)
DEFINITIONS = {
    "accuracy_score": gettext_noop("The share of rows whose class is right."),
    "balanced_accuracy_score": gettext_noop("The mean, over the classes, of the share of their rows that was found."),
    "classification_error": gettext_noop("The share of rows whose class is wrong."),
    "precision_score": _PRECISION,
    "recall_score": _RECALL,
    "f1_score": _FBETA,
    "fbeta_score": _FBETA,
    "macro_jaccard_score": gettext_noop(
        "For each class: rows that are of it and predicted as it, over rows that are either; then the mean over the classes."
    ),
    "quadratic_weighted_kappa_score": gettext_noop(
        "Agreement beyond chance, where a miss counts by the square of how many grades it is off. 1 is perfect, 0 is chance."
    ),
    "adjusted_rand_score": gettext_noop(
        "The share of pairs of rows that are together, or apart, in both groupings, corrected for chance. Names of clusters "
        "don't count."
    ),
    "normalized_mutual_info_score": gettext_noop(
        "What the clusters tell of the classes: mutual information over the mean of the two entropies. Names don't count."
    ),
    "roc_auc_score": gettext_noop(
        "The chance that a positive row has a higher score than a negative one; equal scores count half. Only the order of the "
        "scores matters."
    ),
    "average_precision_score": gettext_noop(
        "Rows sorted by score, highest first: the mean of the precision at each positive row, without interpolation."
    ),
    "log_loss": gettext_noop(
        "The mean of −ln(p), where p is the probability given to what is true, clipped to 1e-15 … 1 − 1e-15."
    ),
    "mean_squared_error": gettext_noop("The mean of the squared differences."),
    "root_mean_squared_error": gettext_noop("The root of the mean of the squared differences."),
    "mean_absolute_error": gettext_noop("The mean of the absolute differences."),
    "root_mean_squared_log_error": gettext_noop("The root of the mean squared difference of ln(1 + x)."),
    "r2_score": gettext_noop("1 − (sum of squared errors) / (sum of squared distances of the truth from its mean)."),
    "kendall_tau_score": gettext_noop(
        "Pairs in the right order minus pairs in the wrong one, over the pairs untied in either (tau-b)."
    ),
    "kendall_tau_a_score": gettext_noop(
        "Pairs in the right order minus pairs in the wrong one, over all pairs (tau-a): ties count against you."
    ),
    "spearman_score": gettext_noop("The correlation of the ranks; equal values get their mean rank."),
    "mean_average_precision_score": gettext_noop(
        "For each row, of your first %(parameter)s items: the sum of the precision at each right one, over the number that could "
        "have been right; then the mean over the rows. A repeated item counts once."
    ),
    "ndcg_score": gettext_noop(
        "For each row, of your first %(parameter)s items: the sum of gain / log₂(place + 1), over the best possible sum; then the "
        "mean over the rows. A repeated item counts once."
    ),
    "set_jaccard_score": gettext_noop(
        "For each row: items in both sets over items in either; then the mean over the rows. Two empty sets count 1."
    ),
    "box_jaccard_score": gettext_noop(
        "For each row: boxes matched one to one with an overlap of at least %(parameter)s, over matched, missed and invented ones; "
        "then the mean over the rows. No boxes on both sides count 1."
    ),
    "mean_edit_distance": gettext_noop(
        "The mean number of characters to insert, delete or replace (Levenshtein). Spaces at the ends don't count."
    ),
    "analogy_accuracy_score": gettext_noop(
        "The share of analogies a : b = c : ? whose answer is the word nearest to b − a + c. A word without a vector is a miss."
    ),
}
AVERAGES = {
    "binary": gettext_noop("Of the class %(positive)s alone."),
    "micro": gettext_noop("Over all rows together, which is the share of right ones."),
    "macro": gettext_noop("The plain mean over the classes that the rows or the predictions hold."),
    "weighted": gettext_noop("The mean over the classes, each weighted by its rows."),
}
PREDICTIONS = {
    "labels": gettext_noop("Predict a class for each row."),
    "clusters": gettext_noop("Predict a cluster for each row, named as you like."),
    "scores": gettext_noop("Predict a number for each row, higher for the positive class; any scale will do."),
    "probabilities": gettext_noop("Predict a probability from 0 to 1."),
    "values": gettext_noop("Predict a number for each row."),
    "lists": gettext_noop("Predict a list of items for each row, best first, with spaces between."),
    "sets": gettext_noop("Predict a set of items for each row, with spaces between."),
    "boxes": gettext_noop("Predict boxes for each row: x_min y_min x_max y_max, once per box."),
    "text": gettext_noop("Predict a text for each row."),
    "embeddings": gettext_noop("Hand in a vector for each word."),
}


def definition(name: str, *, n_columns: int = 1) -> list[str]:
    """Sentences that define the score by this metric over so many target columns; none for a program of the course's own."""
    metric = get_metric(name)
    if metric.takes == "own":
        return []
    average, _sep, rest = metric.stem.partition("_")
    kind = rest if average in AVERAGES and rest in DEFINITIONS else metric.stem
    parameter = metric.name.partition("[")[0].partition("@")[2]
    said = [_(PREDICTIONS[metric.takes]), _(DEFINITIONS[kind]) % {"parameter": parameter}]
    if kind != metric.stem:
        said.append(_(AVERAGES[average]) % {"positive": metric.positive})
        said.append(_("A ratio with nothing below the line is 0."))
    said += _choices(metric, n_columns)
    return said


def _choices(metric: Metric, n_columns: int) -> list[str]:
    said = []
    if metric.truth is Truth.TWO_OR_INDICATORS and n_columns == 1:
        said.append(_("The positive class is %(positive)s.") % {"positive": metric.positive})
    elif metric.stem == "log_loss":
        said.append(
            _(
                "Where each row is of one class, its columns are divided by their sum first; where a row may be of several, the "
                "loss is the mean over the columns."
            )
        )
    elif n_columns > 1 and metric.truth is not Truth.ANALOGIES:
        said.append(_("Over the columns, the score is the mean of each one's."))
    if metric.each_part is Part.AN_ITEM:
        said.append(_("Rows without a right item are left out."))
    elif metric.stem in {"kendall_tau_score", "kendall_tau_a_score", "spearman_score"}:
        said.append(_("Predictions that are all the same score 0."))
    if metric.minimum == 0 and metric.takes == "values":
        said.append(_("Numbers below 0 are refused."))
    return said
