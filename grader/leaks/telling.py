"""Does a column tell the labels of the same rows? As they are, in another writing or unit, or under other names."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

MAX_CLASSES = 100
# by chance a column agrees so well once in a million
CHANCE = 1e-6
SURE, NEARLY = 0.98, 0.9
SAME_ORDER, NEARLY_SAME_ORDER = 0.9995, 0.995
FEW, ENOUGH = 10, 20
# of more rows, so many that stand evenly among them are compared
MAX_COMPARED = 20_000


@dataclass(frozen=True)
class Telling:
    """How a column tells the labels, by a code, of how many rows."""

    code: str
    n: int
    is_sure: bool


def numbers_of(values: pd.Series) -> npt.NDArray[np.float64]:
    """`(n,)` floats; a decimal comma is one, and what is no number is NaN."""
    numbers: npt.NDArray[np.float64] = pd.to_numeric(values, errors="coerce").to_numpy(dtype=float, copy=True)
    left = ~np.isfinite(numbers)
    if left.any():
        texts = values[left].astype(str).str.strip().str.rstrip("%").str.replace(",", ".", regex=False)
        numbers[left] = pd.to_numeric(texts, errors="coerce").to_numpy(dtype=float)
    return numbers


def plain(values: pd.Series) -> pd.Series:
    return values.astype(str).str.strip().str.strip("\"'").str.casefold()


def telling(values: pd.Series, labels: pd.Series, *, is_target: bool = False, is_part: bool = False) -> Telling | None:
    """What the column says of the labels of the same rows; `is_target`: it has their name, `is_part`: these are some of
    the hidden rows alone, so that it is no sample submission."""
    every = -(-len(labels) // MAX_COMPARED)
    if every > 1:
        part = telling(values[::every], labels[::every], is_target=is_target, is_part=is_part)
        return part and replace(part, n=min(len(labels), part.n * every))
    n = len(labels)
    if not n:
        return None
    numbers, truth = numbers_of(values), numbers_of(labels)
    is_numeric = bool(np.isfinite(truth).all())
    same = (plain(values) == plain(labels)).to_numpy()
    if is_numeric:
        same = same | np.isclose(numbers, truth, rtol=1e-9, atol=1e-12)
    n_same = int(same.sum())
    names = plain(labels) if not is_numeric else pd.Series(truth)
    n_classes = names.nunique()
    is_classes = n_classes <= min(MAX_CLASSES, max(2, n // 5))
    if n_same and (
        found := _as_they_are(values, names, n_same, is_target=is_target, is_classes=is_classes, is_part=is_part)
    ):
        return found
    if n < ENOUGH or n_classes < 2:
        return None
    return _renamed(values, names) if is_classes else _in_another_unit(numbers, truth) if is_numeric else None


def _as_they_are(
    values: pd.Series, names: pd.Series, n_same: int, *, is_target: bool, is_classes: bool, is_part: bool
) -> Telling | None:
    n = len(names)
    given = plain(values)
    shares, told = names.value_counts(normalize=True), given.value_counts(normalize=True)
    chance = float(sum(share * told.get(str(name), told.get(f"{name:g}" if isinstance(name, float) else "", 0.0))
                       for name, share in shares.items()))  # fmt: skip
    is_constant = given.nunique() == 1
    if is_target and n_same == n and (is_part or (n < FEW and not is_constant)):
        return Telling("labels", n_same, is_sure=True)
    if is_constant or tail(n, n_same, max(chance, 1 / max(2, n))) > CHANCE:
        return None
    if is_classes:
        return Telling("labels", n_same, is_sure=n_same >= SURE * n) if is_target or n_same >= NEARLY * n else None
    return Telling("labels", n_same, is_sure=is_target or n_same >= n / 2)


def tail(n: int, k: int, p: float) -> float:
    """An upper bound of the probability of k or more successes of n (Chernoff, Hoeffding 1963)."""
    share, p = k / n, min(p, 1.0)
    if share <= p:
        return 1.0
    if share == 1:
        return p**n
    return math.exp(-n * (share * math.log(share / p) + (1 - share) * math.log((1 - share) / (1 - p))))


def _renamed(values: pd.Series, names: pd.Series) -> Telling | None:
    """Other names for the classes, one for each: `0` and `1` for `no` and `yes`."""
    n, k = len(names), names.nunique()
    given = plain(values).reset_index(drop=True)
    m = given.nunique()
    if m < 2 or m > n // 5 or names.value_counts().max() > NEARLY * n:
        return None
    counts = pd.crosstab(given, names.reset_index(drop=True)).to_numpy()
    n_right = int(counts.max(axis=1).sum())
    is_one_to_one = m == k and len(set(counts.argmax(axis=1))) == k
    if is_one_to_one and n_right >= SURE * n:
        return Telling("renamed", n_right, is_sure=True)
    return Telling("determines", n_right, is_sure=False) if n_right == n else None


def _in_another_unit(numbers: npt.NDArray[np.float64], truth: npt.NDArray[np.float64]) -> Telling | None:
    known = np.isfinite(numbers)
    if known.sum() < max(ENOUGH, 0.5 * len(truth)):
        return None
    order = abs(rank_correlation(numbers[known], truth[known]))
    if order < NEARLY_SAME_ORDER:
        return None
    return Telling("unit", int(known.sum()), is_sure=order >= SAME_ORDER)


def rank_correlation(one: npt.NDArray[np.float64], other: npt.NDArray[np.float64]) -> float:
    """Spearman's; 0 where one of them is constant."""
    first, second = pd.Series(one).rank().to_numpy(), pd.Series(other).rank().to_numpy()
    if first.std() == 0 or second.std() == 0:
        return 0.0
    return float(np.corrcoef(first, second)[0, 1])
