"""What each metric is worth by its published definition, from cells of text, with scikit-learn, scipy and plain loops.

`reference` gives the value over some rows, or None where the definition has none for such data: then nothing but a refusal
is right. Nothing of Arena's is used.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
from scipy import stats
from sklearn import metrics as sk
from sklearn.utils.multiclass import type_of_target

Cells = Sequence[str]
Columns = Sequence[Cells]


def numbers(cells: Cells) -> np.ndarray | None:
    """The cells as finite numbers, or None where one isn't."""
    try:
        values = np.array([float(cell) for cell in cells])
    except ValueError:
        return None
    return values if np.isfinite(values).all() else None


def classes(truth: Cells, predicted: Cells) -> tuple[list[object], list[object]] | None:
    """Labels that scikit-learn takes for classes, `2` and `2.0` the same; None where either holds something else."""
    if "" in truth or "" in predicted:
        return None
    t, p = numbers(truth), numbers(predicted)
    if t is not None and p is not None:
        if not all(type_of_target(v) in {"binary", "multiclass"} for v in (t, p)):
            return None
        t, p = t.tolist(), p.tolist()
    elif t is not None or p is not None:
        return None
    else:
        t, p = list(truth), list(predicted)
    return t, p


def of_labels(score: Callable[..., float]) -> Callable[[Cells, Cells], float | None]:
    def value(truth: Cells, predicted: Cells) -> float | None:
        both = classes(truth, predicted)
        return None if both is None else float(score(*both))

    return value


def of_clusters(score: Callable[..., float]) -> Callable[[Cells, Cells], float | None]:
    """The truth must be classes; what a predicted cluster is called says nothing."""

    def value(truth: Cells, predicted: Cells) -> float | None:
        both = classes(truth, truth)
        return None if both is None or "" in predicted else float(score(both[0], list(predicted)))

    return value


def of_two(score: Callable[..., float], **options: object) -> Callable[[Cells, Cells], float | None]:
    """Of the class 1 against 0: with any others nobody has said which is looked for."""

    def value(truth: Cells, predicted: Cells) -> float | None:
        both = classes(truth, predicted)
        if both is None or not set(both[0]) | set(both[1]) <= {0.0, 1.0}:
            return None
        return float(score(*both, pos_label=1, zero_division=0, **options))

    return value


def kappa(truth: Cells, predicted: Cells) -> float | None:
    both = classes(truth, predicted)
    if both is None or isinstance(both[0][0], str):
        return None
    t, p = (np.array(v, dtype=int) for v in both)
    if len(set(t) | set(p)) == 1:
        return 1.0  # nothing by the formula; Arena states 1
    scale = list(range(min(t.min(), p.min()), max(t.max(), p.max()) + 1))
    return float(sk.cohen_kappa_score(t, p, labels=scale, weights="quadratic"))


def truth_of_two(cells: Cells) -> np.ndarray | None:
    values = numbers(cells)
    return values if values is not None and set(values) == {0.0, 1.0} else None


def area(truth: Cells, predicted: Cells) -> float | None:
    t, p = truth_of_two(truth), numbers(predicted)
    return None if t is None or p is None else float(sk.roc_auc_score(t, p))


def precision(truth: Cells, predicted: Cells) -> float | None:
    t, p = numbers(truth), numbers(predicted)
    if t is None or p is None or not set(t) <= {0.0, 1.0} or 1.0 not in t:
        return None
    return float(sk.average_precision_score(t, p))


def entropy(truth: Cells, predicted: Cells) -> float | None:
    t, p = numbers(truth), numbers(predicted)
    if t is None or p is None or not set(t) <= {0.0, 1.0} or p.min() < 0 or p.max() > 1:
        return None
    p = np.clip(p, 1e-15, 1 - 1e-15)
    return float(np.mean([-math.log(q if y else 1 - q) for y, q in zip(t, p, strict=True)]))


