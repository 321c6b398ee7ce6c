"""Read a solution and a predictions file, validate every row, and align them by id.

Ids are text, exactly: `017001` keeps its zero and a 19-digit id its last digits. The map from id to position is built
once per solution; a predictions file is then placed with one lookup per row, in any order.
"""

from __future__ import annotations

import gzip
import io
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

MAX_BYTES = 64 * 2**20
USAGES = ("Public", "Private", "Ignored")
LABEL_NAMES = frozenset({"label", "labels", "class"})
SHOWN_ROWS = 5
NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", re.ASCII)

Column = npt.NDArray[Any]


@dataclass
class InvalidSolution(Exception):
    """A solution that can't judge anything; `message` says what to mend."""

    code: str
    message: str

    def __str__(self) -> str:
        return self.message


@dataclass
class InvalidPredictions(Exception):
    """A predictions file that can't be scored. `rows` are the first offending lines of the file (1 is the header)."""

    code: str
    message: str
    rows: tuple[int, ...] = ()
    params: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.message


@dataclass(frozen=True, kw_only=True)
class Solution:
    """The truth: ids `(n_rows,)`, one array `(n_rows,)` per target column, and each row's usage.

    A numeric column is float64, any other is text.
    """

    id_column: str
    ids: tuple[str, ...]
    targets: Mapping[str, Column]
    usage: npt.NDArray[np.str_]
    positions: Mapping[str, int]

    @property
    def target_columns(self) -> tuple[str, ...]:
        return tuple(self.targets)

    @property
    def n_rows(self) -> int:
        return len(self.ids)


@dataclass(frozen=True, kw_only=True)
class Predictions:
    """Predictions in the solution's order: one array `(n_rows,)` per target column, of that column's type."""

    columns: Mapping[str, Column]


def read_solution(path: Path, *, id_column: str = "id") -> Solution:
    """Read `id, target..., [Usage]`. Raises `InvalidSolution`."""
    try:
        table = _read_table(path.read_bytes())
    except InvalidPredictions as error:
        raise InvalidSolution(error.code, error.message) from error
    if id_column not in table.columns:
        raise InvalidSolution("no_id_column", f"The solution has no column “{id_column}”; it has {_names(table)}.")
    target_names = [c for c in table.columns if c not in {id_column, "Usage"}]
    if not target_names:
        raise InvalidSolution("no_target_column", "The solution needs at least one column beside the id.")
    ids = table[id_column].tolist()
    positions = {key: position for position, key in enumerate(ids)}
    if len(positions) != len(ids):
        raise InvalidSolution("duplicate_ids", "Ids in the solution must be unique.")
    usage = np.full(len(ids), "Private", dtype="U7")
    if "Usage" in table.columns:
        usage = table["Usage"].to_numpy(dtype="U16")
        unknown = sorted(set(usage.tolist()) - set(USAGES))
        if unknown:
            raise InvalidSolution("unknown_usage", f"Usage must be Public, Private or Ignored, not “{unknown[0]}”.")
    targets = {name: _typed(table[name].tolist()) for name in target_names}
    return Solution(id_column=id_column, ids=tuple(ids), targets=targets, usage=usage, positions=positions)


def read_predictions(
    path: Path, solution: Solution, *, allow_gzip: bool = False, max_bytes: int = MAX_BYTES
) -> Predictions:
    """Read and align a file of predictions. Raises `InvalidPredictions`, which names the first offending lines."""
    table = _read_table(_bytes_of(path, allow_gzip=allow_gzip, max_bytes=max_bytes))
    table = _rename(table, solution)
    positions = _positions(table[solution.id_column].tolist(), solution)
    columns = {}
    for name, truth in solution.targets.items():
        values = _column(table[name].tolist(), truth, name)
        aligned = np.empty(solution.n_rows, dtype=values.dtype)
        aligned[positions] = values
        columns[name] = aligned
    return Predictions(columns=columns)


