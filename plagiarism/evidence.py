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

from plagiarism.fingerprints import Fingerprint
from plagiarism.index import N_VIEWS, Index, weight_of

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
    own = job.index.own
    return [
        (rows, others < d, *_seen(_document(job.index, d), [own(o) for o in others.tolist()], place_of))
        for d, rows, others in partners
    ]


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


@dataclass(frozen=True, kw_only=True, eq=False)
class _Document:
    """Terms in the order of the views (-1: nobody's), their weights, where each view begins, and their places."""

    terms: npt.NDArray[np.int32]
    weights: npt.NDArray[np.float32]
    bounds: npt.NDArray[np.int64]
    places: npt.NDArray[np.int32]


def of_one(index: Index, one: Fingerprint, *, top: int, without: npt.NDArray[np.intp] | None = None) -> OneAgainstAll:
    """Evidence for a submission that need not be in the index, in milliseconds."""
    terms = index.known(one)
    others = index.nearest(terms, top=top, without=without).astype(np.int64)
    alone = np.float32(weight_of(0, len(index) + 1))
    weights = (
        np.where(terms >= 0, index.weights[np.maximum(terms, 0)], alone)
        if len(index.vocabulary)
        else (np.full(len(terms), alone))
    )
    mine = _Document(
        terms=terms, weights=weights.astype(np.float32), bounds=np.array(one.bounds, dtype=np.int64), places=one.places
    )
    place_of = np.full(len(index.vocabulary) + 1, -1, dtype=np.int32)
    shared, from_me = _seen(mine, [index.own(int(d)) for d in others], place_of)
    from_them = [_seen(_document(index, int(d)), [terms[terms >= 0]], place_of)[1][0] for d in others]
    running = np.r_[0.0, np.cumsum(mine.weights, dtype=np.float64)]
    return OneAgainstAll(
        others=others,
        shared=shared,
        scans=np.stack([from_me, np.array(from_them).reshape(-1)], axis=1),
        totals=np.diff(running[mine.bounds]).astype(np.float32),
    )


@dataclass(frozen=True, kw_only=True, eq=False)
class OneAgainstAll:
    """`others` (n,) documents with `shared` (n, n_views) and `scans` (n, 2); `totals` (n_views,) of the one."""

    others: npt.NDArray[np.int64]
    shared: Floats
    scans: Floats
    totals: npt.NDArray[np.float32]


def _document(index: Index, d: int) -> _Document:
    own = index.own(d)
    return _Document(
        terms=own, weights=index.weights[own], bounds=index.bounds[d] - index.starts[d], places=index.prints[d].places
    )


def _seen(
    mine: _Document, others: Sequence[npt.NDArray[np.int32]], place_of: npt.NDArray[np.int32]
) -> tuple[Floats, Floats]:
    """`(n, n_views)` shared weights and `(n,)` scans of a document with each of the others' terms.

    `place_of` (n_terms + 1,) is all -1, and is so again afterwards; terms of -1 meet its last cell.
    """
    place_of[mine.terms] = np.arange(len(mine.terms))
    place_of[-1] = -1
    sizes = np.array([len(terms) for terms in others], dtype=np.int64)
    at = place_of[np.concatenate([np.zeros(0, dtype=np.int32), *others])]
    place_of[mine.terms] = -1
    is_held = at >= 0
    held = np.zeros((len(others), len(mine.terms)), dtype=np.float32)
    held[np.repeat(np.arange(len(others)), sizes)[is_held], at[is_held]] = 1.0
    held *= mine.weights
    bounds = mine.bounds
    shared = np.stack([held[:, bounds[v] : bounds[v + 1]].sum(axis=1) for v in range(N_VIEWS)], axis=1)
    n_code = int(bounds[3])  # words stand apart: they are for unrenamed pastes
    scans = np.zeros(len(others))
    if n_code:
        order = np.argsort(mine.places[:n_code], kind="stable")
        running = np.cumsum(held[:, :n_code][:, order], axis=1, dtype=np.float64)
        against = np.cumsum(mine.weights[:n_code][order], dtype=np.float64)
        # held counts 1, absent counts -AGAINST: held * (1 + AGAINST) - AGAINST
        total = running * (1 + AGAINST) - AGAINST * against
        lowest = np.minimum.accumulate(np.minimum(total, 0.0), axis=1)
        scans = (total - lowest).max(axis=1)
    return shared.astype(np.float64), scans
