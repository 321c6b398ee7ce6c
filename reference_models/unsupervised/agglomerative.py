"""Agglomerative clustering, written out, and the tree of life that it draws.

Idea: start with each point alone and keep joining the two nearest groups; the order and heights of the joins are a tree
(dendrogram). How near are two groups? By their nearest members (single: follows any shape), their furthest (complete),
or the mean over all pairs (average). After joining a and b the distance to any c follows from the old ones: the smaller,
the larger, or the weighted mean. With edit counts between DNA sequences the average tree is a phylogeny (UPGMA).
Source: Sokal & Michener 1958; Lance & Williams 1967. Nothing is random.
Score: shapes: 1.000.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, ClusterMixin
from sklearn.utils.validation import validate_data


def join_all(distances: np.ndarray, linkage: str) -> np.ndarray:
    """The joins in order, as scipy writes them, `(n - 1, 4)`: group, group, height, size. Groups n... are the joins."""
    D, n = distances.astype(float).copy(), len(distances)
    np.fill_diagonal(D, np.inf)
    names, sizes, joins = np.arange(n), np.ones(n), np.zeros((n - 1, 4))
    for turn in range(n - 1):
        a, b = sorted(np.unravel_index(D.argmin(), D.shape))
        joins[turn] = [*sorted((names[a], names[b])), D[a, b], sizes[a] + sizes[b]]
        rows = D[a], D[b]
        if linkage == "average":
            merged = (sizes[a] * rows[0] + sizes[b] * rows[1]) / (sizes[a] + sizes[b])
        else:
            merged = (np.minimum if linkage == "single" else np.maximum)(*rows)
        merged[[a, b]] = np.inf
        D[a], D[:, a], D[b], D[:, b] = merged, merged, np.inf, np.inf
        names[a], sizes[a] = n + turn, sizes[a] + sizes[b]
    return joins


def cut(joins: np.ndarray, n_clusters: int) -> np.ndarray:
    """Labels `(n,)`, 0..., after all joins but the last `n_clusters` - 1."""
    n = len(joins) + 1
    members = {i: [i] for i in range(n)}
    for turn in range(max(0, n - n_clusters)):
        members[n + turn] = members.pop(int(joins[turn, 0])) + members.pop(int(joins[turn, 1]))
    labels = np.zeros(n, int)
    for label, places in enumerate(sorted(members.values(), key=min)):
        labels[places] = label
    return labels


def large_groups(joins: np.ndarray, distances: np.ndarray, n_clusters: int, min_share: float) -> np.ndarray:
    """Labels `(n,)` where stragglers don't count: cut until enough groups hold `min_share` of all; the rest joins the
    group of its nearest member. Falls back to the plain cut where no cut gives so many."""
    n = len(joins) + 1
    for k in range(n_clusters, n + 1):
        labels = cut(joins, k)
        large = np.flatnonzero(np.bincount(labels) >= min_share * n)
        if len(large) == n_clusters:
            held = np.flatnonzero(np.isin(labels, large))
            nearest = held[distances[:, held].argmin(axis=1)]
            return np.searchsorted(large, labels[nearest])
    return cut(joins, n_clusters)


class Agglomerative(ClusterMixin, BaseEstimator):
    """`fit(X)` with X `(n_samples, n_features)`; `labels_` and `joins_`; `linkage`: single, complete or average."""

    def __init__(self, n_clusters: int = 3, linkage: str = "single", min_share: float = 0.0) -> None:
        self.n_clusters, self.linkage, self.min_share = n_clusters, linkage, min_share

    def fit(self, X: np.ndarray, y: None = None) -> Agglomerative:
        X = validate_data(self, X, dtype=float)
        distances = np.sqrt(((X[:, None] - X) ** 2).sum(axis=2))
        self.joins_ = join_all(distances, self.linkage)
        self.labels_ = large_groups(self.joins_, distances, min(self.n_clusters, len(X)), self.min_share)
        return self


def evolve(rng: np.random.Generator) -> dict[str, str]:
    """Eight invented species' DNA: one ancestor, three splits, letters changing by chance on the way."""
    lines = ["".join(rng.choice(list("ACGT"), 300))]
    for _ in range(3):
        changed = [[x if rng.random() > 0.06 else rng.choice(list("ACGT")) for x in dna] for dna in lines for _ in "ab"]
        lines = ["".join(dna) for dna in changed]
    return dict(zip(["mouse", "rat", "cat", "lynx", "horse", "zebra", "whale", "dolphin"], lines, strict=True))


def picture(path: str) -> None:
    """The phylogenetic tree of eight invented species, from how many letters of their DNA differ."""
    import matplotlib.pyplot as plt
    from scipy.cluster.hierarchy import dendrogram

    species = evolve(np.random.default_rng(0))
    letters = np.array([list(dna) for dna in species.values()])
    differ = (letters[:, None] != letters).sum(axis=2)
    plt.figure(figsize=(4, 3))
    dendrogram(join_all(differ, "average"), labels=list(species), orientation="right")
    plt.xlabel("letters that differ")
    plt.tight_layout()
    plt.savefig(path)


def main() -> None:
    test = pd.read_csv(Path(os.environ.get("DATA_DIR", "data")) / "test.csv", dtype={"id": str})
    labels = Agglomerative(min_share=0.05).fit(test.drop(columns="id").to_numpy(float)).labels_
    pd.DataFrame({"id": test["id"], "label": labels}).to_csv("submission.csv", index=False)


if __name__ == "__main__":
    picture(sys.argv[2]) if sys.argv[1:2] == ["--picture"] else main()
