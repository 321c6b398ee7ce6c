"""Whether a solution suits a metric: the one check before anything is scored, and the solution as the metric sees it.

What a metric asks for stands in `grader.metrics.catalogue`. Data that it wasn't made for gets no number: the refusal says what is
wrong, where, and what would do. Each solution is checked once per metric.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from grader.metrics import Metric, Part, Truth, get_metric, probabilities
from grader.metrics.classification import is_named
from grader.metrics.overlap import boxes
from grader.predictions.errors import SHOWN_ROWS, InvalidSolution, clipped
from grader.predictions.items import unsure_gains
from grader.predictions.labels import plain
from grader.predictions.numbers import parse_number
from grader.predictions.solution import USAGES, Solution
from grader.suitability_wording import unsuitable

MAX_CLASSES = 1000
N_WORDS = 4  # of an analogy
SHOWN_CLASSES = 5

Array = npt.NDArray[Any]


def check_solution(solution: Solution, *, metric: str) -> None:
    """Raises `InvalidSolution` where the metric can't be computed with this solution, such as AUC of three classes."""
    chosen = get_metric(metric)
    if chosen.name in solution.suited:
        return
    if not (solution.usage_codes < USAGES.index("Ignored")).any():
        raise unsuitable("all_ignored")
    if chosen.truth is Truth.ANALOGIES and len(solution.target_columns) != N_WORDS:
        raise unsuitable("needs_analogies", metric=chosen.name)
    for name in solution.target_columns:
        _check_column(chosen, solution, name)
        _check_parts(chosen, solution, name)
    solution.suited.add(chosen.name)


def truth_for(metric: Metric, solution: Solution, name: str) -> Array:
    """A target column as the metric compares it: numbers, 1 and 0 of the positive class, classes, or text as it is written."""
    if metric.truth is Truth.TWO_OR_INDICATORS and metric.positive != "1":
        labels = solution.labels(name)
        return np.array([is_named(value, metric.positive) for value in labels.classes.tolist()], float)[labels.codes]
    return solution.truth(name, takes=metric.takes)


def suited_to(metric: Metric, solution: Solution) -> Metric:
    """The metric's form for this solution: of several labels a row, the log loss is the mean over the columns."""
    if metric.matrix_terms is not probabilities.multiclass_log_losses or len(solution.target_columns) == 1:
        return metric
    if is_one_hot(solution):
        return metric
    return replace(
        metric, matrix_function=probabilities.multilabel_log_loss, matrix_terms=probabilities.multilabel_log_losses
    )


def is_one_hot(solution: Solution) -> bool:
    """Whether each counted row holds exactly one 1 over its target columns: one class of several, not several labels."""
    counted = solution.usage_codes < USAGES.index("Ignored")
    rows = np.sum([solution.numbers(name)[counted] for name in solution.target_columns], axis=0)
    return bool((rows == 1).all())


# ---- a column


def _check_column(metric: Metric, solution: Solution, name: str) -> None:
    several = len(solution.target_columns) > 1
    if metric.truth is Truth.TWO_OR_INDICATORS and several:
        _check_indicators(metric, solution, name)
    elif metric.truth in {Truth.TWO_CLASSES, Truth.TWO_OR_INDICATORS}:
        _check_two(metric, solution, name)
    elif metric.truth is Truth.CLASSES:
        _check_classes(metric, solution, name)
    elif metric.truth is Truth.GRADES:
        if solution.targets[name].dtype.kind != "f":
            raise unsuitable("no_order", metric=metric.name, column=name, **_seen(solution, name))
        _check_classes(metric, solution, name)
    elif metric.truth is Truth.NUMBERS:
        _check_numbers(metric, solution, name)
    elif metric.truth in {Truth.LISTS, Truth.SETS}:
        solution.items(name)
        _check_gains(metric, solution, name)
    elif metric.truth is Truth.BOXES:
        wrong = np.array([not _is_boxes(text) for text in solution.texts(name)], dtype=bool)
        _refuse_rows("boxes_in_truth", wrong, metric, solution, name)


def _check_classes(metric: Metric, solution: Solution, name: str) -> None:
    """Words or whole numbers; measurements, and numbers among words, are no classes."""
    truth = solution.targets[name]
    if truth.dtype.kind == "f":
        _refuse_rows("measurements", truth != np.floor(truth), metric, solution, name)
    else:
        _refuse_rows("empty_truth", truth == "", metric, solution, name)
        numbers = np.array([parse_number(text) for text in truth.tolist()])
        fractions = np.isfinite(numbers) & (numbers != np.floor(numbers))
        if np.count_nonzero(fractions) * 2 > len(truth):
            _refuse_rows("measurements", fractions, metric, solution, name)
    labels = solution.labels(name)
    if metric.takes == "labels" and len(labels.classes) > MAX_CLASSES and metric.row_terms is None:
        raise unsuitable("many_classes", metric=metric.name, column=name, limit=MAX_CLASSES)


