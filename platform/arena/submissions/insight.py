"""What a student learns from one's own submissions: which classes are confused, and how the score went."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from arena.competitions.truth import parsed
from arena.submissions.models import Submission
from grader.metrics import get_metric
from grader.predictions import InvalidPredictions, InvalidSolution
from grader.scoring import read_for_metric
from grader.significance import PUBLIC

# more classes make no readable table
MAX_SHOWN = 20
MIN_ROWS = 30
# Who gives a single row a label of its own could read its true class from exact counts, a row per class and submission.
# So shares are rounded to a step of at least two rows, where a single row is lost.
STEPS, MIN_STEP_ROWS = (5, 10, 20), 2
WIDTH, HEIGHT, MARGIN = 640, 150, 12


@dataclass(frozen=True)
class Cell:
    """Which share of a class was given one label, in rounded `percent`, and `shade` 0..10 for its background."""

    percent: int
    shade: int
    is_right: bool


@dataclass(frozen=True)
class Confusion:
    """`rows` are `(class, cells)`, one cell per predicted class, over the public rows only; no cells of a small class."""

    names: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Cell, ...]], ...]
    n_rows: int


def public_confusion(submission: Submission) -> Confusion | None:
    """Truth against prediction over the public rows; None where there are no classes, too many, or too few rows."""
    attempt, competition = submission.result, submission.competition
    if attempt is None or submission.verdict != "ok" or not attempt.predictions or attempt.solution is None:
        return None
    if get_metric(competition.metric).takes != "labels":
        return None
    try:
        truth = parsed(attempt.solution, metric=competition.metric)
        is_packed = attempt.predictions.name.endswith(".gz") or any(
            f.name.endswith(".gz") for f in submission.files.all()
        )
        path = Path(attempt.predictions.path)
        read = read_for_metric(path, solution=truth, metric=competition.metric, allow_gzip=is_packed)
    except (InvalidPredictions, InvalidSolution, OSError):
        return None
    if len(truth.target_columns) != 1:
        return None
    name = truth.target_columns[0]
    if name not in read.codes:
        return None
    labels, is_public = truth.labels(name), truth.usage_codes == PUBLIC
    actual, predicted = labels.codes[is_public], read.codes[name][is_public]
    if len(actual) < MIN_ROWS:
        return None
    # a class that neither the public tables nor the student name, and no public row has, would be news from hidden rows
    listed = set(labels.listed)
    named = [i for i, label in enumerate(labels.names) if label in listed]
    shown = np.unique(np.concatenate([np.asarray(named, dtype=np.int64), actual, predicted])).tolist()
    if len(shown) > MAX_SHOWN:
        return None
    rows = []
    for i in shown:
        given = predicted[actual == i]
        size, step = len(given), step_of(len(given))
        shares = [(j, step * round(100 * int((given == j).sum()) / (size * step))) for j in shown] if step else []
        cells = tuple(Cell(share, round(share / 10), i == j) for j, share in shares)
        rows.append((labels.names[i], cells))
    return Confusion(names=tuple(labels.names[i] for i in shown), rows=tuple(rows), n_rows=len(actual))


def step_of(size: int) -> int | None:
    """To how many percent the shares of a class with so many public rows are rounded; None if it is too small."""
    return next((step for step in STEPS if size * step >= 100 * MIN_STEP_ROWS), None)


@dataclass(frozen=True)
class Point:
    """One scored submission in SVG units."""

    x: str
    y: str
    pk: int
    score: float
    is_best: bool


@dataclass(frozen=True)
class History:
    """Scores in the order of their submission, and the best so far as an SVG polyline."""

    points: tuple[Point, ...]
    best: str
    low: float
    high: float


def history(
    submissions: Sequence[Submission], *, scores: Mapping[int, float | None], higher_is_better: bool
) -> History | None:
    """The public `scores` of the submissions by number, as the reader gets them, the oldest first; None with fewer than two.

    The best so far is that of what is shown: which of two equal ones is better by less, nobody is told.
    """
    ordered = sorted((s for s in submissions if s.verdict == "ok"), key=lambda s: (s.submitted_at, s.pk))
    scored = [s for s in ordered if scores.get(s.pk) is not None]
    if len(scored) < 2:
        return None
    values = [value for s in scored if (value := scores[s.pk]) is not None]
    low, high = min(values), max(values)
    spread = (high - low) or 1.0
    step = (WIDTH - 2 * MARGIN) / (len(scored) - 1)
    better = max if higher_is_better else min
    points, line, best = [], [], values[0]
    for i, (submission, value) in enumerate(zip(scored, values, strict=True)):
        x, y = MARGIN + i * step, HEIGHT - MARGIN - (value - low) / spread * (HEIGHT - 2 * MARGIN)
        best = better(best, value)
        level = HEIGHT - MARGIN - (best - low) / spread * (HEIGHT - 2 * MARGIN)
        # coordinates are strings, so that no locale puts a decimal comma into the SVG
        line += [f"{x:.1f},{line[-1].split(',')[1]}"] if line else []
        line += [f"{x:.1f},{level:.1f}"]
        points.append(Point(f"{x:.1f}", f"{y:.1f}", submission.pk, value, value == best))
    return History(tuple(points), " ".join(line), low, high)
