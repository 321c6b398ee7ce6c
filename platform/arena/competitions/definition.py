"""What a score of a competition means: metric, labels with their split, and id column, as one digest.

Every score carries the digest it was made under. A board ranks those of the present one alone, so that it can never compare two
metrics or two versions of the labels, whatever was changed by whichever way. While students have results, the definition
changes by a regrade alone, which judges everything anew.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Iterable

from arena.competitions.models import Competition, Solution
from arena.competitions.selectors import current_solution
from grader.metrics import UnknownMetric, get_metric

# what the digest is made of; the direction and the positive class follow from the metric, the split from the labels
PARTS = ("metric", "solution", "id_column")
# what decides scores, ranks or who may hand in how often: locked once students have handed in
LOCKED = frozenset({"metric", "id_column", "daily_limit", "total_limit", "gate_baseline", "has_ladder"})


class Locked(Exception):
    """Students have results by the present definition; `fields` are what can't be changed but by a regrade."""

    def __init__(self, fields: Iterable[str]) -> None:
        super().__init__(", ".join(sorted(fields)))
        self.fields = tuple(sorted(fields))


def digest_of(*, metric: str, solution_sha256: str, id_column: str) -> str:
    """The digest `(64,)` of a definition; an alias and its metric are one."""
    with contextlib.suppress(UnknownMetric):  # of a term long ago: its text still tells it from every other
        metric = get_metric(metric).name
    parts = dict(zip(PARTS, (metric, solution_sha256, id_column), strict=True))
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def digest_by(solution: Solution, *, metric: str) -> str:
    """The digest under which these labels and this metric score."""
    return digest_of(metric=metric, solution_sha256=solution.sha256, id_column=solution.competition.id_column)


def current_digest(competition: Competition) -> str:
    """The digest of the present definition; empty while there are no labels."""
    try:
        solution = current_solution(competition)
    except Solution.DoesNotExist:
        return ""
    return digest_of(metric=competition.metric, solution_sha256=solution.sha256, id_column=competition.id_column)


def is_comparable(digest: str, current: str) -> bool:
    """Whether a score of this digest may stand beside those of the present one. One that says nothing was made by hand."""
    return digest in {"", current}


def is_locked(competition: Competition) -> bool:
    """Whether a student has handed in, so that another definition would leave scores behind."""
    return competition.pk is not None and competition.submissions.filter(is_baseline=False, is_ranked=True).exists()
