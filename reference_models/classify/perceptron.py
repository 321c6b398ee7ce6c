"""The perceptron, written out: one line per pair of sides, moved by each mistake.

Idea: predict the sign of w.x + b; after a mistake on (x, t), t in {-1, 1}, let w += t x and b += t. If some line
separates the classes with margin g and |x| <= R, at most (R / g)^2 mistakes are made; if none does, it never rests,
so the weights' average over all steps is kept instead. Many classes: one perceptron against the rest for each.
Source: Rosenblatt, Psychological Review 65 (1958); Novikoff 1962; averaging: Freund & Schapire 1999.
Score: tumours: 0.955 ± 0.004; digits: 0.947 ± 0.004; xor: 0.425 ± 0.085.
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


class Perceptron(ClassifierMixin, BaseEstimator):
    """`fit(X, y)` with X `(n_samples, n_features)`; weights `coef_` are `(n_classes, n_features)`."""

    def __init__(self, epochs: int = 30, averaged: bool = True, random_state: int | None = 0) -> None:
        self.epochs, self.averaged, self.random_state = epochs, averaged, random_state

    def fit(self, X: np.ndarray, y: np.ndarray) -> Perceptron:
        X, y = validate_data(self, X, y, dtype=float)
        check_classification_targets(y)
        self.classes_, codes = np.unique(y, return_inverse=True)
        rng = check_random_state(self.random_state)
        targets = np.where(codes[:, None] == np.arange(len(self.classes_)), 1.0, -1.0)
        X = np.column_stack([X, np.ones(len(X))])
        weights, total = np.zeros((2, len(self.classes_), X.shape[1]))
        self.n_mistakes_ = []
        for _ in range(self.epochs):
            mistakes = 0
            for i in rng.permutation(len(X)):
                wrong = targets[i] * (weights @ X[i]) <= 0
                weights[wrong] += targets[i][wrong, None] * X[i]
                mistakes += int(wrong.sum())
                total += weights
            self.n_mistakes_.append(mistakes)
            if mistakes == 0:
                break
        kept = total / (len(self.n_mistakes_) * len(X)) if self.averaged and mistakes else weights
        self.coef_, self.intercept_ = kept[:, :-1], kept[:, -1]
        return self

    def predict(self, X: np.ndarray) -> np.ndarray:
        check_is_fitted(self)
        X = validate_data(self, X, dtype=float, reset=False)
        return self.classes_[(X @ self.coef_.T + self.intercept_).argmax(axis=1)]


def features(train: pd.DataFrame, test: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Standardised columns of both tables, or counts of the character pairs of a text column."""
    if "text" in train:
        counter = CountVectorizer(analyzer="char", ngram_range=(2, 2), dtype=float).fit(train["text"])
        return counter.transform(train["text"]).toarray(), counter.transform(test["text"]).toarray()
    columns = [c for c in test.columns if c != "id"]
    scaler = StandardScaler().fit(train[columns])
    return scaler.transform(train[columns]), scaler.transform(test[columns])


def picture(path: str) -> None:
    """Mistakes by epoch: it comes to rest where a line separates the classes, and never where none does."""
    import matplotlib.pyplot as plt

    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(200, 2)), np.repeat([0, 1], 100)
    plt.figure(figsize=(4, 3))
    for gap in (5, 2.5, 1.5):
        model = Perceptron(epochs=30).fit(X + gap * y[:, None], y)
        plt.plot(np.array(model.n_mistakes_) / 2, ".-", label=f"means {gap * 2**0.5:.1f} apart")
    plt.xlabel("epoch")
    plt.ylabel("mistakes")
    plt.legend(fontsize=8)
    plt.tight_layout()
    plt.savefig(path)


def main() -> None:
    data = Path(os.environ.get("DATA_DIR", "data"))
    train, test = (pd.read_csv(data / name, dtype={"id": str}) for name in ("train.csv", "test.csv"))
    seed = int(os.environ.get("ARENA_SEED", "0"))
    X_train, X_test = features(train, test)
    model = Perceptron(random_state=seed).fit(X_train, train["label"].to_numpy())
    pd.DataFrame({"id": test["id"], "label": model.predict(X_test)}).to_csv("submission.csv", index=False)


if __name__ == "__main__":
    picture(sys.argv[2]) if sys.argv[1:2] == ["--picture"] else main()
