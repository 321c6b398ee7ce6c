"""Why a solution doesn't suit a metric, in the reader's language: the codes of `grader.suitability_wording`."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from grader.predictions import InvalidSolution

TEXTS = {
    "all_ignored": gettext_noop("Every row of the solution is Ignored; nothing is left to score."),
    "needs_analogies": gettext_noop(
        "%(metric)s needs four columns beside the id, such as a, b, c and d: a is to b as c is to d."
    ),
    "measurements": gettext_noop(
        "The solution's “%(column)s” holds measurements such as %(examples)s (line %(lines)s), not classes. Take a metric of "
        "values, such as root_mean_squared_error or mean_absolute_error; or write classes as words or whole numbers."
    ),
    "empty_truth": gettext_noop(
        "The solution's column “%(column)s” has empty cells (%(count)s, line %(lines)s). Give each row its class, or leave the "
        "row out."
    ),
    "many_classes": gettext_noop(
        "“%(column)s” has more than %(limit)s classes, too many for %(metric)s. Take accuracy_score."
    ),
    "no_order": gettext_noop(
        "%(metric)s weighs by how far two grades are apart, but “%(column)s” holds words (%(classes)s). Write the grades as "
        "whole numbers in their order; or take macro_f1_score, which needs no order."
    ),
    "not_binary": gettext_noop(
        "%(metric)s is of two classes, but “%(column)s” has %(n)s: %(classes)s. Take the metric's macro, micro or weighted "
        "form, such as macro_f1_score."
    ),
    "three_classes_in_a_column": gettext_noop(
        "%(metric)s is of two classes, but “%(column)s” has %(n)s: %(classes)s. Give the solution a column for each class, 1 "
        "where a row is of it and 0 elsewhere; or take a metric of classes, such as macro_f1_score."
    ),
    "which_positive": gettext_noop(
        "Nothing says which class of “%(column)s” is the positive one: %(classes)s. Write 1 for it and 0 for the other, or name "
        "it: %(metric)s[positive=…]."
    ),
    "no_such_positive": gettext_noop(
        "“%(positive)s” is no class of “%(column)s”, which holds %(classes)s. Name one of them as the positive class."
    ),
    "positive_of_columns": gettext_noop(
        "The solution has a column for each class, so %(metric)s takes no positive class. Take it out of the metric's name."
    ),
    "indicators": gettext_noop(
        "Where the solution has several columns, %(metric)s takes 0 and 1 in each, but “%(column)s” holds %(examples)s (line "
        "%(lines)s). Write 1 where a row is of the column's class and 0 elsewhere."
    ),
    "needs_numbers": gettext_noop(
        "%(metric)s needs numbers, but the solution's “%(column)s” holds %(examples)s (line %(lines)s). Write numbers; or take "
        "a metric of classes, such as accuracy_score or macro_f1_score."
    ),
    "truth_below": gettext_noop(
        "%(metric)s needs numbers from %(minimum)s up, but the solution's “%(column)s” holds %(examples)s (line %(lines)s). "
        "Take root_mean_squared_error, which takes numbers below too."
    ),
    "boxes_in_truth": gettext_noop(
        "%(metric)s needs “x_min y_min x_max y_max” once per box, but the solution's “%(column)s” holds %(examples)s (line "
        "%(lines)s). Write four numbers per box."
    ),
    "unsure_gains": gettext_noop(
        "What is behind a colon is an item's gain, but %(examples)s in the solution's “%(column)s” (line %(lines)s) has an item "
        "twice, or something else behind a colon. Write items without colons, or item:gain."
    ),
    "one_class": gettext_noop(
        "The %(part)s rows hold only one class in “%(column)s”, so %(metric)s is not defined for them: it needs both classes. "
        "Divide the rows anew, so that the public and the private part hold both; or take accuracy_score."
    ),
    "no_positive": gettext_noop(
        "The %(part)s rows hold no positive row in “%(column)s”, so %(metric)s is not defined for them. Divide the rows anew, so "
        "that the public and the private part hold some of either class; or take accuracy_score."
    ),
    "one_value": gettext_noop(
        "The %(part)s rows all hold the same value in “%(column)s”, so %(metric)s is not defined for them: it needs values that "
        "differ. Divide the rows anew, or take another metric, such as mean_absolute_error for numbers or accuracy_score for "
        "classes."
    ),
    "no_item": gettext_noop(
        "Not one of the %(part)s rows has an item in “%(column)s”: all are empty, so %(metric)s is not defined for them. Divide "
        "the rows anew."
    ),
}


def explain_solution(error: InvalidSolution) -> str:
    """The sentence for the instructor: translated where its code is known."""
    if error.code not in TEXTS:
        return error.message
    shown = {name: _shown(value) for name, value in error.params.items()}
    if error.params.get("more"):
        shown["classes"] = f"{shown['classes']}, …"
    return _(TEXTS[error.code]) % shown


def _shown(value: object) -> str:
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ", ".join(_("“%(text)s”") % {"text": item} if isinstance(item, str) else str(item) for item in value)
    return str(value)
