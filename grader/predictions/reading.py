"""Read a predictions file, validate every row, and put it into the solution's order.

Accepted: comma, semicolon or tab (with a decimal comma), any line ends, a byte order mark, cp1250 or cp1252, `label`, `labels` and
`class` for each other, no header where the ids tell the columns apart, rows in any order. What is refused is named with
the first offending lines.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt

from grader.predictions.classes import LABEL_NAMES
from grader.predictions.columns import LabelReader, column_reader, note
from grader.predictions.decimals import decimal_signs
from grader.predictions.decoding import MAX_BYTES, read_bytes, readings_of, unsure
from grader.predictions.errors import SHOWN_ROWS, InvalidPredictions, Offence, clip_all, clipped, refusal
from grader.predictions.labels import Labels, fold
from grader.predictions.solution import Column, Solution
from grader.predictions.tables import Block, Table, open_table

GUESSED_ROWS = 1000
ROUNDED = re.compile(r"\d+\.0+|\d(\.\d+)?[eE]\+?\d+", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class Predictions:
    """Predictions in the solution's order. `values` and `codes` hold `(n_rows,)` per column, one of them each.

    `codes` are positions in the solution's classes (`Solution.labels`).
    """

    values: Mapping[str, Column]
    codes: Mapping[str, npt.NDArray[np.int64]] = field(default_factory=dict)
    labels: Mapping[str, Labels] = field(default_factory=dict)

    @cached_property
    def columns(self) -> Mapping[str, Column]:
        """Every column as what was predicted: numbers or text."""
        return {**self.values, **{name: self.labels[name].classes[codes] for name, codes in self.codes.items()}}

    def equals(self, other: Predictions) -> bool:
        """Whether the same was predicted for every row."""
        mine, others = ({**one.values, **one.codes} for one in (self, other))
        return all(np.array_equal(column, others[name]) for name, column in mine.items())


def read_predictions(
    path: Path,
    solution: Solution,
    *,
    takes: str | None = None,
    minimum: float | None = None,
    maximum: float | None = None,
    allow_gzip: bool = False,
    max_bytes: int = MAX_BYTES,
) -> Predictions:
    """Read and align a file of predictions. Raises `InvalidPredictions`, which names the first offending lines.

    `takes`, `minimum` and `maximum` are the metric's (`grader.metrics.Metric`); without them a cell is what the truth is, number or
    text, and unknown classes pass.
    """
    readings = readings_of(read_bytes(path, allow_gzip=allow_gzip, max_bytes=max_bytes))
    if len(readings) == 1:
        return _read(readings[0], solution, takes, minimum, maximum)
    return _only_fitting(readings, solution, takes, minimum, maximum)


def _only_fitting(
    readings: list[bytes], solution: Solution, takes: str | None, minimum: float | None, maximum: float | None
) -> Predictions:
    """The one encoding in which ids and classes are the solution's. Raises `InvalidPredictions` where two fit, or none."""
    fitting, errors = [], []
    for data in readings:
        try:
            fitting.append(_read(data, solution, takes, minimum, maximum))
        except InvalidPredictions as error:
            errors.append(error)
    if not fitting:
        first = errors[0]
        raise refusal(first.code, first.rows, **{**first.params, "hint": "not_utf8"})
    if any(not fitting[0].equals(other) for other in fitting[1:]):
        raise unsure(readings)
    return fitting[0]


def _read(
    data: bytes, solution: Solution, takes: str | None, minimum: float | None, maximum: float | None
) -> Predictions:
    table = open_table(data)
    layout = _layout(table, solution)
    signs = decimal_signs(table)
    readers = [
        column_reader(solution, name, place, takes=takes, minimum=minimum, maximum=maximum, signs=signs)
        for name, place in layout.targets
    ]
    seen = np.zeros(solution.n_rows, dtype=bool)
    unknown, n_rows = Offence(), 0
    for block in table.blocks(with_first=not layout.has_header):
        ids = block.columns[layout.id_place]
        positions = solution.index.locate(ids, expected_at=n_rows)
        n_rows += len(ids)
        if positions.min(initial=0) < 0:
            bad = np.flatnonzero(positions < 0)
            note(unknown, ids, block, bad)
            kept = positions >= 0
            block = Block([cells.of(kept) for cells in block.columns], block.lines[kept])
            positions = positions[kept]
        seen[positions] = True
        for reader in readers:
            reader.read(block, positions)
    if not n_rows:
        raise refusal("empty_file")
    if unknown.count:
        raise unknown.refusal("unknown_ids", hint=_hint(unknown.shown, solution))
    if n_rows > np.count_nonzero(seen):
        raise _duplicates(table, layout, solution)
    if not seen.all():
        raise _missing(seen, solution)
    for reader in readers:
        reader.check()
    if signs is not None and (doubt := signs.refusal()):
        raise doubt
    classified = [reader for reader in readers if isinstance(reader, LabelReader)]
    return Predictions(
        values={r.name: r.out for r in readers if not isinstance(r, LabelReader)},
        codes={r.name: r.out for r in classified},
        labels={r.name: r.labels for r in classified},
    )


