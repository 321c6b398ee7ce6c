"""Robbins and Monro: find where a function is zero, though every look at it is noisy.

Idea: t <- t - a_n Y_n, with Y_n a noisy look at f(t). If the steps are large enough to get anywhere, sum a_n = inf, and
small enough to calm the noise, sum a_n^2 < inf, t comes to the root; a_n = a / n does both. With Y the sign of a surprise it
finds a quantile, with Y the slope of one example's loss it is stochastic gradient descent, here for least squares. With
a_n = a / n^0.7 and the mean of all t kept (Polyak, Ruppert) the choice of a hardly matters.
Source: Robbins & Monro, Annals of Mathematical Statistics 22 (1951); Polyak & Juditsky 1992. Seeded by ARENA_SEED.
Score: progress: 56.343 ± 0.014.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted, validate_data


def find_root(
    look: Callable[[float], float], start: float, *, n_steps: int, a: float = 1.0, power: float = 1.0
) -> np.ndarray:
    """The way `(n_steps + 1,)` from `start`, with steps a / n^power; `look` should be above zero right of the root."""
    way = [start]
    for n in range(1, n_steps + 1):
        way.append(way[-1] - a / n**power * look(way[-1]))
    return np.array(way)


class StochasticLeastSquares(RegressorMixin, BaseEstimator):
    """`fit(X, y)` with X `(n_samples, n_features)`: one example a step, `epochs` times over; keeps the averaged weights."""

    def __init__(self, a: float = 0.5, epochs: int = 60, random_state: int | None = 0) -> None:
        self.a, self.epochs, self.random_state = a, epochs, random_state

    def fit(self, X: np.ndarray, y: np.ndarray) -> StochasticLeastSquares:
        X, y = validate_data(self, X, y, dtype=float, y_numeric=True)
        rng = check_random_state(self.random_state)
        self.mean_, self.spread_ = X.mean(axis=0), np.maximum(X.std(axis=0), 1e-12)
        Z, level, unit = (X - self.mean_) / self.spread_, y.mean(), max(y.std(), 1e-12)
        Z, t = np.column_stack([Z, np.ones(len(X))]), (y - level) / unit
        w, total, a, n = np.zeros(Z.shape[1]), np.zeros(Z.shape[1]), self.a / (Z**2).sum(axis=1).max(), 0
        for epoch in range(self.epochs):
            for i in rng.permutation(len(Z)):
                n += 1
                w = w - a / max(1, n / len(Z)) ** 0.7 * (Z[i] @ w - t[i]) * Z[i]
                if epoch >= self.epochs // 3:  # the mean leaves the start out
                    total += w
        kept = total / (len(Z) * (self.epochs - self.epochs // 3))
        self.coef_, self.intercept_ = kept[:-1] * unit, kept[-1] * unit + level
        return self

    def predict(self, X: np.ndarray) -> np.ndarray:
        check_is_fitted(self)
        return (
            validate_data(self, X, dtype=float, reset=False) - self.mean_
        ) / self.spread_ @ self.coef_ + self.intercept_


def picture(path: str) -> None:
    """Ten searches for the 90% quantile of a normal variable, from one draw a step."""
    import matplotlib.pyplot as plt

    rng = np.random.default_rng(0)
    plt.figure(figsize=(4, 3))
    for _ in range(10):
        plt.semilogx(find_root(lambda t: (rng.normal() < t) - 0.9, 0.0, n_steps=20_000, a=5), lw=0.7)
    plt.axhline(1.2816, c="k", lw=1)
    plt.ylim(-1, 4)
    plt.xlabel("step")
    plt.tight_layout()
    plt.savefig(path)


def main() -> None:
    data = Path(os.environ.get("DATA_DIR", "data"))
    train, test = (pd.read_csv(data / f"{name}.csv", dtype={"id": str}) for name in ("train", "test"))
    columns = [c for c in test.columns if c != "id"]
    model = StochasticLeastSquares(random_state=int(os.environ.get("ARENA_SEED", "0")))
    labels = model.fit(train[columns].to_numpy(), train["label"].to_numpy(float)).predict(test[columns].to_numpy())
    pd.DataFrame({"id": test["id"], "label": labels}).to_csv("submission.csv", index=False)


if __name__ == "__main__":
    picture(sys.argv[2]) if sys.argv[1:2] == ["--picture"] else main()
