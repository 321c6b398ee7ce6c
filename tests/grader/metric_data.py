"""Every kind of data that a course may meet with a metric, as cells of text: what is true, what somebody predicts.

Nothing here knows how Arena reads or scores. A kind is a function of a random generator, so each seed gives another table.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

N = 48
WORDS = ("acer", "brad", "carpen", "dud")


@dataclass(frozen=True, kw_only=True)
class Data:
    """`truth` and `predicted` hold a list of cells for each target column; `usage` a word for each row, or nothing."""

    truth: dict[str, list[str]]
    predicted: dict[str, list[str]]
    usage: list[str] | None = None

    def part(self, *words: str) -> tuple[list[list[str]], list[list[str]]]:
        """The columns' cells in the rows of these usages."""
        usage = self.usage or ["Private"] * len(next(iter(self.truth.values())))
        rows = [i for i, word in enumerate(usage) if word in words]
        return (
            [[cells[i] for i in rows] for cells in self.truth.values()],
            [[cells[i] for i in rows] for cells in self.predicted.values()],
        )


Rng = np.random.Generator


def column(truth: Sequence[object], predicted: Sequence[object], usage: list[str] | None = None) -> Data:
    return Data(truth={"y": [str(t) for t in truth]}, predicted={"y": [str(p) for p in predicted]}, usage=usage)