def entropy_of_columns(truth: Columns, predicted: Columns) -> float | None:
    """Kaggle's MultiClassLogLoss of one-hot rows; of independent labels the mean of each column's own."""
    t = [numbers(cells) for cells in truth]
    p = [numbers(cells) for cells in predicted]
    if any(v is None for v in (*t, *p)):
        return None
    rows, guess = np.column_stack(t), np.column_stack(p)
    if not set(rows.ravel()) <= {0.0, 1.0} or guess.min() < 0:
        return None
    if (rows.sum(axis=1) == 1).all():
        if (guess.sum(axis=1) == 0).any():
            return None
        own = (guess / guess.sum(axis=1, keepdims=True))[rows == 1]
        return float(np.mean(-np.log(np.clip(own, 1e-15, 1 - 1e-15))))
    return mean_of(entropy)(truth, predicted)


def of_values(score: Callable[..., float], *, least: float = -math.inf) -> Callable[[Cells, Cells], float | None]:
    def value(truth: Cells, predicted: Cells) -> float | None:
        t, p = numbers(truth), numbers(predicted)
        if t is None or p is None or t.min() < least or p.min() < least:
            return None
        return float(score(t, p))

    return value


def of_order(score: Callable[..., float]) -> Callable[[Cells, Cells], float | None]:
    def value(truth: Cells, predicted: Cells) -> float | None:
        t, p = numbers(truth), numbers(predicted)
        if t is None or p is None or len(set(t)) == 1:
            return None
        return 0.0 if len(set(p)) == 1 else float(score(t, p))  # constant predictions order nothing: Arena states 0

    return value


def tau_a(t: np.ndarray, p: np.ndarray) -> float:
    n = len(t)
    pairs = [(i, j) for i in range(n) for j in range(i)]
    return sum(np.sign(t[i] - t[j]) * np.sign(p[i] - p[j]) for i, j in pairs) / len(pairs)


def explained(t: np.ndarray, p: np.ndarray) -> float:
    return math.nan if len(set(t)) == 1 else float(sk.r2_score(t, p))


def items(cell: str) -> list[str]:
    """What a cell lists; a whole number is the same item with and without decimals, as pandas writes it beside a gap."""
    return [str(int(float(i))) if numbers([i]) is not None and float(i).is_integer() else i for i in cell.split()]


def map_at(k: int) -> Callable[[Cells, Cells], float | None]:
    def value(truth: Cells, predicted: Cells) -> float | None:
        rows = []
        for true, guess in ((items(t), items(p)) for t, p in zip(truth, predicted, strict=True)):
            if true:
                hits = [item in true and item not in guess[:i] for i, item in enumerate(guess[:k])]
                gains = [hit * sum(hits[: i + 1]) / (i + 1) for i, hit in enumerate(hits)]
                rows.append(sum(gains) / min(k, len(set(true))))
        return float(np.mean(rows)) if rows else None

    return value


def ndcg_at(k: int) -> Callable[[Cells, Cells], float | None]:
    def value(truth: Cells, predicted: Cells) -> float | None:
        rows = []
        for true, guess in ((set(items(t)), items(p)) for t, p in zip(truth, predicted, strict=True)):
            if true:
                best = sum(1 / math.log2(i + 2) for i in range(min(k, len(true))))
                gain = sum((x in true and x not in guess[:i]) / math.log2(i + 2) for i, x in enumerate(guess[:k]))
                rows.append(gain / best)
        return float(np.mean(rows)) if rows else None

    return value


def shared_items(truth: Cells, predicted: Cells) -> float:
    def row(t: set[str], p: set[str]) -> float:
        return len(t & p) / len(t | p) if t | p else 1.0

    return float(np.mean([row(set(items(t)), set(items(p))) for t, p in zip(truth, predicted, strict=True)]))


def edits(truth: Cells, predicted: Cells) -> float:
    def distance(a: str, b: str) -> int:
        row = list(range(len(b) + 1))
        for i, x in enumerate(a, 1):
            last, row[0] = row[0], i
            for j, y in enumerate(b, 1):
                last, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, last + (x != y))
        return row[-1]

    return float(np.mean([distance(t.strip(), p.strip()) for t, p in zip(truth, predicted, strict=True)]))


