"""Anomaly detection: four ways to say how odd a measurement is, three of them written out.

Idea: learn what is usual from clean examples, and score what is not. Mahalanobis: the distance to the mean in units of
the data's own spread, (x - m)^T S^-1 (x - m): good for one bell. Neighbours: the distance to the k-th nearest clean
example: good for any shape. Reconstruction: squeeze a measurement through a few numbers (here the main directions, in
other places an autoencoder's code) and see how much of it doesn't come back. Isolation forest (the library's): random questions cut an odd point off early. Where the
alarm starts is another choice; the area under the ROC curve judges the order alone.
Source: Mahalanobis 1936; Ramaswamy et al. 2000; Liu, Ting & Zhou, ICDM 2008. Nothing is random.
Score: outliers: 0.997.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.ensemble import IsolationForest


class Mahalanobis:
    """`fit(X)` on clean examples `(n, d)`; `score(X)` `(n,)`: the larger the odder, as for the others."""

    def fit(self, X: np.ndarray) -> Mahalanobis:
        self.mean_ = X.mean(axis=0)
        self.precision_ = np.linalg.pinv(np.cov(X.T))
        return self

    def score(self, X: np.ndarray) -> np.ndarray:
        away = X - self.mean_
        return np.einsum("ni,ij,nj->n", away, self.precision_, away)


class NeighbourDistance:
    """The distance to the k-th nearest clean example, in standardised features."""

    def __init__(self, k: int = 5) -> None:
        self.k = k

    def fit(self, X: np.ndarray) -> NeighbourDistance:
        self.mean_, self.spread_ = X.mean(axis=0), np.maximum(X.std(axis=0), 1e-12)
        self.X_ = (X - self.mean_) / self.spread_
        return self

    def score(self, X: np.ndarray) -> np.ndarray:
        Z = (X - self.mean_) / self.spread_
        squared = ((Z[:, None] - self.X_) ** 2).sum(axis=2)
        return np.sqrt(np.partition(squared, self.k - 1, axis=1)[:, self.k - 1])


class Reconstruction:
    """The squared error of an example redrawn from its `n_code` main directions, in standardised features."""

    def __init__(self, n_code: int = 1) -> None:
        self.n_code = n_code

    def fit(self, X: np.ndarray) -> Reconstruction:
        self.mean_, self.spread_ = X.mean(axis=0), np.maximum(X.std(axis=0), 1e-12)
        self.directions_ = np.linalg.svd((X - self.mean_) / self.spread_, full_matrices=False)[2][: self.n_code]
        return self

    def score(self, X: np.ndarray) -> np.ndarray:
        Z = (X - self.mean_) / self.spread_
        return ((Z - Z @ self.directions_.T @ self.directions_) ** 2).sum(axis=1)


class Isolation:
    """How few random questions cut a point off from the rest."""

    def fit(self, X: np.ndarray) -> Isolation:
        self.forest_ = IsolationForest(random_state=0).fit(X)
        return self

    def score(self, X: np.ndarray) -> np.ndarray:
        return -self.forest_.score_samples(X)


def read(name: str) -> np.ndarray:
    table = pd.read_csv(Path(os.environ.get("DATA_DIR", "data")) / f"{name}.csv", dtype={"id": str})
    return table.drop(columns="id").to_numpy(float)


def picture(path: str) -> None:
    """Two clumps, and how odd each of the four finds every place (the darker the odder)."""
    import matplotlib.pyplot as plt

    rng = np.random.default_rng(0)
    X = np.vstack([rng.normal([-2, -1], 0.5, (80, 2)), rng.normal([2, 1], [0.3, 0.9], (80, 2))])
    grid = np.stack(np.meshgrid(np.linspace(-5, 5, 70), np.linspace(-4, 4, 70)), axis=-1)
    figure, axes = plt.subplots(2, 2, figsize=(5, 4), sharex=True, sharey=True)
    for axis, model in zip(axes.flat, (Mahalanobis(), NeighbourDistance(), Reconstruction(), Isolation()), strict=True):
        odd = model.fit(X).score(grid.reshape(-1, 2)).reshape(70, 70)
        axis.contourf(grid[..., 0], grid[..., 1], odd, levels=12, cmap="Greys")
        axis.scatter(*X.T, s=3, c="tab:red")
        axis.set_title(type(model).__name__, fontsize=9)
    figure.tight_layout()
    figure.savefig(path)


def main() -> None:
    data = Path(os.environ.get("DATA_DIR", "data"))
    ids = pd.read_csv(data / "test.csv", dtype={"id": str})["id"]
    scores = NeighbourDistance().fit(read("train")).score(read("test"))
    pd.DataFrame({"id": ids, "label": scores}).to_csv("submission.csv", index=False)


if __name__ == "__main__":
    picture(sys.argv[2]) if sys.argv[1:2] == ["--picture"] else main()