def halves() -> list[str]:
    return ["Public", "Private"] * (N // 2)


def some(rng: Rng, values: Sequence[object]) -> list[object]:
    """N values, each there at least six times in either half of `halves`."""
    per_half = [values[i % len(values)] for i in range(N // 2)]
    drawn: list[object] = [None] * N
    for start in (0, 1):
        order = rng.permutation(len(per_half))
        for place, i in enumerate(order):
            drawn[start + 2 * place] = per_half[i]
    return drawn


def mistaken(rng: Rng, truth: Sequence[object]) -> list[object]:
    """The truth with a third of the rows shuffled among themselves."""
    guess = list(truth)
    rows = rng.choice(N, size=N // 3, replace=False)
    for row, other in zip(rows, rng.permutation(rows), strict=True):
        guess[row] = truth[other]
    return guess


def of_classes(*values: object) -> Callable[[Rng], Data]:
    def make(rng: Rng) -> Data:
        truth = some(rng, values)
        return column(truth, mistaken(rng, truth), halves())

    return make


def classes_that_went_through_pandas(rng: Rng) -> Data:
    truth = some(rng, [0, 1, 2])
    return column(truth, [f"{value}.0" for value in mistaken(rng, truth)], halves())


def scores_of_two_classes(rng: Rng) -> Data:
    truth = some(rng, [0, 1])
    return column(truth, [round(3 * float(t) + rng.normal(0, 3), 1) for t in truth], halves())


def probabilities_of_two_classes(rng: Rng) -> Data:
    truth = some(rng, [0, 1])
    return column(truth, [round(float(np.clip(0.2 + 0.5 * t + rng.normal(0, 0.3), 0, 1)), 2) for t in truth], halves())


def percentages_of_two_classes(rng: Rng) -> Data:
    truth = some(rng, [0, 1])
    return column(truth, [int(np.clip(30 + 40 * t + rng.normal(0, 20), 2, 99)) for t in truth], halves())


def probabilities_of_words(rng: Rng) -> Data:
    truth = some(rng, ["ill", "well"])
    return column(truth, [round(rng.uniform(), 2) for _ in truth], halves())


def probabilities_of_three_classes_in_one_column(rng: Rng) -> Data:
    return column(some(rng, [0, 1, 2]), [round(rng.uniform(), 2) for _ in range(N)], halves())


def measurements(rng: Rng) -> Data:
    truth = [round(float(v), 2) for v in rng.gamma(2, 30, N) + 0.37]
    return column(truth, [round(t * rng.uniform(0.7, 1.3), 2) for t in truth], halves())


def rough_measurements(rng: Rng) -> Data:
    """Halves of a degree: few distinct values, none of which is a class."""
    truth = some(rng, [20.5, 21.0, 21.5, 22.0, 22.5])
    return column(truth, mistaken(rng, truth), halves())


def measurements_met_exactly(rng: Rng) -> Data:
    """Every prediction is somebody's truth, so that nothing but the truth itself says that these are no classes."""
    truth = [round(float(v), 2) for v in rng.gamma(2, 30, N) + 0.37]
    return column(truth, mistaken(rng, truth), halves())


def counts(rng: Rng) -> Data:
    truth = rng.integers(0, 400, N).tolist()
    return column(truth, mistaken(rng, truth), halves())


def measurements_below_zero(rng: Rng) -> Data:
    truth = [round(float(v), 2) for v in rng.normal(0, 5, N)]
    return column(truth, [round(t + rng.normal(0, 1), 2) for t in truth], halves())


def predictions_below_zero(rng: Rng) -> Data:
    data = measurements(rng)
    guess = list(data.predicted["y"])
    guess[5], guess[10] = "-0.5", "-2"
    return Data(truth=data.truth, predicted={"y": guess}, usage=data.usage)


def one_value(rng: Rng) -> Data:
    return column([4.25] * N, [round(4 + rng.normal(0, 1), 2) for _ in range(N)], halves())


def one_value_in_private(rng: Rng) -> Data:
    usage = halves()
    truth = [4.25 if word == "Private" else round(4 + rng.normal(0, 1), 2) for word in usage]
    return column(truth, [round(4 + rng.normal(0, 1), 2) for _ in range(N)], usage)


def one_value_in_public(rng: Rng) -> Data:
    data = one_value_in_private(rng)
    swapped = ["Public" if word == "Private" else "Private" for word in data.usage or ()]
    return Data(truth=data.truth, predicted=data.predicted, usage=swapped)


def constant_predictions(rng: Rng) -> Data:
    return column(measurements(rng).truth["y"], [7.5] * N, halves())


def one_class(rng: Rng) -> Data:
    return column([1] * N, [round(rng.uniform(), 2) for _ in range(N)], halves())


def one_class_in_private(rng: Rng) -> Data:
    usage = halves()
    truth = [0 if word == "Private" else int(rng.integers(2)) for word in usage]
    truth[0], truth[2] = 0, 1
    return column(truth, [round(rng.uniform(), 2) for _ in range(N)], usage)


def one_class_in_public(rng: Rng) -> Data:
    data = one_class_in_private(rng)
    swapped = ["Public" if word == "Private" else "Private" for word in data.usage or ()]
    return Data(truth=data.truth, predicted=data.predicted, usage=swapped)


def indicators(rng: Rng, truth: np.ndarray, predicted: np.ndarray) -> Data:
    names = [f"class_{i}" for i in range(truth.shape[1])]
    return Data(
        truth={name: [str(v) for v in truth[:, i]] for i, name in enumerate(names)},
        predicted={name: [str(v) for v in predicted[:, i]] for i, name in enumerate(names)},
        usage=halves(),
    )


def one_hot_columns(rng: Rng) -> Data:
    truth = np.eye(3, dtype=int)[np.array(some(rng, [0, 1, 2]), dtype=int)]
    return indicators(rng, truth, np.round(0.05 + 0.9 * rng.dirichlet(np.ones(3), N) + 0.2 * truth, 3) / 2)


def one_hot_columns_that_sum_to_more(rng: Rng) -> Data:
    truth = np.eye(3, dtype=int)[np.array(some(rng, [0, 1, 2]), dtype=int)]
    return indicators(rng, truth, rng.integers(0, 5, (N, 3)) + truth)


def several_labels(rng: Rng) -> Data:
    truth = np.column_stack([np.array(some(rng, [0, 1]), dtype=int) for _ in range(3)])
    return indicators(rng, truth, np.round(np.clip(0.3 + 0.4 * truth + rng.normal(0, 0.2, truth.shape), 0, 1), 3))


def several_labels_with_negative_probabilities(rng: Rng) -> Data:
    data = several_labels(rng)
    name = next(iter(data.predicted))
    guess = {**data.predicted, name: ["-0.5", *data.predicted[name][1:]]}
    return Data(truth=data.truth, predicted=guess, usage=data.usage)


def several_measurements(rng: Rng) -> Data:
    parts = {name: measurements(rng) for name in ("length", "width")}
    return Data(
        truth={name: part.truth["y"] for name, part in parts.items()},
        predicted={name: part.predicted["y"] for name, part in parts.items()},
        usage=halves(),
    )


def several_classes(rng: Rng) -> Data:
    parts = {name: of_classes(*WORDS)(rng) for name in ("leaf", "bark")}
    return Data(
        truth={name: part.truth["y"] for name, part in parts.items()},
        predicted={name: part.predicted["y"] for name, part in parts.items()},
        usage=halves(),
    )


def ranked_lists(rng: Rng) -> Data:
    items = [f"f{i}" for i in range(9)]
    truth = [" ".join(rng.choice(items, size=rng.integers(1, 5), replace=False)) for _ in range(N)]
    return column(truth, [" ".join(rng.choice(items, size=6, replace=False)) for _ in range(N)], halves())


def ranked_lists_some_empty(rng: Rng) -> Data:
    data = ranked_lists(rng)
    truth = ["" if i % 5 == 0 else cell for i, cell in enumerate(data.truth["y"])]
    return Data(truth={"y": truth}, predicted=data.predicted, usage=data.usage)


def boxes(rng: Rng) -> Data:
    def cell(shift: float) -> str:
        corners = []
        for i in range(rng.integers(1, 3)):
            x, y = 20 * i + shift + rng.integers(0, 3), shift + rng.integers(0, 3)
            corners += [x, y, x + 8, y + 9]
        return " ".join(f"{v:g}" for v in corners)

    return column([cell(0) for _ in range(N)], [cell(rng.integers(0, 4)) for _ in range(N)], halves())


def sentences(rng: Rng) -> Data:
    words = ("casa", "masă", "ploaie", "soare", "țară")
    truth = [" ".join(rng.choice(words, size=3)) for _ in range(N)]
    return column(truth, [t.replace("a", "e", int(rng.integers(0, 3))) for t in truth], halves())


def empty_cells_in_the_truth(rng: Rng) -> Data:
    truth = some(rng, ["acer", "brad", ""])
    return column(truth, ["acer"] * N, halves())


KINDS: dict[str, Callable[[Rng], Data]] = {
    "classes 0 to 4": of_classes(0, 1, 2, 3, 4),
    "classes 0 and 1": of_classes(0, 1),
    "classes -1 and 1": of_classes(-1, 1),
    "classes 1 and 2": of_classes(1, 2),
    "classes as words": of_classes(*WORDS),
    "two classes as words": of_classes("ill", "well"),
    "yes and no": of_classes("yes", "no"),
    "True and False": of_classes("True", "False"),
    "grades as words": of_classes("poor", "fair", "good", "excellent"),
    "classes that went through pandas": classes_that_went_through_pandas,
    "scores of two classes": scores_of_two_classes,
    "probabilities of two classes": probabilities_of_two_classes,
    "percentages of two classes": percentages_of_two_classes,
    "probabilities of words": probabilities_of_words,
    "probabilities of three classes in one column": probabilities_of_three_classes_in_one_column,
    "measurements": measurements,
    "rough measurements": rough_measurements,
    "measurements met exactly": measurements_met_exactly,
    "counts": counts,
    "measurements below zero": measurements_below_zero,
    "predictions below zero": predictions_below_zero,
    "one value": one_value,
    "one value in private": one_value_in_private,
    "one value in public": one_value_in_public,
    "constant predictions": constant_predictions,
    "one class": one_class,
    "one class in private": one_class_in_private,
    "one class in public": one_class_in_public,
    "one-hot columns": one_hot_columns,
    "one-hot columns that sum to more": one_hot_columns_that_sum_to_more,
    "several labels": several_labels,
    "several labels with negative probabilities": several_labels_with_negative_probabilities,
    "several measurements": several_measurements,
    "several classes": several_classes,
    "ranked lists": ranked_lists,
    "ranked lists, some empty": ranked_lists_some_empty,
    "boxes": boxes,
    "sentences": sentences,
    "empty cells in the truth": empty_cells_in_the_truth,
}
