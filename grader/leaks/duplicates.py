"""Test rows that stand among the labelled ones, exactly or nearly: their labels can be looked up.

Tables with few distinct rows have equal rows by nature; so what counts is how much oftener test rows have a twin among the
training rows than training rows have one among themselves.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from grader.leaks.telling import CHANCE, numbers_of, plain, tail

MAX_COLUMNS, MIN_COLUMNS = 30, 2
SURE = 0.05


def twins(test: pd.DataFrame, train: pd.DataFrame) -> tuple[int, bool] | None:
    """How many test rows have a twin in the training table where few should, and whether that is sure; None: no more
    than chance explains."""
    shared = [name for name in test.columns if name in train.columns]
    if len(shared) < MIN_COLUMNS or len(test) < 2 or len(train) < 2:
        return None
    test_cells, train_cells = _cells(test, shared), _cells(train, shared)
    left_out: list[int | None] = [None, *(range(len(shared)) if 3 <= len(shared) <= MAX_COLUMNS else ())]
    best, is_sure = 0, False
    for missing in left_out:
        hashes = [_hashes(cells, missing) for cells in (test_cells, train_cells)]
        n_found = int(np.isin(hashes[0], hashes[1]).sum())
        by_nature = _share_of_repeated(hashes[1])
        is_clear = tail(len(test), n_found, max(1.2 * by_nature, 1 / len(train))) < CHANCE
        if n_found > best and (is_clear or (missing is None and not by_nature and n_found > 1)):
            best, is_sure = n_found, is_clear and n_found >= SURE * len(test)
    return (best, is_sure) if best else None


def _share_of_repeated(hashes: npt.NDArray[np.uint64]) -> float:
    _, counts = np.unique(hashes, return_counts=True)
    return float(counts[counts > 1].sum()) / len(hashes)


def _cells(frame: pd.DataFrame, names: list[str]) -> list[npt.NDArray[np.uint64]]:
    """Each column's cells as hashes of texts, numbers to three significant digits."""
    return [_column(frame[name]) for name in names]


def _column(values: pd.Series) -> npt.NDArray[np.uint64]:
    numbers = numbers_of(values)
    if np.isfinite(numbers).mean() > 0.5:
        return pd.util.hash_array(_rounded(numbers))
    texts = plain(values).str.replace(r"\W+", " ", regex=True).str.strip()
    return pd.util.hash_array(texts.to_numpy(dtype=object))


def _rounded(numbers: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """To three significant digits; what is no number is NaN, and all of those are alike."""
    sizes = np.floor(np.log10(np.where(np.isfinite(numbers) & (numbers != 0), np.abs(numbers), 1.0)))
    digits = np.round(numbers / 10.0 ** (sizes - 2))
    return np.where(np.isfinite(numbers), digits * 4096 + sizes, np.nan)


def _hashes(cells: list[npt.NDArray[np.uint64]], missing: int | None) -> npt.NDArray[np.uint64]:
    total = np.zeros(len(cells[0]), dtype=np.uint64)
    for place, column in enumerate(cells):
        if place != missing:
            total = total * np.uint64(1_000_003) + column
    return total