def matched_boxes(least: float) -> Callable[[Cells, Cells], float | None]:
    def read(cell: str) -> list[list[float]] | None:
        values = numbers(cell.split())
        if values is None or len(values) % 4:
            return None
        rows = values.reshape(-1, 4).tolist()
        return rows if all(r[2] >= r[0] and r[3] >= r[1] for r in rows) else None

    def overlap(a: list[float], b: list[float]) -> float:
        wide, high = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
        both = max(0.0, wide) * max(0.0, high)
        whole = (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - both
        return both / whole if whole else 0.0

    def value(truth: Cells, predicted: Cells) -> float | None:
        rows = []
        for t, p in ((read(t), read(p)) for t, p in zip(truth, predicted, strict=True)):
            if t is None or p is None:
                return None
            pairs = sorted(((overlap(a, b), i, j) for i, a in enumerate(t) for j, b in enumerate(p)), reverse=True)
            taken: list[tuple[int, int]] = []
            for share, i, j in pairs:
                if share >= least and all(i != x and j != y for x, y in taken):
                    taken.append((i, j))
            below = len(t) + len(p) - len(taken)
            rows.append(len(taken) / below if below else 1.0)
        return float(np.mean(rows))

    return value


def mean_of(one: Callable[[Cells, Cells], float | None]) -> Callable[[Columns, Columns], float | None]:
    """Over several columns the mean of each one's value."""

    def value(truth: Columns, predicted: Columns) -> float | None:
        each = [one(t, p) for t, p in zip(truth, predicted, strict=True)]
        return None if None in each else float(np.mean(each))

    return value


def averaged(average: str) -> dict[str, Callable[[Cells, Cells], float | None]]:
    def fbeta(beta: float) -> Callable[[Cells, Cells], float | None]:
        return make(sk.fbeta_score, beta=beta)

    def make(score: Callable[..., float], **options: object) -> Callable[[Cells, Cells], float | None]:
        if average == "binary":
            return of_two(score, **options)
        return of_labels(lambda t, p: score(t, p, average=average, zero_division=0, **options))

    return {
        f"{average}_precision_score": make(sk.precision_score),
        f"{average}_recall_score": make(sk.recall_score),
        f"{average}_f1_score": make(sk.f1_score),
        f"{average}_fbeta_score@0.5": fbeta(0.5),
        f"{average}_fbeta_score@2": fbeta(2),
    }


OF_A_COLUMN: dict[str, Callable[[Cells, Cells], float | None]] = {
    "accuracy_score": of_labels(sk.accuracy_score),
    "balanced_accuracy_score": of_labels(
        lambda t, p: float(sk.recall_score(t, p, labels=sorted(set(t)), average="macro"))
    ),
    "classification_error": of_labels(lambda t, p: 1 - sk.accuracy_score(t, p)),
    **{
        name: score for average in ("binary", "micro", "macro", "weighted") for name, score in averaged(average).items()
    },
    "macro_jaccard_score": of_labels(lambda t, p: sk.jaccard_score(t, p, average="macro", zero_division=0)),
    "quadratic_weighted_kappa_score": kappa,
    "adjusted_rand_score": of_clusters(sk.adjusted_rand_score),
    "normalized_mutual_info_score": of_clusters(sk.normalized_mutual_info_score),
    "roc_auc_score": area,
    "average_precision_score": precision,
    "log_loss": entropy,
    "mean_squared_error": of_values(sk.mean_squared_error),
    "root_mean_squared_error": of_values(sk.root_mean_squared_error),
    "mean_absolute_error": of_values(sk.mean_absolute_error),
    "root_mean_squared_log_error": of_values(sk.root_mean_squared_log_error, least=0),
    "r2_score": of_values(explained),
    "kendall_tau_score": of_order(lambda t, p: stats.kendalltau(t, p).statistic),
    "kendall_tau_a_score": of_order(tau_a),
    "spearman_score": of_order(lambda t, p: stats.spearmanr(t, p).statistic),
    "mean_average_precision_score@5": map_at(5),
    "mean_average_precision_score@10": map_at(10),
    "ndcg_score@5": ndcg_at(5),
    "ndcg_score@10": ndcg_at(10),
    "set_jaccard_score": shared_items,
    "box_jaccard_score@0.5": matched_boxes(0.5),
    "mean_edit_distance": edits,
}


def reference(metric: str, truth: Columns, predicted: Columns) -> float | None:
    """The metric's value over these rows, or None where it has none."""
    if metric == "log_loss" and len(truth) > 1:
        value = entropy_of_columns(truth, predicted)
    else:
        value = mean_of(OF_A_COLUMN[metric])(truth, predicted)
    return None if value is None or math.isnan(value) else value
