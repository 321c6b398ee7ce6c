"""Look into every public file, and at the hidden rows as students see them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from grader.leaks.containers import Budget, contents
from grader.leaks.duplicates import twins
from grader.leaks.finding import Leak
from grader.leaks.order import order_leaks
from grader.leaks.tables import MAX_ROWS, tables_of
from grader.leaks.telling import telling
from grader.predictions import Solution

# so many rows in the labels' order are no chance
ENOUGH_IN_ORDER = 20
# a column with so many ids among its cells is one of ids
ALL_IDS = 0.99
# of more targets, such as the pixels of a picture, the further ones are compared with the columns of their name alone
MANY = 8


@dataclass(frozen=True)
class Hidden:
    """The hidden rows: normal ids -> place, and each target as texts `(n_rows,)`."""

    id_column: str
    ids: pd.Series
    places: Mapping[str, int]
    targets: Mapping[str, pd.Series]


def find_leaks(public: Mapping[str, bytes], solution: Solution, *, hidden_file: bytes) -> list[Leak]:
    """All findings, the sure ones first, at most one of a kind for each file and column."""
    hidden = _hidden(solution)
    budget = Budget()
    found: list[Leak] = []
    tables: list[tuple[str, pd.DataFrame, npt.NDArray[np.intp]]] = []
    for name, data in public.items():
        for label, inner in contents(name, data, budget):
            if inner.strip() == hidden_file.strip():
                found.append(Leak(code="solution", file=label, is_sure=True, n=solution.n_rows))
                continue
            for table in tables_of(inner):
                if len(table) >= MAX_ROWS:
                    budget.unread = budget.unread or label
                frame, rows = _with_places(table, hidden)
                tables.append((label, frame, rows))
                found += _told(label, frame, rows, hidden)
    found += _of_rows(tables, hidden)
    if budget.unread:
        found.append(Leak(code="not_searched", file=budget.unread, is_sure=False))
    unique = {leak.key: leak for leak in reversed(found)}
    return sorted(unique.values(), key=lambda leak: (not leak.is_sure, leak.file, leak.code))


def _hidden(solution: Solution) -> Hidden:
    ids = pd.Series(solution.ids, dtype=object).astype(str)
    targets = {name: pd.Series(solution.texts(name)).astype(str) for name in solution.target_columns}
    return Hidden(
        id_column=solution.id_column, ids=ids, places={key: i for i, key in enumerate(_normal(ids))}, targets=targets
    )


def _normal(ids: pd.Series) -> pd.Series:
    """`007`, `7` and `7.0` are one id here: a leak may write it otherwise."""
    texts = ids.astype(str).str.strip().str.strip("\"'").str.casefold()
    return texts.str.replace(r"^0+(?=\d)", "", regex=True).str.replace(r"^(\d+)\.0+$", r"\1", regex=True)


def _with_places(frame: pd.DataFrame, hidden: Hidden) -> tuple[pd.DataFrame, npt.NDArray[np.intp]]:
    """The table, and each row's place among the hidden rows, -1 where it is none. A first line that is no header is a row."""
    if not set(frame.columns) & {hidden.id_column, *hidden.targets} and len(frame.columns) <= 50:
        first = pd.DataFrame([list(map(str, frame.columns))], columns=range(len(frame.columns)))
        body = frame.set_axis(range(len(frame.columns)), axis=1)
        whole = pd.concat([first, body], ignore_index=True)
        whole.columns = [str(name) for name in whole.columns]
        if _is_row(whole, hidden):
            frame = whole
    best: npt.NDArray[Any] = np.full(len(frame), -1)
    names = [hidden.id_column] if hidden.id_column in frame.columns else list(frame.columns)[:50]
    n_best = 0
    for name in names:
        places = _normal(frame[name]).map(hidden.places).fillna(-1).to_numpy(dtype=np.intp)
        known = places[places >= 0]
        # a column of ages may hold numbers that are ids too, over and over
        n = len(known)
        if n > n_best and len(np.unique(known)) >= 0.9 * n and (name == hidden.id_column or n >= 0.2 * len(hidden.ids)):
            best, n_best = places, n
    return frame, best


def _is_row(whole: pd.DataFrame, hidden: Hidden) -> bool:
    """Whether the first line is no header: it holds an id or a label, or it makes as many rows as are hidden."""
    first = whole.iloc[0]
    is_id = bool(_normal(first).isin(hidden.places.keys()).any())
    return is_id or len(whole) == len(hidden.ids)


def _told(file: str, frame: pd.DataFrame, rows: npt.NDArray[np.intp], hidden: Hidden) -> Iterator[Leak]:
    """Columns that tell the labels of hidden rows: beside their ids, or in their order."""
    is_hidden = rows >= 0
    if is_hidden.any():
        places, part = rows[is_hidden], frame[is_hidden].reset_index(drop=True)
    elif len(frame) == len(hidden.ids) >= ENOUGH_IN_ORDER:
        places, part = np.arange(len(frame)), frame
    else:
        return
    for place, (target, labels) in enumerate(hidden.targets.items()):
        wanted = labels.iloc[places].reset_index(drop=True)
        for name in part.columns:
            if place >= MANY and name != target:
                continue
            is_id = name != target and _normal(part[name][:1000]).isin(hidden.places.keys()).mean() > ALL_IDS
            if name == hidden.id_column or is_id:
                continue
            is_part = len(part) < len(hidden.ids)
            said = telling(part[name], wanted, is_target=name == target, is_part=is_part)
            if said is not None:
                params = {"column": name, "id": str(hidden.ids.iloc[int(places[0])])}
                yield Leak(code=said.code, file=file, is_sure=said.is_sure, n=said.n, params=params)


def _of_rows(tables: list[tuple[str, pd.DataFrame, npt.NDArray[np.intp]]], hidden: Hidden) -> Iterator[Leak]:
    """The order of the hidden rows as students see it, and test rows with twins in labelled tables."""
    seen = [(file, frame, rows) for file, frame, rows in tables if len(set(rows[rows >= 0])) == len(hidden.ids)]
    # the table of features, if there is one, else whatever lists the ids
    seen.sort(key=lambda item: -len(item[1].columns))
    file, order = (seen[0][0], seen[0][2][seen[0][2] >= 0]) if seen else ("", np.arange(len(hidden.ids)))
    for target, labels in list(hidden.targets.items())[:MANY]:
        at = labels.iloc[order].reset_index(drop=True)
        yield from order_leaks(hidden.ids.iloc[order].reset_index(drop=True), at, file=file, column=target)
    if not seen:
        return
    own = {hidden.id_column, *hidden.targets}
    test = seen[0][1][seen[0][2] >= 0].drop(columns=list(own & set(seen[0][1].columns)))
    for name, frame, rows in tables:
        if name != file and set(hidden.targets) & set(frame.columns) and len(frame.columns) > len(hidden.targets) + 1:
            train = frame[rows < 0].drop(columns=list(own & set(frame.columns)))
            if (found := twins(test, train)) is not None:
                yield Leak(code="twins", file=name, is_sure=found[1], n=found[0])
