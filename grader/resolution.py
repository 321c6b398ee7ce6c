"""What a score over a few rows can tell: one row's worth. What is finer is noise to an honest reader and an answer to a prober.

A score over `n` rows is released in steps of `1/n`, as the Ladder does (Blum & Hardt 2015, algorithm 1): that is what one
row moves a mean of right and wrong answers by, and still far below the score's standard error, which is of the order of
`1/sqrt(n)`. Counts lose nothing. A log loss, an AUC or a squared error lose the digits in which a single submission would
otherwise read out many rows at once (Whitehill 2018).

Scores within -1 to 1 are rounded to multiples of `1/n`. Where a metric has no scale of its own, such as an error in the
unit of the target, and wherever a value is beyond 1, the step is `1/n` of its leading digit's unit: with 1,000 rows 3.1416
becomes 3.142 and 31,416 becomes 31,420.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from grader.metrics import Metric

# two decimals for the fewest rows: digits that carry nothing beyond the step, but read as people write shares
FEWEST_DECIMALS = 2
# an overflow is shown as it is: the worst value there is, whatever made it
LARGEST, SMALLEST = 1e300, 1e-12


class ShownScore(float):
    """A rounded score that knows how many decimals say all of it."""

    decimals: int

    def __new__(cls, value: float, *, decimals: int = FEWEST_DECIMALS) -> ShownScore:
        made = super().__new__(cls, value)
        made.decimals = decimals
        return made


@dataclass(frozen=True)
class Resolution:
    """What `n_rows` rows tell of a metric's scores, for many of them."""

    n_rows: int
    decimals: int
    has_scale: bool

    @classmethod
    def of(cls, metric: Metric, *, n_rows: int) -> Resolution:
        n = max(1, n_rows)
        return cls(n, max(FEWEST_DECIMALS, math.ceil(math.log10(n))), has_scale(metric))

    def resolve(self, value: float) -> ShownScore:
        """The score in steps that the rows can tell apart."""
        n, size = self.n_rows, abs(value)
        if not size < LARGEST:
            return ShownScore(value, decimals=0)
        exponent = math.floor(math.log10(size)) if size > SMALLEST and not (self.has_scale and size < 1) else 0
        unit = 10.0**exponent
        places = self.decimals - exponent
        return ShownScore(round(round(value / unit * n) / n * unit, places) + 0.0, decimals=max(0, places))


def resolved(value: float, *, metric: Metric, n_rows: int) -> ShownScore:
    """One score, as `Resolution` has it.

    >>> from grader.metrics import get_metric
    >>> resolved(0.912345678, metric=get_metric("roc_auc_score"), n_rows=250)
    0.912
    >>> resolved(31415.9265, metric=get_metric("mean_squared_error"), n_rows=1000)
    31420.0
    """
    return Resolution.of(metric, n_rows=n_rows).resolve(value)


def has_scale(metric: Metric) -> bool:
    """Whether the metric's values are shares, correlations or likelihoods: then 0.001 is as little near 0 as near 1."""
    return metric.range.endswith("..1") or metric.takes == "probabilities"
