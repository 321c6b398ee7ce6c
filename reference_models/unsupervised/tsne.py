"""t-SNE, written out: a map on which neighbours stay neighbours.

Idea: p_ij is how likely i would pick j as neighbour under a bell around it, wide enough for `perplexity` neighbours. On the
map, q_ij ~ 1 / (1 + |y_i - y_j|^2), whose long tail leaves room between groups. Descent on the divergence KL(p | q) has the
slope 4 sum_j (p_ij - q_ij)(y_i - y_j) / (1 + |y_i - y_j|^2): pulls where p > q, pushes elsewhere. p is exaggerated
at first, so that groups can gather. Distances between groups on the map mean little; k-means on it finds the groups.
Source: van der Maaten & Hinton, JMLR 9 (2008). Seeded by ARENA_SEED.
Score: groups: 0.875 ± 0.034.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.cluster import KMeans


def squared_distances(X: np.ndarray) -> np.ndarray:
    return np.maximum((X**2).sum(1)[:, None] - 2 * X @ X.T + (X**2).sum(1), 0)


def neighbour_odds(X: np.ndarray, perplexity: float) -> np.ndarray:
    """Symmetric p_ij `(n, n)` that sum to 1; each row's bell is found by halving until its entropy is log(perplexity)."""
    D = squared_distances(X)
    np.fill_diagonal(D, np.inf)
    low, high = np.full(len(X), 1e-12), np.full(len(X), 1e12)
    for _ in range(80):
        beta = np.sqrt(low * high)
        P = np.exp(-beta[:, None] * (D - D.min(axis=1, keepdims=True)))
        P /= P.sum(axis=1, keepdims=True)
        entropy = -(P * np.log(np.maximum(P, 1e-300))).sum(axis=1)
        wide = entropy > np.log(perplexity)
        low, high = np.where(wide, beta, low), np.where(wide, high, beta)
    return (P + P.T) / (2 * len(X))


def divergence_and_slope(P: np.ndarray, Y: np.ndarray) -> tuple[float, np.ndarray]:
    """KL(p | q) and its slope by the map Y `(n, 2)`."""
    closeness = 1 / (1 + squared_distances(Y))
    np.fill_diagonal(closeness, 0)
    Q = np.maximum(closeness / closeness.sum(), 1e-300)
    pull = (P - Q) * closeness
    slope = 4 * (pull.sum(axis=1)[:, None] * Y - pull @ Y)
    return float((P * np.log(np.maximum(P, 1e-300) / Q)).sum()), slope


class TSNE:
    """`fit_transform(X)` with X `(n, n_features)` gives the map `(n, 2)`; `divergence_` is what is left."""

    def __init__(self, perplexity: float = 30.0, n_steps: int = 400, seed: int = 0) -> None:
        self.perplexity, self.n_steps, self.seed = perplexity, n_steps, seed

    def fit_transform(self, X: np.ndarray) -> np.ndarray:
        P = neighbour_odds(X, min(self.perplexity, (len(X) - 1) / 3))
        Y = np.random.default_rng(self.seed).normal(0, 1e-2, (len(X), 2))
        speed, rate = np.zeros_like(Y), max(len(X) / 12, 50)
        for step in range(self.n_steps):
            early = step < self.n_steps // 4
            self.divergence_, slope = divergence_and_slope(P * (12 if early else 1), Y)
            speed = (0.5 if early else 0.8) * speed - rate * slope
            Y = Y + speed
        return Y - Y.mean(axis=0)


def picture(path: str) -> None:
    """The map of 400 handwritten digits; the colours, which it never saw, are their names."""
    import matplotlib.pyplot as plt
    from sklearn.datasets import load_digits

    X, y = load_digits(return_X_y=True)
    Y = TSNE().fit_transform(X[:400])
    plt.figure(figsize=(4, 3.2))
    plt.scatter(*Y.T, c=y[:400], s=8, cmap="tab10")
    plt.colorbar(ticks=range(10))
    plt.axis("off")
    plt.tight_layout()
    plt.savefig(path)


def main() -> None:
    test = pd.read_csv(Path(os.environ.get("DATA_DIR", "data")) / "test.csv", dtype={"id": str})
    seed = int(os.environ.get("ARENA_SEED", "0"))
    Y = TSNE(seed=seed).fit_transform(test.drop(columns="id").to_numpy(float))
    labels = KMeans(5, n_init=10, random_state=seed).fit_predict(Y)
    pd.DataFrame({"id": test["id"], "label": labels}).to_csv("submission.csv", index=False)


if __name__ == "__main__":
    picture(sys.argv[2]) if sys.argv[1:2] == ["--picture"] else main()