def sample_submission(solution: Solution) -> str:
    """A valid predictions file as CSV text: the most frequent label, or the median number, for every id."""
    lines = [",".join([solution.id_column, *solution.target_columns])]
    constants = []
    for truth in solution.targets.values():
        values, counts = np.unique(truth, return_counts=True)
        constants.append(_plain(values[int(np.argmax(counts))]))
    lines += [",".join([key, *constants]) for key in solution.ids]
    return "\n".join(lines) + "\n"


def _plain(value: Any) -> str:
    if isinstance(value, float | np.floating) and float(value).is_integer():
        return str(int(value))
    return str(value)


def _bytes_of(path: Path, *, allow_gzip: bool, max_bytes: int) -> bytes:
    limit_mb = max_bytes // 2**20
    too_big = InvalidPredictions(
        "too_big",
        f"The file is larger than {limit_mb} MB; predictions need one short line per id.",
        (),
        {"mb": limit_mb},
    )
    if path.stat().st_size > max_bytes:
        raise too_big
    data = path.read_bytes()
    if not allow_gzip:
        return data
    try:
        with gzip.open(io.BytesIO(data)) as stream:
            data = stream.read(max_bytes + 1)
    except (OSError, EOFError) as error:
        raise InvalidPredictions("bad_gzip", "The name ends in .gz, but the file is not a gzip archive.") from error
    if len(data) > max_bytes:
        raise too_big
    return data


def _read_table(data: bytes) -> pd.DataFrame:
    """All cells as text, with the header's names stripped."""
    if not data.strip():
        raise InvalidPredictions("empty_file", "The file is empty; it needs a header and one line per id.")
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        raise InvalidPredictions("utf16", "The file is encoded as UTF-16; save it as UTF-8.")
    if b"\0" in data:
        raise InvalidPredictions("binary_file", "This is a binary file; upload a text file with commas (CSV).")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1250", errors="replace")
    header = text.lstrip("\r\n").split("\n", 1)[0]
    separator = max(",;\t", key=header.count)
    if header.count(separator) == 0:
        raise InvalidPredictions(
            "no_columns", "The first line has one column only; separate id and prediction by a comma.", (1,)
        )
    try:
        table = pd.read_csv(
            io.StringIO(text), sep=separator, dtype=str, keep_default_na=False, na_filter=False, index_col=False
        )
    except (pd.errors.ParserError, pd.errors.ParserWarning, ValueError) as error:
        where = re.search(r"line (\d+)", str(error))
        rows = (int(where.group(1)),) if where else ()
        at = f" at line {rows[0]}" if rows else ""
        raise InvalidPredictions(
            "not_a_table",
            f"The lines have different numbers of columns{at}; each needs as many as the header.",
            rows,
            {"line": rows[0]} if rows else {},
        ) from error
    table.columns = pd.Index([str(c).strip() for c in table.columns])
    if table.columns.duplicated().any():
        raise InvalidPredictions("duplicate_columns", "Two columns have the same name; keep one.", (1,))
    if separator == ";":
        table = table.map(_decimal_comma)
    if table.empty:
        raise InvalidPredictions("empty_file", "The file has a header but no rows; it needs one line per id.")
    return table


def _decimal_comma(cell: Any) -> Any:
    return cell.replace(",", ".") if isinstance(cell, str) and re.fullmatch(r"[+-]?\d+,\d+", cell) else cell


def _names(table: pd.DataFrame) -> str:
    return ", ".join(f"“{c[:40]}”" for c in list(table.columns)[:8])


def _rename(table: pd.DataFrame, solution: Solution) -> pd.DataFrame:
    """Columns as in the solution; `label`, `labels` and `class` stand for each other."""
    wanted = [solution.id_column, *solution.target_columns]
    renamed = {}
    for column in table.columns:
        for target in wanted:
            if target not in table.columns and {column.lower(), target.lower()} <= LABEL_NAMES:
                renamed[column] = target
    table = table.rename(columns=renamed)
    if set(table.columns) != set(wanted):
        expected = ",".join(wanted)
        raise InvalidPredictions(
            "wrong_columns",
            f"The first line must be “{expected}”, but it has the columns {_names(table)}.",
            (1,),
            {"expected": expected, "found": ",".join(str(c)[:40] for c in table.columns)},
        )
    return table


