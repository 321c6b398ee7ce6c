"""What speaks for or against copying beside the code: predictions, time, history. Shown apart, never in the score."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from arena.competitions.models import Competition
from arena.competitions.models import Solution as SolutionRow
from arena.competitions.truth import truth_of
from arena.submissions.models import Submission, Type
from grader.metrics import get_metric
from grader.predictions import InvalidPredictions, InvalidSolution
from grader.scoring import read_for_metric
from plagiarism.direction import direction, shared_grams
from plagiarism.fingerprints import Fingerprint
from plagiarism.predictions import identical_share, shared_errors

MOST_STUDENTS = 400


def answers_of(
    competition: Competition, submissions: Sequence[Submission]
) -> tuple[npt.NDArray[Any] | None, dict[int, npt.NDArray[Any]]]:
    """The hidden truth and each submission's predictions of the first target column: codes of classes, or numbers.

    The truth is None where there is nothing to compare; submissions that were not scored are left out.
    """
    try:
        truth = truth_of(competition)
    except (SolutionRow.DoesNotExist, InvalidSolution):
        return None, {}
    metric, column = get_metric(competition.metric), truth.target_columns[0]
    found: dict[int, npt.NDArray[Any]] = {}
    for submission in submissions[:MOST_STUDENTS]:
        attempt = submission.result
        if attempt is None or not attempt.predictions:
            continue
        try:
            read = read_for_metric(Path(attempt.predictions.path), solution=truth, metric=metric.name)
        except (InvalidPredictions, InvalidSolution, OSError):
            continue
        found[submission.pk] = read.codes[column] if column in read.codes else np.asarray(read.values.get(column))
    if metric.takes == "labels":
        return truth.labels(column).codes, found
    is_number = all(values.dtype.kind == "f" and values.ndim == 1 for values in found.values())
    return (truth.truth(column, takes=metric.takes), found) if is_number else (None, {})


def predictions_signals(
    truth: npt.NDArray[Any] | None, answers: Mapping[int, npt.NDArray[Any]], a: Submission, b: Submission
) -> dict[str, Any]:
    """The test of shared errors for classes; for numbers the share of identical ones, and the class's usual share."""
    if truth is None or a.pk not in answers or b.pk not in answers:
        return {}
    keys = list(answers)
    if truth.dtype.kind == "i":
        found = shared_errors(truth, np.stack([answers[key] for key in keys]), keys.index(a.pk), keys.index(b.pk))
        return {
            "n_items": found.n_items,
            "wrong": [found.wrong_a, found.wrong_b],
            "same_wrong": found.same_wrong,
            "expected_same": found.expected,
            "p_value": found.p_value,
        }
    others = [identical_share(answers[a.pk], answers[key]) for key in keys if key not in {a.pk, b.pk}]
    return {
        "identical": round(identical_share(answers[a.pk], answers[b.pk]), 4),
        "usual_identical": round(float(np.median(others)), 4) if others else None,
    }


def history_signals(
    a: Submission, b: Submission, fingerprint_of: Callable[[Submission], Fingerprint]
) -> dict[str, Any]:
    """Who held the shared code first, over all attempts of both."""
    histories = []
    for one in (a, b):
        rows = Submission.entries.filter(competition=one.competition_id, user=one.user_id, type=Type.CODE)
        histories.append([(row.submitted_at, fingerprint_of(row)) for row in rows.prefetch_related("files")])
    found = direction(histories[0], histories[1], shared_grams(fingerprint_of(a), fingerprint_of(b)))
    return {
        "first": found.first,
        "at": [at.isoformat() if at else None for at in (found.at_a, found.at_b)],
        "steps": [found.steps_a, found.steps_b],
    }