@dataclass(frozen=True)
class _Layout:
    has_header: bool
    id_place: int
    targets: tuple[tuple[str, int], ...]


def _layout(table: Table, solution: Solution) -> _Layout:
    """Which column is what, by the header or, without one, by where the ids are."""
    names = _renamed(table.first, solution)
    wanted = (solution.id_column, *solution.target_columns)
    if sorted(names) == sorted(wanted):
        return _Layout(True, names.index(solution.id_column), tuple((n, names.index(n)) for n in wanted[1:]))
    if len(names) == len(wanted):
        place = _id_place(table, solution)
        others = [i for i in range(len(names)) if i != place]
        if place == 0 or (place is not None and len(others) == 1):
            return _Layout(False, place, tuple(zip(wanted[1:], others, strict=True)))
    if len(set(names)) < len(names):
        raise refusal("duplicate_columns", (table.first_line,))
    raise refusal(
        "wrong_columns",
        (table.first_line,),
        expected=",".join(wanted),
        found=",".join(clipped(name) for name in names[:8]) + (",…" if len(names) > 8 else ""),
        hint="row_numbers" if names[0] in {"", "Unnamed: 0"} else None,
    )


def _renamed(names: tuple[str, ...], solution: Solution) -> list[str]:
    """The header with `label`, `labels` and `class` as the solution has it."""
    target = next((name for name in solution.target_columns if name.lower() in LABEL_NAMES), None)
    if target is None or target in names:
        return list(names)
    return [target if name.lower() in LABEL_NAMES and name != solution.id_column else name for name in names]


def _id_place(table: Table, solution: Solution) -> int | None:
    """The one column whose first cells are distinct ids, None where there is none or several are such."""
    block = next(table.blocks(with_first=True))
    found = []
    for place, cells in enumerate(block.columns):
        positions = solution.index.locate(cells.of(np.arange(min(len(cells), GUESSED_ROWS))))
        # the first line decides; a later row may be what the file is refused for
        known = positions[positions >= 0]
        if positions[0] >= 0 and len(np.unique(known)) > 0.9 * len(positions):
            found.append(place)
    return found[0] if len(found) == 1 else None


def _duplicates(table: Table, layout: _Layout, solution: Solution) -> InvalidPredictions:
    """Read once more, to say which ids are there twice."""
    with_first = not layout.has_header
    counts = np.zeros(solution.n_rows, dtype=np.int64)
    for block in table.blocks(with_first=with_first):
        np.add.at(counts, solution.index.locate(block.columns[layout.id_place]), 1)
    offence = Offence()
    for block in table.blocks(with_first=with_first):
        ids = block.columns[layout.id_place]
        note(offence, ids, block, np.flatnonzero(counts[solution.index.locate(ids)] > 1))
    offence.count = int(np.count_nonzero(counts > 1))
    return offence.refusal("duplicate_ids")


def _missing(seen: npt.NDArray[np.bool_], solution: Solution) -> InvalidPredictions:
    missing = np.flatnonzero(~seen)
    examples = clip_all([solution.ids[i] for i in missing[:SHOWN_ROWS]])
    return refusal("missing_ids", count=int(missing.size), total=solution.n_rows, examples=examples)


def _hint(unknown: list[str], solution: Solution) -> str | None:
    """What probably happened to ids that nobody knows."""
    ids = solution.ids[:GUESSED_ROWS]
    if any(text != text.strip() and solution.has_id(text.strip()) for text in unknown):
        return "spaces_in_ids"
    if any(ROUNDED.fullmatch(text) for text in unknown) and not any(ROUNDED.fullmatch(text) for text in ids):
        return "rounded_ids"
    widths = {len(text) for text in ids if text.startswith("0")}
    if any(solution.has_id(text.zfill(width)) for text in unknown for width in widths):
        return "lost_zeros"
    folded = {fold(text) for text in ids}
    if any(fold(text) in folded for text in unknown):
        return "other_letters"
    return None