def _positions(ids: list[str], solution: Solution) -> npt.NDArray[np.intp]:
    """Where each row of the file belongs, after checking that the ids are the solution's, each once."""
    lookup = solution.positions
    positions = np.fromiter((lookup.get(key, -1) for key in ids), dtype=np.intp, count=len(ids))
    unknown = np.flatnonzero(positions < 0)
    if unknown.size:
        shown = [ids[i] for i in unknown[:SHOWN_ROWS]]
        raise _bad_rows(
            "unknown_ids",
            f"{unknown.size} ids are not in the test set, such as {_quoted(shown)}. Copy the ids from test.csv as text.",
            unknown,
            shown,
        )
    counts = np.bincount(positions, minlength=solution.n_rows)
    if (counts > 1).any():
        twice = np.flatnonzero(counts[positions] > 1)
        shown = list(dict.fromkeys(ids[i] for i in twice))[:SHOWN_ROWS]
        n_twice = int((counts > 1).sum())
        raise _bad_rows(
            "duplicate_ids",
            f"{n_twice} ids occur more than once, such as {_quoted(shown)}. Keep one row each.",
            twice,
            shown,
        )
    missing = np.flatnonzero(counts == 0)
    if missing.size:
        shown = [solution.ids[i] for i in missing[:SHOWN_ROWS]]
        raise InvalidPredictions(
            "missing_ids",
            f"{missing.size} of {solution.n_rows} ids have no prediction, such as {_quoted(shown)}. Add a row for each.",
            (),
            {"count": int(missing.size), "total": solution.n_rows, "examples": ", ".join(shown)},
        )
    return positions


def _quoted(values: Sequence[str]) -> str:
    return ", ".join(f"“{v[:40]}”" for v in values)


def _bad_rows(code: str, message: str, where: npt.NDArray[np.intp], shown: Sequence[str]) -> InvalidPredictions:
    rows = tuple(int(i) + 2 for i in where[:SHOWN_ROWS])
    lines = ", ".join(map(str, rows))
    return InvalidPredictions(
        code,
        f"{message} First lines: {lines}.",
        rows,
        {"count": int(where.size), "examples": ", ".join(v[:40] for v in shown), "lines": lines},
    )


def _column(cells: list[str], truth: Column, name: str) -> Column:
    """Cells in the truth's type, or an error with the first lines that have no such value."""
    is_number = truth.dtype.kind == "f"
    empty = np.flatnonzero(np.array([not cell.strip() for cell in cells]))
    if empty.size:
        raise _bad_rows(
            "empty_cells", f"Column “{name}” has {empty.size} empty cells; every id needs a value.", empty, []
        )
    if not is_number:
        return np.array([cell.strip() for cell in cells])
    bad = np.flatnonzero(np.array([NUMBER.fullmatch(cell.strip()) is None for cell in cells]))
    if bad.size:
        shown = [cells[i] for i in bad[:SHOWN_ROWS]]
        raise _bad_rows(
            "not_a_number",
            f"Column “{name}” must hold finite numbers, but {bad.size} cells do not, such as {_quoted(shown)}.",
            bad,
            shown,
        )
    values = np.array([float(cell) for cell in cells])
    infinite = np.flatnonzero(~np.isfinite(values))
    if infinite.size:
        shown = [cells[i] for i in infinite[:SHOWN_ROWS]]
        raise _bad_rows("not_a_number", f"Column “{name}” holds numbers too large to be finite.", infinite, shown)
    return values


def _typed(cells: list[str]) -> Column:
    """Numbers where every cell is one, else text. A NaN or empty cell makes a solution's column text."""
    if all(NUMBER.fullmatch(cell.strip()) for cell in cells):
        values = np.array([float(cell) for cell in cells])
        if all(map(math.isfinite, values)):
            return values
    return np.array([cell.strip() for cell in cells])
