"""Do the ids, or the places of the rows, predict the label? A table sorted by class does, and ids that were given out in turn."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pandas as pd

from grader.leaks.finding import Leak
from grader.leaks.telling import ENOUGH, MAX_CLASSES, numbers_of, plain, rank_correlation, telling

PIECE = re.compile(r"\d+|[^\W\d_]+")
SORTED, NEARLY_SORTED = 0.97, 0.8
MODULI = range(2, 21)


def order_leaks(ids: pd.Series, labels: pd.Series, *, file: str, column: str) -> Iterator[Leak]:
    """Of the hidden rows in the order in which they are public."""
    if len(labels) < ENOUGH or plain(labels).nunique() < 2:
        return
    places = np.arange(len(labels), dtype=float)
    if (found := _ordered(places, labels)) is not None:
        yield Leak(code="row_order", file=file, is_sure=found, n=len(labels), params={"column": column})
    numbers = pd.to_numeric(ids.str.extract(r"(\d+)\D*$")[0], errors="coerce").to_numpy(dtype=float)
    if np.isfinite(numbers).all() and (found := _ordered(numbers, labels)) is not None:
        yield Leak(code="id_order", file=file, is_sure=found, n=len(labels), params={"column": column})
    for part in _parts(ids, numbers):
        said = telling(part, labels)
        if said is not None and said.code in {"renamed", "labels", "determines"}:
            yield Leak(code="id_tells", file=file, is_sure=said.is_sure, n=said.n, params={"column": column})
            return


def _parts(ids: pd.Series, numbers: npt.NDArray[np.float64]) -> Iterator[pd.Series]:
    """Pieces of letters or digits, and the remainders of the number."""
    pieces = ids.map(PIECE.findall)
    for place in range(min(4, int(pieces.map(len).min()))):
        yield pieces.map(lambda found, place=place: found[place])
    if np.isfinite(numbers).all():
        for modulus in MODULI:
            yield pd.Series((numbers % modulus).astype(int)).map(lambda rest: f"r{rest}")


def _ordered(places: npt.NDArray[np.float64], labels: pd.Series) -> bool | None:
    """Whether the labels are as good as sorted by it; False: clearly so in part; None: no."""
    names = plain(labels)
    k, n = names.nunique(), len(names)
    if k > min(MAX_CLASSES, n // 5):
        truth = numbers_of(labels)
        order = abs(rank_correlation(places, truth)) if np.isfinite(truth).all() else 0.0
        return True if order >= 0.99 else False if order >= NEARLY_SORTED else None
    codes = pd.factorize(names.to_numpy()[np.argsort(places, kind="stable")])[0]
    shares = np.bincount(codes) / n
    expected = (n - 1) * (1 - float((shares**2).sum()))
    n_changes = int((np.diff(codes) != 0).sum())
    if expected < ENOUGH / 2:
        return None
    # as many changes as blocks need, beside a few strays
    if n_changes <= k - 1 + 0.1 * expected:
        return True
    best = max(_auc(codes == code) for code in range(len(shares)) if shares[code] * n >= 5) if n >= 50 else 0.5
    if best >= SORTED:
        return True
    deviation = np.sqrt(max(1.0, expected * (1 - expected / n)))
    is_far = best >= NEARLY_SORTED or (n_changes - expected) / deviation < -8
    return False if is_far else None


def _auc(is_class: npt.NDArray[np.bool_]) -> float:
    """How well the place alone finds the class: 0.5 not at all, 1 perfectly."""
    ranks = np.arange(1, len(is_class) + 1)
    n_in, n_out = int(is_class.sum()), int((~is_class).sum())
    if not n_in or not n_out:
        return 0.5
    auc = (ranks[is_class].sum() - n_in * (n_in + 1) / 2) / (n_in * n_out)
    return float(max(auc, 1 - auc))
