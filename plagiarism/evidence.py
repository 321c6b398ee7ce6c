"""What speaks for copying between two submissions, measured on the index.

Per view the weight of what both hold; and the *scan statistic*: the part of one submission that speaks most for the
other, where what both hold counts for and what only one holds counts against. A paste is a part in which almost all
is shared; independent answers share as much, but scattered.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from multiprocessing import current_process, get_context

import numpy as np
import numpy.typing as npt

from plagiarism.index import N_VIEWS, Index

Floats = npt.NDArray[np.float64]
Progress = Callable[[int, int], None]
AGAINST = 0.5  # how much a hash counts against that only one holds
BLOCK = 64
LEAST_FOR_PROCESSES = 400


@dataclass(frozen=True, kw_only=True, eq=False)
class Evidence:
    """`pairs` (n, 2) with i < j; `shared` (n, n_views) weights; `scans` (n, 2): the best part seen from i, from j."""

    pairs: npt.NDArray[np.int64]
    shared: Floats
    scans: Floats


def gather(
    index: Index,
    *,
    n_own: int,
    top: int,
    group_of: npt.NDArray[np.int64] | None = None,
    processes: int = 1,
    progress: Progress | None = None,
) -> Evidence:
    """Evidence for each own document with its nearest ones; never for two of the archive (from `n_own` on), nor for
    two of one group. `progress` is told how many documents are done of how many."""
    job = _Job(index=index, top=top, group_of=group_of)
    if processes < 2 or len(index) < LEAST_FOR_PROCESSES or current_process().daemon:
        pairs = _as_pairs([_nearest(job, range(n_own))], len(index))
        partners = _partners(pairs)
        parts = (_measured(job, partners[start : start + BLOCK]) for start in range(0, len(partners), BLOCK))
        return _filled(pairs, parts, n_documents=len(partners), progress=progress)
    global _job
    _job = job  # children inherit it, so that the index is not copied
    try:
        with get_context("fork").Pool(processes) as pool:
            blocks = [range(start, min(start + BLOCK, n_own)) for start in range(0, n_own, BLOCK)]
            pairs = _as_pairs(pool.map(_nearest_here, blocks), len(index))
            partners = _partners(pairs)
            chunks = [partners[start : start + BLOCK] for start in range(0, len(partners), BLOCK)]
            measured = pool.imap_unordered(_measured_here, chunks)
            return _filled(pairs, measured, n_documents=len(partners), progress=progress)
    finally:
        _job = None


@dataclass(frozen=True, kw_only=True, eq=False)
class _Job:
    """What a process needs to work on some documents."""

    index: Index
    top: int
    group_of: npt.NDArray[np.int64] | None


_job: _Job | None = None
# a document, the rows of its pairs, its partners
_Partners = list[tuple[int, npt.NDArray[np.int64], npt.NDArray[np.int64]]]
_Measured = list[tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_], Floats, Floats]]


def _nearest_here(block: range) -> npt.NDArray[np.int64]:
    assert _job is not None
    return _nearest(_job, block)


def _measured_here(partners: _Partners) -> _Measured:
    assert _job is not None
    return _measured(_job, partners)


def _nearest(job: _Job, block: range) -> npt.NDArray[np.int64]:
    """Pairs of the block's documents with their nearest ones, each as one number."""
    index, n = job.index, len(job.index)
    codes = [np.zeros(0, dtype=np.int64)]
    for d in block:
        own = np.array([d]) if job.group_of is None else np.flatnonzero(job.group_of == job.group_of[d])
        near = index.nearest(index.own(d), top=job.top, without=own).astype(np.int64)
        codes.append(np.minimum(near, d) * n + np.maximum(near, d))
    return np.concatenate(codes)


def _as_pairs(codes: Sequence[npt.NDArray[np.int64]], n: int) -> npt.NDArray[np.int64]:
    merged = np.unique(np.concatenate(codes)) if codes else np.zeros(0, dtype=np.int64)
    return np.stack([merged // max(n, 1), merged % max(n, 1)], axis=1)


def _partners(pairs: npt.NDArray[np.int64]) -> _Partners:
    rows: dict[int, list[int]] = defaultdict(list)
    for row, (i, j) in enumerate(pairs.tolist()):
        rows[i].append(row)
        rows[j].append(row)
    made = []
    for d, of_d in rows.items():
        numbers = np.array(of_d, dtype=np.int64)
        made.append((d, numbers, pairs[numbers].sum(axis=1) - d))
    return made


def _measured(job: _Job, partners: _Partners) -> _Measured:
    """Rows, whether the document is their second, shared weights and scans, for each document."""
    place_of = np.full(len(job.index.vocabulary) + 1, -1, dtype=np.int32)
    return [(rows, others < d, *_seen_from(job.index, d, others, place_of)) for d, rows, others in partners]


def _filled(
    pairs: npt.NDArray[np.int64], measured: Iterable[_Measured], *, n_documents: int, progress: Progress | None
) -> Evidence:
    shared = np.zeros((len(pairs), N_VIEWS))
    scans = np.zeros((len(pairs), 2))
    done = 0
    for part in measured:
        for rows, is_second, found, scanned in part:
            shared[rows] = found
            scans[rows, is_second.astype(np.intp)] = scanned
            done += 1
        if progress is not None:
            progress(done, n_documents)
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
