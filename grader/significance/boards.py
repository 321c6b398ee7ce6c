"""A board under resampling: who is statistically tied with whom, and how likely each one's band is.

Students are compared on the same rows, so differences are paired: two that err on the same rows are easier to tell apart
than their intervals suggest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from grader.metrics import Metric, get_metric
from grader.predictions import Predictions, Solution
from grader.predictions.solution import Column
from grader.significance.influence import auc_influences, count_influences, group_influences, term_influences
from grader.suitability import suited_to, truth_for

N_RESAMPLES = 1000
BATCH = 100
MAX_BLOCKS = 2500
Z = 1.959964
PUBLIC, PRIVATE = 0, 1

Array = npt.NDArray[Any]


@dataclass(frozen=True, kw_only=True)
class BoardRows:
    """Contenders' private scores `(n_contenders,)` and how the `n_rows` private rows move them.

    `influences` is `(n_contenders, n_rows)`, or above 2500 rows `(n_contenders, n_blocks)`: sums over random blocks of rows,
    the same for everybody. Drawing blocks spreads a score as drawing rows does.
    """

    direction: str
    scores: npt.NDArray[np.float64]
    influences: npt.NDArray[np.float32]
    n_rows: int


@dataclass(frozen=True, kw_only=True)
class BandOdds:
    """One contender's band on the board (0 is the best) and how likely it is when the private rows are drawn anew.

    `probabilities` are of each band; `ranks` hold 95 of 100 resampled ranks; `beats_baseline` is None without a baseline.
    """

    band: int
    probability: float
    probabilities: tuple[float, ...]
    ranks: tuple[int, int]
    beats_baseline: float | None


def board_rows(entries: Sequence[Predictions], *, solution: Solution, metric: str, usage: int = PRIVATE) -> BoardRows:
    """What `tied_groups` and `band_odds` need of each contender's aligned predictions; of the private rows, or the public.

    Over several columns, influences are averaged, as the score is.
    """
    chosen = suited_to(get_metric(metric), solution)
    private = np.flatnonzero(solution.usage_codes == usage)
    names = solution.target_columns
    blocks = _Blocks(len(private))
    scores = np.zeros(len(entries))
    influences = np.zeros((len(entries), blocks.count), dtype=np.float32)
    if len(names) > 1 and chosen.matrix_function is not None:
        whole = np.column_stack([solution.numbers(name)[private] for name in names])
        for i, entry in enumerate(entries):
            predicted = np.column_stack([entry.columns[name][private] for name in names])
            scores[i], moves = _of_columns(chosen, whole, predicted)
            influences[i] = blocks.sums(moves)
    else:
        for name in names:
            truth = _truth(chosen, solution, name)[private]
            classes = solution.labels(name).classes if chosen.takes == "labels" else truth[:0]
            for i, entry in enumerate(entries):
                predicted = (entry.codes if chosen.takes == "labels" else entry.columns)[name][private]
                score, moves = _of_column(chosen, truth, predicted, classes)
                scores[i] += score / len(names)
                influences[i] += blocks.sums(moves / len(names))
    return BoardRows(direction=chosen.direction, scores=scores, influences=influences, n_rows=len(private))


def paired_error(one: Predictions, other: Predictions, *, solution: Solution, metric: str, usage: int) -> float:
    """The standard error of the difference of two scores over the rows of this usage, of which there is at least one."""
    rows = board_rows([one, other], solution=solution, metric=metric, usage=usage)
    return _paired_error(rows, 0, 1)


class _Blocks:
    """Random blocks of rows, seeded, so that every contender's are the same."""

    def __init__(self, n_rows: int) -> None:
        size = max(1, -(-n_rows // MAX_BLOCKS))
        self.order = np.random.default_rng(0).permutation(n_rows) if size > 1 else None
        self.starts = np.arange(0, n_rows, size)
        self.count = len(self.starts)

    def sums(self, moves: Array) -> Array:
        """Each block's sum, `(n_blocks,)`."""
        if self.order is None:
            return moves
        sums: Array = np.add.reduceat(moves[self.order], self.starts)
        return sums


def tied_groups(rows: BoardRows, *, z: float = Z) -> list[int]:
    """Each contender's group, from 1, the best first.

    A group is led by its best score and takes in whoever isn't worse than that by `z` standard errors of the paired
    difference.
    """
    order = _board_order(rows).tolist()
    groups = [0] * len(order)
    group, leader = 0, -1
    for i in order:
        if leader < 0 or _is_apart(rows, leader, i, z):
            group, leader = group + 1, i
        groups[i] = group
    return groups


def _is_apart(rows: BoardRows, leader: int, other: int, z: float) -> bool:
    error = _paired_error(rows, leader, other)
    return bool(abs(rows.scores[leader] - rows.scores[other]) > z * error + 1e-12)


def _paired_error(rows: BoardRows, one: int, other: int) -> float:
    difference = rows.influences[one] - rows.influences[other]
    return float(np.sqrt(np.dot(difference, difference))) / rows.n_rows


def band_odds(
    rows: BoardRows,
    *,
    edges: Sequence[int],
    baseline: BoardRows | None = None,
    n_resamples: int = N_RESAMPLES,
    seed: int = 0,
) -> list[BandOdds]:
    """How likely each contender's band is: a paired bootstrap of the whole board (Efron 1979).

    Contenders come in board order, which breaks ties. `edges` are the last ranks of all bands but the open last one, such
    as 30, 50, 90. `baseline` holds one entry over the same rows.
    """
    n_contenders, n_blocks = rows.influences.shape
    n_rows = rows.n_rows
    sign = -1.0 if rows.direction == "higher" else 1.0
    order = np.argsort(sign * rows.scores, kind="stable")
    ranks = np.empty((n_resamples, n_contenders), dtype=np.int64)
    beats = np.zeros(n_contenders)
    rng = np.random.default_rng(seed)
    # equal work must tie in every draw, whatever single precision makes of it
    unit = float(np.abs(rows.influences).max(initial=0)) * max(0.05 / n_rows, 2e-7)
    for start in range(0, n_resamples, BATCH):
        size = min(BATCH, n_resamples - start)
        weights = _weights(rng, size, n_blocks)
        drawn = _snapped(rows.scores + weights @ rows.influences.T / n_rows, unit)
        places = np.argsort(np.argsort(sign * drawn[:, order], axis=1, kind="stable"), axis=1)
        ranks[start : start + size, order] = places + 1
        if baseline is not None:
            gate = _snapped(baseline.scores[0] + weights @ baseline.influences[0] / n_rows, unit)
            beats += (sign * drawn < sign * gate[:, None]).sum(axis=0)
    board = np.empty(n_contenders, dtype=np.int64)
    board[order] = np.arange(1, n_contenders + 1)
    bands = np.searchsorted(np.asarray(edges), ranks)
    chances = np.stack([(bands == band).mean(axis=0) for band in range(len(edges) + 1)], axis=1)
    low, high = np.quantile(ranks, (0.025, 0.975), axis=0, method="closest_observation")
    return [
        BandOdds(
            band=(band := int(np.searchsorted(np.asarray(edges), board[i]))),
            probability=float(chances[i, band]),
            probabilities=tuple(chances[i].tolist()),
            ranks=(int(low[i]), int(high[i])),
            beats_baseline=None if baseline is None else float(beats[i] / n_resamples),
        )
        for i in range(n_contenders)
    ]


def _weights(rng: np.random.Generator, size: int, n_blocks: int) -> npt.NDArray[np.float32]:
    """How often each block is drawn, `(size, n_blocks)`."""
    drawn = rng.integers(0, n_blocks, size=(size, n_blocks)) + np.arange(size)[:, None] * n_blocks
    return np.bincount(drawn.ravel(), minlength=size * n_blocks).reshape(size, n_blocks).astype(np.float32)


def _snapped(scores: Array, unit: float) -> Array:
    snapped: Array = np.round(scores / unit) * unit if unit > 0 else scores
    return snapped


def _board_order(rows: BoardRows) -> npt.NDArray[np.intp]:
    return np.argsort(-rows.scores if rows.direction == "higher" else rows.scores, kind="stable")


def _truth(metric: Metric, solution: Solution, name: str) -> Column:
    return solution.labels(name).codes if metric.takes == "labels" else truth_for(metric, solution, name)


def _of_column(metric: Metric, truth: Array, predicted: Array, classes: Array) -> tuple[float, Array]:
    if metric.takes == "labels":
        return count_influences(metric, truth, predicted, classes)
    if metric.row_terms is not None:
        return term_influences(metric, metric.row_terms(truth, predicted))
    if metric.stem == "roc_auc_score":
        return auc_influences(truth, predicted)
    return metric(truth, predicted), group_influences(metric, truth, predicted)


def _of_columns(metric: Metric, truth: Array, predicted: Array) -> tuple[float, Array]:
    if metric.matrix_terms is not None:
        return term_influences(metric, metric.matrix_terms(truth, predicted))
    assert metric.matrix_function is not None
    whole = replace(metric, function=metric.matrix_function)
    return whole(truth, predicted), group_influences(whole, truth, predicted)