def _check_two(metric: Metric, solution: Solution, name: str) -> None:
    """0 and 1, or two classes of which the metric's name says the positive one."""
    truth = solution.targets[name]
    if truth.dtype.kind == "f":
        _refuse_rows("measurements", truth != np.floor(truth), metric, solution, name)
    else:
        _refuse_rows("empty_truth", truth == "", metric, solution, name)
    classes = solution.labels(name).classes if metric.takes == "labels" else np.unique(truth)
    names = [plain(value) for value in classes.tolist()]
    if len(names) > 2:
        code = "not_binary" if metric.truth is Truth.TWO_CLASSES else "three_classes_in_a_column"
        raise unsuitable(code, metric=metric.name, column=name, n=len(names), **_seen(solution, name))
    if metric.positive == "1":
        if not set(names) <= {"0", "1"}:
            raise unsuitable("which_positive", metric=metric.name, column=name, **_seen(solution, name))
    elif not any(is_named(value, metric.positive) for value in classes.tolist()):
        raise unsuitable(
            "no_such_positive", metric=metric.name, column=name, positive=metric.positive, **_seen(solution, name)
        )


def _check_indicators(metric: Metric, solution: Solution, name: str) -> None:
    """1 where a row is of the column's class, else 0."""
    if metric.positive != "1":
        raise unsuitable("positive_of_columns", metric=metric.name)
    truth = solution.targets[name]
    odd = ~np.isin(truth, [0, 1]) if truth.dtype.kind == "f" else np.array([t not in {"0", "1"} for t in truth])
    _refuse_rows("indicators", odd, metric, solution, name)


def _check_numbers(metric: Metric, solution: Solution, name: str) -> None:
    try:
        truth = solution.numbers(name)
    except InvalidSolution as error:
        if error.code == "needs_numbers":
            sign = "," if solution.table.separator != "," else "."
            odd = np.isnan([parse_number(text.replace(sign, ".")) for text in solution.texts(name).tolist()])
            _refuse_rows("needs_numbers", odd, metric, solution, name)
        raise
    if metric.minimum is not None:
        _refuse_rows("truth_below", truth < metric.minimum, metric, solution, name, minimum=f"{metric.minimum:g}")


def _check_gains(metric: Metric, solution: Solution, name: str) -> None:
    """What is behind a colon is an item's gain, and an item stands once in a row."""
    place = unsure_gains(solution.items(name)[0]) if metric.stem == "ndcg_score" else None
    if place is not None:
        unsure = np.arange(solution.n_rows) == place
        _refuse_rows("unsure_gains", unsure, metric, solution, name)


def _is_boxes(text: str) -> bool:
    try:
        boxes(text)
    except ValueError:
        return False
    return True


# ---- the public and the private part


def _check_parts(metric: Metric, solution: Solution, name: str) -> None:
    """What each part must hold by itself, since each gets a score by itself."""
    if metric.each_part is Part.A_ROW:
        return
    if metric.takes == "labels" or metric.truth is Truth.CLASSES:
        truth: Array = solution.labels(name).codes
        if metric.truth is Truth.TWO_CLASSES:
            named = [is_named(value, metric.positive) for value in solution.labels(name).classes.tolist()]
            truth = np.array(named, float)[truth]
    else:
        truth = truth_for(metric, solution, name)
    for code, part in enumerate(USAGES[:2]):
        rows = truth[solution.usage_codes == code]
        if len(rows) and (lack := _lack(metric.each_part, rows)):
            raise unsuitable(lack, metric=metric.name, column=name, part=part)


def _lack(each_part: Part, rows: Array) -> str:
    """The code of what these rows lack, or nothing."""
    if each_part is Part.AN_ITEM:
        return "" if any(text.strip() for text in rows.tolist()) else "no_item"
    if each_part is Part.A_POSITIVE:
        return "" if (rows == 1).any() else "no_positive"
    if (rows == rows[0]).all():
        return "one_class" if each_part is Part.BOTH_CLASSES else "one_value"
    return ""


# ---- the words


def _seen(solution: Solution, name: str) -> dict[str, Any]:
    """The first classes of a column, as people write them, one for each."""
    names = [clipped(plain(value)) for value in np.unique(solution.targets[name]).tolist()]
    return {"classes": names[:SHOWN_CLASSES], "more": len(names) > SHOWN_CLASSES}


def _refuse_rows(
    code: str, wrong: npt.NDArray[np.bool_], metric: Metric, solution: Solution, name: str, **params: object
) -> None:
    """Raises `InvalidSolution` with the lines of the first wrong rows and what they hold, if there are any."""
    at = np.flatnonzero(wrong)
    if not at.size:
        return
    lines = np.concatenate([block.lines for block in solution.table.blocks()])
    examples = [clipped(str(text)) for text in solution.texts(name)[at[:SHOWN_ROWS]].tolist()]
    shown = lines[at[:SHOWN_ROWS]].tolist()
    raise unsuitable(
        code,
        rows=shown,
        metric=metric.name,
        column=name,
        count=len(at),
        lines=shown,
        examples=list(dict.fromkeys(examples)),
        **params,
    )


__all__ = ["InvalidSolution", "check_solution", "is_one_hot", "suited_to", "truth_for"]
