"""Words as vectors by counting: co-occurrence, PCA, and king - man + woman.

Idea: a word is known by its company. Count how often each two words stand near each other, take the positive pointwise
mutual information max(0, log p(a, b) / (p(a) p(b))), and keep the main directions of the centred rows (PCA). Then
meanings add: what is to woman as king is to man lies at king - man + woman; the answer is the word with the largest
cosine to it, the three given ones aside. From raw counts alone frequent words would drown this.
Source: Firth 1957; Levy & Goldberg, CoNLL 2014. Nothing is random.
Score: analogies: 1.000.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd


def cooccurrence(texts: Sequence[str], window: int) -> tuple[list[str], np.ndarray]:
    """The words, sorted, and how often each two stand at most `window` places apart, `(n_words, n_words)`."""
    words = sorted({word for text in texts for word in text.split()})
    place = {word: i for i, word in enumerate(words)}
    counts = np.zeros((len(words), len(words)))
    for text in texts:
        codes = np.array([place[word] for word in text.split()])
        for gap in range(1, min(window, len(codes) - 1) + 1):
            np.add.at(counts, (codes[:-gap], codes[gap:]), 1)
            np.add.at(counts, (codes[gap:], codes[:-gap]), 1)
    return words, counts


def mutual_information(counts: np.ndarray) -> np.ndarray:
    """max(0, log p(a, b) / (p(a) p(b))), and 0 for pairs that never met."""
    expected = counts.sum(axis=1)[:, None] * counts.sum(axis=0) / counts.sum()
    return np.log(np.maximum(counts / np.maximum(expected, 1e-12), 1))


def principal(X: np.ndarray, n: int) -> np.ndarray:
    """The rows in their `n` main directions, `(len(X), n)`."""
    U, lengths, _ = np.linalg.svd(X - X.mean(axis=0), full_matrices=False)
    return U[:, :n] * lengths[:n]


class CooccurrenceEmbedding:
    """`fit(texts)`; `vectors_` is `(n_words, n_dimensions)` in the order of `words_`."""

    def __init__(self, n_dimensions: int = 12, window: int = 8) -> None:
        self.n_dimensions, self.window = n_dimensions, window

    def fit(self, texts: Sequence[str]) -> CooccurrenceEmbedding:
        self.words_, counts = cooccurrence(texts, self.window)
        self.vectors_ = principal(mutual_information(counts), self.n_dimensions)
        self.places_ = {word: i for i, word in enumerate(self.words_)}
        return self

    def analogy(self, a: str, b: str, c: str) -> str:
        """The word that is to c as b is to a."""
        given = [self.places_[word] for word in (a, b, c)]
        wanted = self.vectors_[given[1]] - self.vectors_[given[0]] + self.vectors_[given[2]]
        lengths = np.maximum(np.linalg.norm(self.vectors_, axis=1), 1e-12)
        cosines = self.vectors_ @ wanted / lengths
        cosines[given] = -np.inf
        return self.words_[int(cosines.argmax())]


def read(name: str) -> pd.DataFrame:
    return pd.read_csv(Path(os.environ.get("DATA_DIR", "data")) / f"{name}.csv", dtype={"id": str})


def picture(path: str) -> None:
    """Five pairs of words: across lies what parts men from women, upwards what else parts the pairs."""
    import matplotlib.pyplot as plt

    model = CooccurrenceEmbedding().fit(read("train")["text"].tolist())
    pairs = [("man", "woman"), ("king", "queen"), ("father", "mother"), ("stallion", "mare"), ("rooster", "hen")]
    vectors = np.array([[model.vectors_[model.places_[word]] for word in pair] for pair in pairs])
    across = (vectors[:, 1] - vectors[:, 0]).mean(axis=0)
    across /= np.linalg.norm(across)
    middles = vectors.mean(axis=1) - np.outer(vectors.mean(axis=1) @ across, across)
    up = np.linalg.svd(middles - middles.mean(axis=0))[2][0]
    plt.figure(figsize=(4.8, 3.6))
    for names, pair in zip(pairs, vectors @ np.column_stack([across, up]), strict=True):
        plt.annotate("", pair[1], pair[0], arrowprops={"arrowstyle": "->", "color": "tab:red"})
        plt.text(*pair[0], f"{names[0]} ", ha="right", va="center")
        plt.text(*pair[1], f" {names[1]}", ha="left", va="center")
        plt.scatter(*pair.T, s=8, c="k")
    plt.margins(0.3, 0.15)
    plt.tight_layout()
    plt.savefig(path)


def main() -> None:
    test, model = read("test"), CooccurrenceEmbedding().fit(read("train")["text"].tolist())
    labels = [model.analogy(*row) for row in test[["a", "b", "c"]].itertuples(index=False)]
    pd.DataFrame({"id": test["id"], "label": labels}).to_csv("submission.csv", index=False)


if __name__ == "__main__":
    picture(sys.argv[2]) if sys.argv[1:2] == ["--picture"] else main()
