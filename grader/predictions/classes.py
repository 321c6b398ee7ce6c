"""Which classes a table names, such as those of a training set that the test set may lack."""

from __future__ import annotations

from pathlib import Path

from grader.predictions.decoding import clean
from grader.predictions.errors import InvalidPredictions
from grader.predictions.tables import open_table

LABEL_NAMES = frozenset({"label", "labels", "class"})
MAX_CLASSES = 1000
MAX_TABLE_BYTES = 512 * 2**20


def classes_in(path: Path, column: str) -> tuple[str, ...]:
    """The distinct cells of a column, sorted; `label`, `labels` and `class` stand for each other.

    None at all where the file is no table, has no such column, or the column holds more than 1000 of them.
    """
    if path.stat().st_size > MAX_TABLE_BYTES:
        return ()
    found: set[str] = set()
    try:
        table = open_table(clean(path.read_bytes()))
        place = column_place(table.first, column)
        if place is None:
            return ()
        for block in table.blocks():
            found.update(block.columns[place].stripped().texts())
            if len(found) > MAX_CLASSES:
                return ()
    except InvalidPredictions:
        return ()
    return tuple(sorted(found - {""}))


def column_place(names: tuple[str, ...], wanted: str) -> int | None:
    """Where a column is, by its name or by another one that stands for it; None if nowhere or in several places."""
    if wanted in names:
        return names.index(wanted)
    alike = [i for i, name in enumerate(names) if {name.lower(), wanted.lower()} <= LABEL_NAMES]
    return alike[0] if len(alike) == 1 else None
