"""ADALINE, written out: a perceptron that learns from how far off it is, not only from whether.

Idea: the output w.x + b itself should be +1 or -1; each example moves the weights against the squared error's slope,
w += 2 eta (t - w.x - b) x (Widrow and Hoff's delta rule). It settles near the least-squares line even when no line
separates the classes. Many classes: one against the rest each.
Source: Widrow & Hoff, Adaptive switching circuits, IRE WESCON 1960.
Score: tumours: 0.958 ± 0.007; digits: 0.918 ± 0.002.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.preprocessing import StandardScaler
from sklearn.utils import check_random_state
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data


class Adaline(ClassifierMixin, BaseEstimator):
    """`fit(X, y)` with X `(n_samples, n_features)`; the step is `eta` over the mean squared length of an example."""

    def __init__(self, eta: float = 0.2, epochs: int = 40, random_state: int | None = 0) -> None:
        self.eta, self.epochs, self.random_state = eta, epochs, random_state

    def fit(self, X: np.ndarray, y: np.ndarray) -> Adaline:
        X, y = validate_data(self, X, y, dtype=float)
        check_classification_targets(y)
        self.classes_, codes = np.unique(y, return_inverse=True)
        rng = check_random_state(self.random_state)
        targets = np.where(codes[:, None] == np.arange(len(self.classes_)), 1.0, -1.0)
        self.mean_, self.spread_ = X.mean(axis=0), np.maximum(X.std(axis=0), 1e-12)
        X = np.column_stack([(X - self.mean_) / self.spread_, np.ones(len(X))])
        weights = np.zeros((len(self.classes_), X.shape[1]))
        self.losses_ = []
        for epoch in range(self.epochs):
            step = self.eta / (1 + epoch) / (X**2).sum(axis=1).mean()
            for i in rng.permutation(len(X)):
                weights += 2 * step * np.outer(targets[i] - weights @ X[i], X[i])
            self.losses_.append(float(((targets - X @ weights.T) ** 2).mean()))
        self.coef_, self.intercept_ = weights[:, :-1], weights[:, -1]
        return self

    def predict(self, X: np.ndarray) -> np.ndarray:
        check_is_fitted(self)
        X = validate_data(self, X, dtype=float, reset=False)
        return self.classes_[((X - self.mean_) / self.spread_ @ self.coef_.T + self.intercept_).argmax(axis=1)]


def features(train: pd.DataFrame, test: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Standardised columns of both tables, or counts of the character pairs of a text column."""
    if "text" in train:
        counter = CountVectorizer(analyzer="char", ngram_range=(2, 2), dtype=float).fit(train["text"])
        return counter.transform(train["text"]).toarray(), counter.transform(test["text"]).toarray()
    columns = [c for c in test.columns if c != "id"]
    scaler = StandardScaler().fit(train[columns])
    return scaler.transform(train[columns]), scaler.transform(test[columns])


def picture(path: str) -> None:
    """The squared error by epoch, at four step sizes: the smallest crawl."""
    import matplotlib.pyplot as plt
    from sklearn.datasets import load_breast_cancer

    X, y = load_breast_cancer(return_X_y=True)
    plt.figure(figsize=(4, 3))
    for eta in (0.0002, 0.002, 0.02, 0.2):
        plt.semilogy(Adaline(eta=eta, epochs=20).fit(X, y).losses_, label=f"eta = {eta}")
    plt.xlabel("epoch")
    plt.ylabel("mean squared error")
    plt.legend(fontsize=8)
    plt.tight_layout()
    plt.savefig(path)


def main() -> None:
    data = Path(os.environ.get("DATA_DIR", "data"))
    train, test = (pd.read_csv(data / name, dtype={"id": str}) for name in ("train.csv", "test.csv"))
    seed = int(os.environ.get("ARENA_SEED", "0"))
    X_train, X_test = features(train, test)
    model = Adaline(random_state=seed).fit(X_train, train["label"].to_numpy())
    pd.DataFrame({"id": test["id"], "label": model.predict(X_test)}).to_csv("submission.csv", index=False)


if __name__ == "__main__":
    picture(sys.argv[2]) if sys.argv[1:2] == ["--picture"] else main()
