"""From evidence to one published similarity, calibrated on the run itself.

In one assignment everybody's answers look alike, and among unrelated programs nobody's do, so no fixed threshold of
any raw score serves both. Each view's containment is first taken relative to what is usual for its two submissions,
then expressed as a tail: how far it lies out in the run's own distribution, in natural logs of probability. The views
are fused by a high power mean (one strong view is nearly enough), and the fused tail gives the number of
*expected false alarms*, the pairs of unrelated submissions that a run of this size would put as high. The quantiles
that are fitted lie below the share of copies that a class may hold, and sure copies are left out of the fused one; few
pairs are filled up with a prior.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from plagiarism.evidence import Evidence
from plagiarism.index import Floats32
from plagiarism.tails import Tail, exponential, fused_tail

Floats = npt.NDArray[np.float64]
SIGNALS = ("structure", "flows", "grams", "part", "words")
WEIGHTS = np.array([1.0, 1.0, 0.9, 1.0, 0.8])
SHRINK = 100.0
SHRINK_PART = 60.0
POWER = 3.0
VIEW_QUANTILES = (0.80, 0.97)
# what a run of an assignment usually shows, worth PRIOR_PAIRS pairs: usual value, tail's start, tail's scale
PRIORS = {
    "structure": (0.15, 0.030, 0.045),
    "flows": (0.12, 0.028, 0.045),
    "grams": (0.05, 0.015, 0.030),
    "part": (1.20, 0.300, 1.000),
    "words": (0.05, 0.020, 0.040),
}
PRIOR_PARTNERS = 4
FLAG_AT = 1.0  # expected false alarms at similarity 0.5
STEEPNESS = 0.2
SMALLEST_RUN = 30.0  # pairs: however few there are, only what chance puts as high once in so many is flagged
LOWEST = 0.15  # the similarity of what is usual, in a run of any size
LEAST_CONTAINMENT = 0.08


@dataclass(frozen=True, kw_only=True)
class Calibration:
    """What was fitted on a run, so that one more submission can be judged by it. `usual` is (n_signals, n_documents)."""

    usual: Floats
    start: Floats
    scale: Floats
    tail: Tail
    n_pairs: int


@dataclass(frozen=True, kw_only=True)
class Scored:
    """Per pair: `similarity` in 0..1, `expected` false alarms at least as similar, raw `signals` (n, n_signals)."""

    similarity: Floats
    expected: Floats
    signals: Floats


def signals_of(evidence: Evidence, totals: Floats32) -> Floats:
    """`(n_pairs, n_signals)` of a run, from the documents' `totals` (n_documents, n_views)."""
    return signals(evidence.shared, evidence.scans, totals[evidence.pairs[:, 0]], totals[evidence.pairs[:, 1]])


def signals(shared: Floats, scans: Floats, totals_a: Floats32, totals_b: Floats32) -> Floats:
    """Shrunk containments, and the strength of the best part relative to the smaller size; totals (n, n_views)."""
    sizes = np.minimum(totals_a, totals_b).astype(np.float64)
    whole = np.minimum(totals_a[:, :2].sum(axis=1), totals_b[:, :2].sum(axis=1)).astype(np.float64)
    code = np.minimum(totals_a[:, :3].sum(axis=1), totals_b[:, :3].sum(axis=1)).astype(np.float64)
    return np.stack(
        [
            shared[:, :2].sum(axis=1) / (whole + SHRINK),
            shared[:, 1] / (sizes[:, 1] + SHRINK),
            shared[:, 2] / (sizes[:, 2] + SHRINK),
            np.sqrt(scans.prod(axis=1)) / np.sqrt(code + SHRINK_PART),
            shared[:, 3] / (sizes[:, 3] + SHRINK),
        ],
        axis=1,
    )


def calibrate(signals: Floats, pairs: npt.NDArray[np.int64], n_documents: int) -> Calibration:
    """Fit on the run's candidate pairs."""
    usual = np.stack([usual_of(signals[:, k], pairs, n_documents, PRIORS[s][0]) for k, s in enumerate(SIGNALS)])
    above = excess(signals, pairs, usual)
    start, scale = np.zeros(len(SIGNALS)), np.zeros(len(SIGNALS))
    for k, name in enumerate(SIGNALS):
        tail = exponential(above[:, k], VIEW_QUANTILES, PRIORS[name][1:])
        start[k], scale[k] = tail.start, tail.scale
    return Calibration(
        usual=usual, start=start, scale=scale, tail=fused_tail(fused(above, start, scale)), n_pairs=len(pairs)
    )


def score(signals: Floats, pairs: npt.NDArray[np.int64], fit: Calibration) -> Scored:
    """Similarities of pairs under a fitted run."""
    return _scored(signals, excess(signals, pairs, fit.usual), fit)


def score_one(signals: Floats, others: npt.NDArray[np.int64], fit: Calibration) -> Scored:
    """Similarities of one more submission with documents of a fitted run; what is usual for it, its own pairs say."""
    pairs = np.stack([np.zeros(len(others), dtype=np.int64), np.arange(1, len(others) + 1)], axis=1)
    mine = [usual_of(signals[:, k], pairs, len(others) + 1, PRIORS[s][0])[0] for k, s in enumerate(SIGNALS)]
    usual = np.maximum(fit.usual[:, others], np.array(mine)[:, None]).T
    return _scored(signals, signals - usual, fit)


def _scored(signals: Floats, above: Floats, fit: Calibration) -> Scored:
    chance = fit.tail.chance(fused(above, fit.start, fit.scale))
    # among a few pairs the highest is nothing unusual: there a pair must be rare by itself
    size = max(fit.n_pairs / FLAG_AT, SMALLEST_RUN)
    odds = size * chance
    spread = max(STEEPNESS, math.log(1 / LOWEST - 1) / math.log(size))
    similarity = 1 / (1 + odds ** np.where(odds > 1, spread, STEEPNESS))
    expected = fit.n_pairs * chance
    containment = signals[:, 1:3].max(axis=1, initial=0.0)
    # what is only a sliver of both is nobody's copy, however unusual
    ceiling = np.where(containment < LEAST_CONTAINMENT, 0.5 * containment / LEAST_CONTAINMENT, 1.0)
    similarity = np.minimum(similarity, ceiling)
    return Scored(similarity=similarity, expected=np.minimum(expected, fit.n_pairs), signals=signals)


def excess(signals: Floats, pairs: npt.NDArray[np.int64], usual: Floats) -> Floats:
    """How far each pair stands above what is usual for the one of its two that resembles others more."""
    return signals - np.maximum(usual[:, pairs[:, 0]], usual[:, pairs[:, 1]]).T


def fused(above: Floats, start: Floats, scale: Floats) -> Floats:
    heights = WEIGHTS * np.maximum((above - start) / scale, 0.0)
    made: Floats = np.mean(heights**POWER, axis=1) ** (1 / POWER)
    return made


def usual_of(values: Floats, pairs: npt.NDArray[np.int64], n_documents: int, prior: float) -> Floats:
    """`(n_documents,)`: the median over each document's pairs, drawn to a prior where it has few."""
    document = pairs.T.reshape(-1)
    doubled = np.r_[values, values]
    order = np.lexsort((doubled, document))
    counts = np.bincount(document, minlength=n_documents)
    first = np.r_[0, np.cumsum(counts)[:-1]]
    out = np.full(n_documents, prior)
    some = counts > 0
    middle = doubled[order][(first + np.maximum(counts - 1, 0) // 2)[some]]
    weight = counts[some] / (counts[some] + PRIOR_PARTNERS)
    out[some] = weight * middle + (1 - weight) * prior
    return out
