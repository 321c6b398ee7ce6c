"""The sentence to each reason why a solution doesn't suit a metric: what is wrong, where, and what would do.

The site holds the same codes with translated sentences (`arena/competitions/unsuitable.py`).
"""

from __future__ import annotations

from collections.abc import Sequence

from grader.predictions.errors import InvalidSolution
from grader.predictions.wording import written

TEXTS = {
    "all_ignored": "Every row of the solution is Ignored; nothing is left to score.",
    "needs_analogies": "{metric} needs four columns beside the id, such as a, b, c and d: a is to b as c is to d.",
    "measurements": "The solution's “{column}” holds measurements such as {examples} (line {lines}), not classes. Take a metric "
    "of values, such as root_mean_squared_error or mean_absolute_error; or write classes as words or whole numbers.",
    "empty_truth": "The solution's column “{column}” has empty cells ({count}, line {lines}). Give each row its class, or leave "
    "the row out.",
    "many_classes": "“{column}” has more than {limit} classes, too many for {metric}. Take accuracy_score.",
    "no_order": "{metric} weighs by how far two grades are apart, but “{column}” holds words ({classes}). Write the grades as "
    "whole numbers in their order; or take macro_f1_score, which needs no order.",
    "not_binary": "{metric} is of two classes, but “{column}” has {n}: {classes}. Take the metric's macro, micro or weighted "
    "form, such as macro_f1_score.",
    "three_classes_in_a_column": "{metric} is of two classes, but “{column}” has {n}: {classes}. Give the solution a column for "
    "each class, 1 where a row is of it and 0 elsewhere; or take a metric of classes, such as macro_f1_score.",
    "which_positive": "Nothing says which class of “{column}” is the positive one: {classes}. Write 1 for it and 0 for the other, "
    "or name it: {metric}[positive=…].",
    "no_such_positive": "“{positive}” is no class of “{column}”, which holds {classes}. Name one of them as the positive class.",
    "positive_of_columns": "The solution has a column for each class, so {metric} takes no positive class. Take it out of the "
    "metric's name.",
    "indicators": "Where the solution has several columns, {metric} takes 0 and 1 in each, but “{column}” holds {examples} "
    "(line {lines}). Write 1 where a row is of the column's class and 0 elsewhere.",
    "needs_numbers": "{metric} needs numbers, but the solution's “{column}” holds {examples} (line {lines}). Write numbers; or "
    "take a metric of classes, such as accuracy_score or macro_f1_score.",
    "truth_below": "{metric} needs numbers from {minimum} up, but the solution's “{column}” holds {examples} (line {lines}). Take "
    "root_mean_squared_error, which takes numbers below too.",
    "boxes_in_truth": "{metric} needs “x_min y_min x_max y_max” once per box, but the solution's “{column}” holds {examples} "
    "(line {lines}). Write four numbers per box.",
    "unsure_gains": "What is behind a colon is an item's gain, but {examples} in the solution's “{column}” (line {lines}) has an item "
    "twice, or something else behind a colon. Write items without colons, or item:gain.",
    "one_class": "The {part} rows hold only one class in “{column}”, so {metric} is not defined for them: it needs both classes. "
    "Divide the rows anew, so that the public and the private part hold both; or take accuracy_score.",
    "no_positive": "The {part} rows hold no positive row in “{column}”, so {metric} is not defined for them. Divide the rows anew, "
    "so that the public and the private part hold some of either class; or take accuracy_score.",
    "one_value": "The {part} rows all hold the same value in “{column}”, so {metric} is not defined for them: it needs values that "
    "differ. Divide the rows anew, or take another metric, such as mean_absolute_error for numbers or accuracy_score for "
    "classes.",
    "no_item": "Not one of the {part} rows has an item in “{column}”: all are empty, so {metric} is not defined for them. Divide the "
    "rows anew.",
}


def unsuitable(code: str, *, rows: Sequence[int] = (), **params: object) -> InvalidSolution:
    """The refusal with its English sentence."""
    listed = {name: written(value) for name, value in params.items()}
    if params.get("more"):
        listed["classes"] = f"{listed['classes']}, …"
    return InvalidSolution(code, TEXTS[code].format(**listed), tuple(rows), params)
