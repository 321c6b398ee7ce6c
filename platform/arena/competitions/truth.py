"""The hidden labels as the judge reads them, once per process: a file never changes under its path.

A prediction may name any class of the public training tables or of an earlier version of the labels, even where the
present test rows hold none of it. A refusal lists those of the public tables alone.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from arena.competitions.models import Competition, Solution
from arena.competitions.selectors import current_solution
from grader.metrics import get_metric
from grader.predictions import Solution as Truth
from grader.predictions import classes_in, read_solution

TABLES = frozenset({".csv", ".tsv", ".txt"})


def truth_of(competition: Competition) -> Truth:
    """The newest version, parsed. Raises `Solution.DoesNotExist` and `grader.predictions.InvalidSolution`."""
    return parsed(current_solution(competition), metric=competition.metric)


def parsed(solution: Solution, *, metric: str) -> Truth:
    """This version, parsed, with the classes that a prediction may name."""
    competition = solution.competition
    path, id_column = solution.file.path, competition.id_column
    if get_metric(metric).takes != "labels":
        return _read(path, id_column, (), None)
    public = [file.file.path for file in competition.files.all() if PurePosixPath(file.name).suffix.lower() in TABLES]
    earlier = [version.file.path for version in competition.solutions.exclude(pk=solution.pk)]
    columns = _read(path, id_column, (), None).target_columns
    told, known = _named(public, columns), _named([*public, *earlier], columns)
    return _read(path, id_column, known, told)


def _named(files: Sequence[str], columns: Sequence[str]) -> tuple[str, ...]:
    return tuple(sorted({name for file in files for column in columns for name in _classes(file, column)}))


@functools.lru_cache(maxsize=16)
def _read(path: str, id_column: str, classes: tuple[str, ...], public: tuple[str, ...] | None) -> Truth:
    return read_solution(Path(path), id_column=id_column, classes=classes, public_classes=public)


@functools.lru_cache(maxsize=256)
def _classes(path: str, column: str) -> tuple[str, ...]:
    return classes_in(Path(path), column)
