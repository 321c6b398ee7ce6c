"""The one place where a public score becomes what a reader gets, on pages, in the API and in files alike.

Students get scores in steps that the public rows can tell apart (`grader.resolution`), the course's staff as they are.
Boards rank by the exact score all the same.
"""

from __future__ import annotations

import functools
from pathlib import Path

from arena.accounts.models import User
from arena.competitions.models import Competition, Solution
from arena.competitions.selectors import current_solution
from arena.courses.selectors import is_course_staff
from grader.metrics import get_metric
from grader.predictions import InvalidSolution, read_solution
from grader.resolution import Resolution

# where the labels can't be read: three decimals, as many as most courses' boards can tell apart
UNKNOWN_ROWS = 1000
PUBLIC = 0


class PublicScores:
    """How one reader gets a competition's public scores; without a reader, as any student does."""

    def __init__(self, competition: Competition, reader: User | None = None) -> None:
        self.is_exact = reader is not None and is_course_staff(reader, competition.course)
        self.has_ladder = competition.has_ladder and not self.is_exact
        n_rows = UNKNOWN_ROWS if self.is_exact else n_public_rows(competition)
        self._resolution = Resolution.of(get_metric(competition.metric), n_rows=n_rows)

    def shown(self, score: float | None) -> float | None:
        """The score as this reader gets it."""
        if score is None or self.is_exact:
            return score
        return self._resolution.resolve(score)


def n_public_rows(competition: Competition) -> int:
    """How many rows public scores are made of; 1000 where the labels are missing or can't be read."""
    try:
        solution = current_solution(competition)
        return _n_public(solution.file.path, competition.id_column) or UNKNOWN_ROWS
    except (Solution.DoesNotExist, InvalidSolution, OSError):
        return UNKNOWN_ROWS


@functools.lru_cache(maxsize=4096)
def _n_public(path: str, id_column: str) -> int:
    """A file never changes under its path."""
    return int((read_solution(Path(path), id_column=id_column).usage_codes == PUBLIC).sum())
