"""Attention as a soft memory: keys, values, a query and a temperature, and nothing to train.

Idea: a dictionary gives the value of the one key that equals the query. Attention mixes the values of all keys, each by
how alike its key is: softmax(q K^T / (t sqrt(d))) V. As t falls to 0 it becomes nearest neighbour, as t grows it becomes
the mean of all. Only inner products with keys count, so what the keys don't span of a query is ignored. With training
examples as keys and targets as values it predicts at once; t is chosen by leaving each example out of its own memory.
Source: Bahdanau, Cho & Bengio, ICLR 2015; Vaswani et al. 2017; Nadaraya 1964, Watson 1964. Nothing is random.
Score: digits: 0.962; progress: 61.142.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import numpy as np
import pandas as pd


def softmax(scores: np.ndarray) -> np.ndarray:
    e = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def attention(
    Q: np.ndarray, K: np.ndarray, V: np.ndarray, *, temperature: float = 1.0, hidden: np.ndarray | None = None
) -> np.ndarray:
    """Q `(n_queries, d)`, K `(n_keys, d)`, V `(n_keys, m)` to `(n_queries, m)`; `hidden` flags what a query can't see."""
    scores = Q @ K.T / (temperature * np.sqrt(K.shape[1]))
    return softmax(scores if hidden is None else np.where(hidden, -np.inf, scores)) @ V


class AttentionMemory:
    """`fit(X, y)` with X `(n, d)`: numbers y are mixed, labels vote. `temperature_` is the best of `temperatures`."""

    def __init__(self, temperatures: tuple[float, ...] = (0.001, 0.003, 0.005, 0.01, 0.02, 0.05, 0.1, 0.3)) -> None:
        self.temperatures = temperatures

    def _keys(self, X: np.ndarray) -> np.ndarray:
        Z = (X - self.mean_) / self.spread_
        return Z / np.maximum(np.linalg.norm(Z, axis=1, keepdims=True), 1e-12)

    def fit(self, X: np.ndarray, y: np.ndarray) -> AttentionMemory:
        self.mean_, self.spread_ = X.mean(axis=0), np.maximum(X.std(axis=0), 1e-12)
        self.classes_ = None if y.dtype.kind == "f" else np.unique(y)
        self.K_ = self._keys(X)
        self.V_ = y[:, None] if self.classes_ is None else (y[:, None] == self.classes_).astype(float)
        own = np.eye(len(X), dtype=bool)

        def error(t: float) -> float:
            return float(((attention(self.K_, self.K_, self.V_, temperature=t, hidden=own) - self.V_) ** 2).mean())

        self.temperature_ = min(self.temperatures, key=error)
        return self

    def predict(self, X: np.ndarray) -> np.ndarray:
        mixed = attention(self._keys(X), self.K_, self.V_, temperature=self.temperature_)
        return mixed[:, 0] if self.classes_ is None else self.classes_[mixed.argmax(axis=1)]


def tables() -> tuple[np.ndarray, np.ndarray, np.ndarray, pd.Series]:
    """Training features, training targets, test features, test ids."""
    data = Path(os.environ.get("DATA_DIR", "data"))
    train, test = (pd.read_csv(data / f"{name}.csv", dtype={"id": str}) for name in ("train", "test"))
    columns = [c for c in test.columns if c != "id"]
    return train[columns].to_numpy(float), train["label"].to_numpy(), test[columns].to_numpy(float), test["id"]


def picture(path: str) -> None:
    """What twelve points on a circle answer in between, at three temperatures."""
    import matplotlib.pyplot as plt

    angles, asked = np.linspace(0, 2 * np.pi, 13)[:-1], np.linspace(0, 2 * np.pi, 400)
    keys, queries = (np.column_stack([np.cos(a), np.sin(a)]) for a in (angles, asked))
    values = np.sin(3 * angles) + np.cos(angles)
    plt.figure(figsize=(4, 3))
    plt.plot(angles, values, "ko", ms=4, label="keys and values")
    for t in (0.005, 0.05, 0.5):
        plt.plot(asked, attention(queries, keys, values[:, None], temperature=t), label=f"t = {t}")
    plt.xlabel("angle of the query")
    plt.legend(fontsize=7)
    plt.tight_layout()
    plt.savefig(path)


def main() -> None:
    X, y, Q, ids = tables()
    pd.DataFrame({"id": ids, "label": AttentionMemory().fit(X, y).predict(Q)}).to_csv("submission.csv", index=False)


if __name__ == "__main__":
    picture(sys.argv[2]) if sys.argv[1:2] == ["--picture"] else main()
