"""What speaks for copying between two submissions, measured on the index.

Per view the weight of what both hold; and the *scan statistic*: the part of one submission that speaks most for the
other, where what both hold counts for and what only one holds counts against. A paste is a part in which almost all
is shared; independent answers share as much, but scattered.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from plagiarism.index import N_VIEWS, Index

Floats = npt.NDArray[np.float64]
AGAINST = 0.5  # how much a hash counts against that only one holds


@dataclass(frozen=True, kw_only=True, eq=False)
class Evidence:
    """`pairs` (n, 2) with i < j; `shared` (n, n_views) weights; `scans` (n, 2): the best part seen from i, from j."""

    pairs: npt.NDArray[np.int64]
    shared: Floats
    scans: Floats


def candidate_pairs(
    index: Index, *, n_own: int, top: int, group_of: npt.NDArray[np.int64] | None = None
) -> npt.NDArray[np.int64]:
    """Pairs (n, 2), i < j, of each own document with its nearest ones; never two of the archive (>= n_own), nor two
    of one group."""
    codes: list[npt.NDArray[np.int64]] = []
    n = len(index)
    for d in range(n_own):
        own = np.array([d]) if group_of is None else np.flatnonzero(group_of == group_of[d])
        near = index.nearest(index.own(d), top=top, without=own).astype(np.int64)
        codes.append(np.minimum(near, d) * n + np.maximum(near, d))
    merged = np.unique(np.concatenate(codes)) if codes else np.zeros(0, dtype=np.int64)
    return np.stack([merged // max(n, 1), merged % max(n, 1)], axis=1)


def measure(
    index: Index, pairs: npt.NDArray[np.int64], *, progress: Callable[[int, int], None] | None = None
) -> Evidence:
    """Evidence for each pair; `progress` is told how many documents are done of how many."""
    partners: dict[int, list[int]] = defaultdict(list)
    for row, (i, j) in enumerate(pairs.tolist()):
        partners[i].append(row)
        partners[j].append(row)
    shared = np.zeros((len(pairs), N_VIEWS))
    scans = np.zeros((len(pairs), 2))
    place_of = np.full(len(index.vocabulary) + 1, -1, dtype=np.int32)
    for done, (d, rows) in enumerate(partners.items(), start=1):
        other = pairs[rows].sum(axis=1) - d
        found, scanned = _seen_from(index, d, other, place_of)
        shared[rows] = found
        scans[rows, (pairs[rows, 1] == d).astype(np.intp)] = scanned
        if progress is not None and (done % 50 == 0 or done == len(partners)):
            progress(done, len(partners))
    return Evidence(pairs=pairs, shared=shared, scans=scans)


def _seen_from(
    index: Index, d: int, others: npt.NDArray[np.int64], place_of: npt.NDArray[np.int32]
) -> tuple[Floats, Floats]:
    """`(n, n_views)` shared weights and `(n,)` scans of document d with each of the others."""
    own = index.own(d)
    weights = index.weights[own]
    place_of[own] = np.arange(len(own))
    sizes = index.starts[others + 1] - index.starts[others]
    ends = np.cumsum(sizes)
    gather = np.arange(ends[-1]) + np.repeat(index.starts[others] - (ends - sizes), sizes)
    at = place_of[index.terms[gather]]
    place_of[own] = -1
    is_own = at >= 0
    held = np.zeros((len(others), len(own)), dtype=np.float32)
    held[np.repeat(np.arange(len(others)), sizes)[is_own], at[is_own]] = 1.0
    held *= weights
    bounds = index.bounds[d] - index.starts[d]
    shared = np.stack([held[:, bounds[v] : bounds[v + 1]].sum(axis=1) for v in range(N_VIEWS)], axis=1)
    n_code = int(bounds[3])  # words stand apart: they are for unrenamed pastes
    order = np.argsort(index.prints[d].places[:n_code], kind="stable")
    running = np.cumsum(held[:, :n_code][:, order], axis=1, dtype=np.float64)
    against = np.cumsum(weights[:n_code][order], dtype=np.float64)
    scans = np.zeros(len(others))
    if n_code:
        # held counts 1, absent counts -AGAINST: held * (1 + AGAINST) - AGAINST
        total = running * (1 + AGAINST) - AGAINST * against
        lowest = np.minimum.accumulate(np.minimum(total, 0.0), axis=1)
        scans = (total - lowest).max(axis=1)
    return shared.astype(np.float64), scans
