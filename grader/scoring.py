"""Score a predictions file: public, private and overall, with an interval for the private score."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt

from grader.metrics import Metric, get_metric
from grader.outcome import Evaluation
from grader.predictions import InvalidPredictions, Predictions, Solution, read_predictions
from grader.significance import interval


def score_file(path: Path, *, solution: Solution, metric: str, allow_gzip: bool = False) -> Evaluation:
    """Read, validate, align and score. Raises `InvalidPredictions` and `grader.metrics.UnknownMetric`."""
    return score(read_predictions(path, solution, allow_gzip=allow_gzip), solution=solution, metric=metric)


def score(predictions: Predictions, *, solution: Solution, metric: str) -> Evaluation:
    """Scores over the Public, the Private, and both kinds of rows; Ignored rows count nowhere."""
    chosen = get_metric(metric)
    public, private = solution.usage == "Public", solution.usage == "Private"
    return Evaluation(
        metric=chosen.name,
        direction=chosen.direction,
        public=_part(predictions, solution, chosen, public),
        private=_part(predictions, solution, chosen, private),
        overall=_part(predictions, solution, chosen, public | private),
        n_rows=int((public | private).sum()),
        interval=_interval(predictions, solution, chosen, private),
    )


def _part(predictions: Predictions, solution: Solution, metric: Metric, rows: npt.NDArray[np.bool_]) -> float | None:
    """The metric over some rows; over several target columns it is their mean."""
    if not rows.any():
        return None
    values = []
    for name, truth in solution.targets.items():
        if metric.takes != "labels" and truth.dtype.kind != "f":
            raise InvalidPredictions(
                "labels_need_a_label_metric", f"{metric.name} needs numbers, but the solution's “{name}” holds text."
            )
        values.append(metric(truth[rows], predictions.columns[name][rows]))
    return float(np.mean(values))


def _interval(
    predictions: Predictions, solution: Solution, metric: Metric, rows: npt.NDArray[np.bool_]
) -> tuple[float, float] | None:
    if not rows.any() or len(solution.targets) != 1:
        return None
    name = solution.target_columns[0]
    return interval(metric, solution.targets[name][rows], predictions.columns[name][rows])
