"""The tail of a run's own distribution: where it begins, how it falls, and what share of unrelated pairs lies beyond.

A view's tail is taken as exponential. The fused one may be heavier, a generalised Pareto tail, as among programs of
one family (the layers of a library): there some pairs stand high by kinship that nobody copied.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
FUSED_QUANTILES = (0.80, 0.93, 0.975)
PRIOR_FUSED = (1.0, 1.05)
PRIOR_PAIRS = 150
PRIOR_PAIRS_OF_SHAPE = 5000  # how a tail bends is hard to see
LEAST_SHAPE, MOST_SHAPE = 1e-3, 0.6
SURELY_COPIED = 0.1  # expected false alarms below which a pair says nothing of unrelated ones


@dataclass(frozen=True, kw_only=True)
class Tail:
    """`share` of the unrelated pairs lie from `start` on; fewer by e with every `scale`, and slower for a `shape` > 0."""

    share: float
    start: float
    scale: float
    shape: float = 0.0

    def chance(self, height: Floats) -> Floats:
        """The share of unrelated pairs that stand as high: all of them from 0 up."""
        below = self.share ** (height / max(self.start, 1e-9))
        beyond = np.maximum(height - self.start, 0.0) / self.scale
        fallen = (1 + self.shape * beyond) ** (-1 / self.shape) if self.shape > LEAST_SHAPE else np.exp(-beyond)
        made: Floats = np.where(height < self.start, below, self.share * fallen)
        return made


def fused_tail(heights: Floats) -> Tail:
    """The fused tail of a run; its sure copies are left out."""
    first = exponential(heights, FUSED_QUANTILES[::2], PRIOR_FUSED)
    return bent(heights[len(heights) * first.chance(heights) >= SURELY_COPIED])


def exponential(values: Floats, quantiles: tuple[float, ...], prior: tuple[float, ...]) -> Tail:
    """Through two quantiles, drawn to the prior start and scale where there are few values."""
    share = 1 - quantiles[0]
    if not len(values):
        return Tail(share=share, start=prior[0], scale=prior[1])
    low, high = (float(q) for q in np.quantile(values, quantiles))
    scale = (high - low) / math.log(share / (1 - quantiles[1]))
    weight = len(values) / (len(values) + PRIOR_PAIRS)
    return Tail(
        share=share,
        start=weight * low + (1 - weight) * prior[0],
        scale=max(weight * scale + (1 - weight) * prior[1], 0.1 * prior[1]),
    )


def bent(values: Floats) -> Tail:
    """Through three quantiles: as heavy as they say, and exponential where there are few values."""
    straight = exponential(values, FUSED_QUANTILES[::2], PRIOR_FUSED)
    if not len(values):
        return straight
    first, second, third = (float(q) for q in np.quantile(values, FUSED_QUANTILES))
    near, far = (math.log(straight.share / (1 - q)) for q in FUSED_QUANTILES[1:])
    # never lighter than exponential: such a tail ends, and all copies beyond its end would stand at one height
    lowest, highest = 0.0, MOST_SHAPE
    for _ in range(30):
        shape = (lowest + highest) / 2
        if _scales(far, shape) / _scales(near, shape) > (third - first) / max(second - first, 1e-9):
            highest = shape
        else:
            lowest = shape
    shape *= len(values) / (len(values) + PRIOR_PAIRS_OF_SHAPE)
    return replace(straight, scale=straight.scale * far / _scales(far, shape), shape=shape)


def _scales(logarithm: float, shape: float) -> float:
    """How many scales a tail takes to fall by this natural logarithm."""
    return math.expm1(shape * logarithm) / shape if shape > LEAST_SHAPE else logarithm
