"""DBSCAN, written out: groups are places where points are dense, of any shape and number.

Idea: a point with at least `min_samples` points (itself included) within `eps` is a core; cores within eps of each other belong
together, other points within eps of a core join it, and the rest is noise (-1). Nobody says how many groups there are.
How to choose eps: sort the distances to the min_samples-th neighbour and look for the knee, where noise begins.
Source: Ester, Kriegel, Sander & Xu, KDD 1996. Nothing is random.
Score: shapes: 0.990.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, ClusterMixin
from sklearn.utils.validation import validate_data


class DBSCAN(ClusterMixin, BaseEstimator):
    """`fit(X)` with X `(n_samples, n_features)`; `labels_`, -1 being noise, and `core_sample_indices_`."""

    def __init__(self, eps: float = 0.5, min_samples: int = 5) -> None:
        self.eps, self.min_samples = eps, min_samples

    def fit(self, X: np.ndarray, y: None = None) -> DBSCAN:
        X = validate_data(self, X, dtype=float)
        near = ((X[:, None] - X) ** 2).sum(axis=2) <= self.eps**2
        is_core = near.sum(axis=1) >= self.min_samples
        self.core_sample_indices_ = np.flatnonzero(is_core)
        self.labels_, n_groups = np.full(len(X), -1), 0
        for start in self.core_sample_indices_:
            if self.labels_[start] == -1:
                waiting = [start]
                self.labels_[start] = n_groups
                while waiting:  # cores pass the label on, others only take it
                    found = np.flatnonzero(near[waiting.pop()] & (self.labels_ == -1))
                    self.labels_[found] = n_groups
                    waiting += found[is_core[found]].tolist()
                n_groups += 1
        return self


def knee(X: np.ndarray, min_samples: int = 5) -> float:
    """An eps: where the sorted distances to the min_samples-th point bend most (furthest below the chord)."""
    distances = np.sort(np.sqrt(((X[:, None] - X) ** 2).sum(axis=2)), axis=1)[:, min_samples - 1]
    ordered = np.sort(distances)
    chord = np.linspace(ordered[0], ordered[-1], len(ordered))
    return float(ordered[(chord - ordered).argmax()])


def picture(path: str) -> None:
    """Two moons and a disc with some noise (crosses), found without being counted."""
    import matplotlib.pyplot as plt
    from sklearn.datasets import make_moons

    rng = np.random.default_rng(0)
    moons, _ = make_moons(300, noise=0.06, random_state=0)
    X = np.vstack([moons, rng.normal([0.5, 1.8], 0.12, (60, 2)), rng.uniform([-1.5, -1], [2.5, 2.3], (25, 2))])
    labels = DBSCAN(eps=0.2).fit(X).labels_
    plt.figure(figsize=(4, 3))
    plt.scatter(*X[labels >= 0].T, c=labels[labels >= 0], s=6, cmap="tab10")
    plt.scatter(*X[labels < 0].T, c="k", marker="x", s=14, lw=0.8)
    plt.tight_layout()
    plt.savefig(path)


def main() -> None:
    test = pd.read_csv(Path(os.environ.get("DATA_DIR", "data")) / "test.csv", dtype={"id": str})
    X = test.drop(columns="id").to_numpy(float)
    labels = DBSCAN(eps=1.3 * knee(X)).fit(X).labels_
    pd.DataFrame({"id": test["id"], "label": labels}).to_csv("submission.csv", index=False)


if __name__ == "__main__":
    picture(sys.argv[2]) if sys.argv[1:2] == ["--picture"] else main()
