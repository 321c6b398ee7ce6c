"""The inverted index: which submissions hold a hash, how rare it is, and who shares most with one of them.

A hash weighs the logarithm of how few hold it besides two who share it. Those of starter code weigh nothing.
Candidates come from the hashes that at most `most_holders` submissions hold; a candidate is then scored on all of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from plagiarism.fingerprints import VIEWS, Fingerprint, UInts

Floats32 = npt.NDArray[np.float32]
N_VIEWS = len(VIEWS)
IMAGINED = 4.0  # submissions, one of which holds any hash: what is assumed before a class has said anything


@dataclass(frozen=True, kw_only=True, eq=False)
class Index:
    """`terms[starts[d]:starts[d + 1]]` are document d's hashes as positions in `vocabulary`, view by view as its
    `bounds` say; `holders[first[t]:first[t + 1]]` are the documents of term t; `weights` (n_terms,) are >= 0.
    """

    prints: Sequence[Fingerprint]
    vocabulary: UInts
    weights: Floats32
    terms: npt.NDArray[np.int32]
    starts: npt.NDArray[np.int64]
    bounds: npt.NDArray[np.int64]
    first: npt.NDArray[np.int64]
    holders: npt.NDArray[np.int32]
    totals: Floats32
    lengths: Floats32
    most_holders: int

    @classmethod
    def build(cls, prints: Sequence[Fingerprint], *, common: UInts | None = None) -> Index:
        """Index of fingerprints; hashes in `common` (starter code) weigh nothing."""
        n = len(prints)
        sizes = np.array([len(p.hashes) for p in prints], dtype=np.int64)
        starts = np.r_[0, np.cumsum(sizes)].astype(np.int64)
        everything = np.concatenate([p.hashes for p in prints]) if n else np.zeros(0, dtype=np.uint64)
        order = np.argsort(everything, kind="stable")
        ordered = everything[order]
        is_new = np.r_[True, ordered[1:] != ordered[:-1]] if len(ordered) else np.zeros(0, dtype=bool)
        first = np.r_[np.flatnonzero(is_new), len(ordered)].astype(np.int64)
        vocabulary = ordered[first[:-1]]
        terms = np.empty(len(everything), dtype=np.int32)
        terms[order] = np.cumsum(is_new, dtype=np.int32) - 1
        holders = (np.searchsorted(starts, order, side="right") - 1).astype(np.int32)
        frequency = np.diff(first)
        # of the two that are compared one may have it from the other: what counts is how many of the rest hold it too
        weights = weight_of(np.maximum(frequency, 2) - 2, n).astype(np.float32)
        if common is not None and len(common) and len(vocabulary):
            place = np.minimum(np.searchsorted(vocabulary, common), len(vocabulary) - 1)
            weights[place[vocabulary[place] == common]] = 0.0
        bounds = np.array([p.bounds for p in prints], dtype=np.int64).reshape(n, N_VIEWS + 1) + starts[:-1, None]
        running = np.r_[0.0, np.cumsum(weights[terms], dtype=np.float64)]
        totals = np.diff(running[bounds], axis=1).astype(np.float32)
        return cls(
            prints=prints,
            vocabulary=vocabulary,
            weights=weights,
            terms=terms,
            starts=starts,
            bounds=bounds,
            first=first,
            holders=holders,
            totals=totals,
            lengths=np.sqrt(totals.sum(axis=1) + 200.0),
            most_holders=max(40, min(n // 5, 150)),
        )

    def __len__(self) -> int:
        return len(self.prints)

    def known(self, one: Fingerprint) -> npt.NDArray[np.int32]:
        """The terms of a fingerprint that need not be in the index; -1 for hashes that nobody has."""
        if not len(self.vocabulary):
            return np.full(len(one.hashes), -1, dtype=np.int32)
        place = np.minimum(np.searchsorted(self.vocabulary, one.hashes), len(self.vocabulary) - 1)
        return np.where(self.vocabulary[place] == one.hashes, place, -1).astype(np.int32)

    def own(self, d: int) -> npt.NDArray[np.int32]:
        return self.terms[self.starts[d] : self.starts[d + 1]]

    def nearest(
        self, terms: npt.NDArray[np.int32], *, top: int, without: npt.NDArray[np.intp] | None = None
    ) -> npt.NDArray[np.intp]:
        """The `top` documents that share the most weight of not too common terms, in no order; none of `without`."""
        terms = terms[terms >= 0]
        lengths = self.first[terms + 1] - self.first[terms]
        kept = (lengths <= self.most_holders) & (self.weights[terms] > 0)
        terms, lengths = terms[kept], lengths[kept]
        if not len(terms):
            return np.zeros(0, dtype=np.intp)
        ends = np.cumsum(lengths)
        gather = np.arange(ends[-1]) + np.repeat(self.first[terms] - (ends - lengths), lengths)
        weight = np.bincount(self.holders[gather], weights=np.repeat(self.weights[terms], lengths), minlength=len(self))
        # a long document shares much with everybody
        shared: npt.NDArray[np.float64] = weight / self.lengths
        if without is not None:
            shared[without] = 0.0
        top = min(top, len(shared))
        best = np.argpartition(-shared, top - 1)[:top]
        near: npt.NDArray[np.intp] = best[shared[best] > 0]
        return near


def weight_of(others: npt.NDArray[np.int64] | int, n: int) -> npt.NDArray[np.float64]:
    """What a hash counts that `others` hold of the `n` documents besides the two that are compared."""
    made: npt.NDArray[np.float64] = np.log((max(n - 2, 0) + IMAGINED) / (np.asarray(others) + 1.0))
    return made
