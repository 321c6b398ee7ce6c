"""How sure a score is: 95% bootstrap intervals, seeded so that the same file always gets the same one."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from grader.metrics import Metric

N_RESAMPLES = 1000
SLOW_RESAMPLES = 100


def interval(
    metric: Metric, truth: npt.NDArray[Any], predicted: npt.NDArray[Any], *, seed: int = 0
) -> tuple[float, float]:
    """Percentile bootstrap over rows (Efron 1979). For accuracy, resampling rows is a binomial draw."""
    rng = np.random.default_rng(seed)
    n = len(truth)
    if metric.name in {"accuracy_score", "classification_error"}:
        draws = rng.binomial(n, metric(truth, predicted), size=N_RESAMPLES) / n
    else:
        draws = np.empty(SLOW_RESAMPLES)
        for i in range(SLOW_RESAMPLES):
            rows = rng.integers(0, n, size=n)
            draws[i] = metric(truth[rows], predicted[rows])
    low, high = np.quantile(draws, [0.025, 0.975])
    return float(low), float(high)
