"""Cut one labelled table into what students get and what stays hidden: train, test, solution and sample.

The cut is a function of the table, the options and the seed alone, so a competition can be made again to the byte.
"""

from __future__ import annotations

import io
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

# a target with at most this many values is a set of classes, whose shares every part keeps
MAX_CLASSES = 100
MIN_TEST_ROWS = 2


@dataclass
class InvalidTable(Exception):
    """A table that can't be cut; `message` says what to mend, `code` and `params` are for a translation."""

    code: str
    message: str
    params: dict[str, object]

    def __str__(self) -> str:
        return self.message


@dataclass(frozen=True, kw_only=True)
class Split:
    """Four CSV texts. `is_stratified`: whether every part holds the classes in their shares."""

    train: str
    test: str
    solution: str
    sample: str
    n_train: int
    n_public: int
    n_private: int
    is_stratified: bool


def split_labelled(
    data: bytes,
    *,
    target_columns: tuple[str, ...],
    id_column: str = "id",
    test_share: float = 0.3,
    public_share: float = 0.3,
    seed: int = 0,
    keep_ids: bool = False,
) -> Split:
    """Cut a labelled CSV, UTF-8 with a header. Cells stay the text they are.

    `test_share` of the rows are hidden, `public_share` of those decide the public board (both between 0 and 1). Rows are
    shuffled and get new ids 1..n by lot, with zeros in front, so that an id tells neither place nor label; with `keep_ids`
    those of `id_column` stay. Whoever knows the seed can undo the lot: keep it secret. Raises `InvalidTable`.
    """
    table = _read(data)
    missing = [name for name in target_columns if name not in table.columns]
    if missing or not target_columns:
        name, has = (missing or ["…"])[0], ", ".join(map(str, table.columns))
        raise InvalidTable("no_target", f"The table has no column “{name}”; it has {has}.", {"name": name, "has": has})
    for name in target_columns:
        empty = np.flatnonzero(table[name].to_numpy() == "")
        if empty.size:
            line = int(empty[0]) + 2
            message = f"Column “{name}” is empty in line {line}; every row needs a label."
            raise InvalidTable("empty_label", message, {"name": name, "line": line})
    n, n_test = len(table), round(len(table) * test_share)
    n_public = round(n_test * public_share)
    if n_test < MIN_TEST_ROWS or n - n_test < 1 or n_public == n_test:
        message = f"{n} rows cut this way leave a part without rows; choose other shares or a larger table."
        raise InvalidTable("too_few_rows", message, {"n": n})
    rng = np.random.default_rng(seed)
    if id_column in table.columns:
        _check_ids(table, id_column)
    if id_column not in table.columns or not keep_ids:
        lot = [f"{number:0{len(str(n))}}" for number in rng.permutation(n) + 1]
        if id_column in table.columns:
            table[id_column] = lot
        else:
            table.insert(0, id_column, lot)
    classes = _classes(table, target_columns)
    groups = classes if classes is not None else np.zeros(n, dtype=np.intp)
    test = _draw(np.arange(n), groups, n_test, rng)
    public = _draw(test, groups, n_public, rng)
    private = np.setdiff1d(test, public)
    kept = np.setdiff1d(np.arange(n), test)
    hidden = rng.permutation(np.concatenate([public, private]))
    usage = np.full(n, "Private", dtype=object)
    usage[public] = "Public"
    solution = table.loc[hidden, [id_column, *target_columns]].assign(Usage=usage[hidden])
    sample = table.loc[hidden, [id_column]]
    for name in target_columns:
        sample[name] = table.loc[kept, name].mode().iloc[0]
    return Split(
        train=_text(table.loc[kept if keep_ids else rng.permutation(kept)]),
        test=_text(table.loc[hidden].drop(columns=list(target_columns))),
        solution=_text(solution),
        sample=_text(sample),
        n_train=len(kept),
        n_public=len(public),
        n_private=len(private),
        is_stratified=classes is not None,
    )


def _read(data: bytes) -> pd.DataFrame:
    try:
        table = pd.read_csv(io.BytesIO(data), dtype=str, keep_default_na=False, encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        message = f"The table is not UTF-8 text (byte {error.start}); save it as CSV UTF-8."
        raise InvalidTable("not_utf8", message, {"byte": error.start}) from error
    except (pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        reason = str(error).strip()
        raise InvalidTable("not_a_table", f"The table can't be read: {reason}.", {"reason": reason}) from error
    if not isinstance(table.index, pd.RangeIndex):
        raise InvalidTable("ragged", "Some row has more cells than the header; check quotes and commas.", {})
    if len(table.columns) != len(set(table.columns)) or "Usage" in table.columns:
        raise InvalidTable("columns", "Column names must differ, and none may be “Usage”.", {})
    return table


def _check_ids(table: pd.DataFrame, id_column: str) -> None:
    double = np.flatnonzero(table[id_column].duplicated().to_numpy())
    if double.size:
        row = int(double[0])
        key, line = str(table[id_column].iloc[row]), row + 2
        message = f"The id “{key}” in line {line} stands there a second time; ids must be unique."
        raise InvalidTable("duplicate_id", message, {"id": key, "line": line})


def _classes(table: pd.DataFrame, target_columns: tuple[str, ...]) -> npt.NDArray[np.intp] | None:
    """The class of each row `(n,)` as a number, or None where the target is no set of classes."""
    if len(target_columns) != 1:
        return None
    codes, values = pd.factorize(table[target_columns[0]])
    return codes if len(values) <= min(MAX_CLASSES, len(table) // 2) else None


def _draw(
    rows: npt.NDArray[np.intp], groups: npt.NDArray[np.intp], size: int, rng: np.random.Generator
) -> npt.NDArray[np.intp]:
    """`size` of `rows`, each group within one row of its share (largest remainders, ties by lot)."""
    members = [rng.permutation(rows[groups[rows] == group]) for group in np.unique(groups[rows])]
    quotas = np.array([len(member) for member in members]) * size / len(rows)
    takes = np.floor(quotas).astype(int)
    by_remainder = np.lexsort((rng.random(len(members)), takes - quotas))
    takes[by_remainder[: size - int(takes.sum())]] += 1
    return np.concatenate([member[:take] for member, take in zip(members, takes, strict=True)])


def _text(table: pd.DataFrame) -> str:
    return table.to_csv(index=False, lineterminator="\n")
