"""Naive Bayes, written out: Gaussian for measurements, multinomial for words.

Idea: choose the class with the largest log P(c) + sum_j log P(x_j | c), as if the features were independent given the
class. Gaussian: P(x_j | c) is a normal density with the class's mean and variance. Multinomial: P(word | c) =
(count + 1) / (total + vocabulary), Laplace's smoothing. Source: Manning, Raghavan & Schuetze, Introduction to
Information Retrieval (2008), chapter 13. Nothing is random.
Score: digits: 0.900; tumours: 0.860; spam: 0.766.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import numpy as np
import pandas as pd


class GaussianNB:
    """`fit(X, y)` with X `(n_samples, n_features)`; `var_smoothing` is a share of the largest variance."""

    def __init__(self, var_smoothing: float = 1e-9) -> None:
        self.var_smoothing = var_smoothing

    def fit(self, X: np.ndarray, y: np.ndarray) -> GaussianNB:
        X = np.asarray(X, dtype=float)
        self.classes_, codes = np.unique(y, return_inverse=True)
        groups = [X[codes == c] for c in range(len(self.classes_))]
        self.log_prior_ = np.log([len(g) / len(X) for g in groups])
        self.theta_ = np.array([g.mean(axis=0) for g in groups])
        self.var_ = np.array([g.var(axis=0) for g in groups]) + self.var_smoothing * X.var(axis=0).max()
        return self

    def predict(self, X: np.ndarray) -> np.ndarray:
        X = np.asarray(X, dtype=float)[:, None, :]
        log_density = -0.5 * (np.log(2 * np.pi * self.var_) + (X - self.theta_) ** 2 / self.var_).sum(axis=2)
        return self.classes_[np.argmax(self.log_prior_ + log_density, axis=1)]


class MultinomialNB:
    """`fit(X, y)` with X `(n_samples, n_words)` of counts; `alpha` is the smoothing count."""

    def __init__(self, alpha: float = 1.0) -> None:
        self.alpha = alpha

    def fit(self, X: np.ndarray, y: np.ndarray) -> MultinomialNB:
        X = np.asarray(X, dtype=float)
        self.classes_, codes = np.unique(y, return_inverse=True)
        counts = np.array([X[codes == c].sum(axis=0) for c in range(len(self.classes_))]) + self.alpha
        self.log_prior_ = np.log(np.bincount(codes) / len(codes))
        self.log_likelihood_ = np.log(counts / counts.sum(axis=1, keepdims=True))
        return self

    def predict(self, X: np.ndarray) -> np.ndarray:
        return self.classes_[np.argmax(self.log_prior_ + np.asarray(X, dtype=float) @ self.log_likelihood_.T, axis=1)]


def word_counts(texts: pd.Series, vocabulary: dict[str, int]) -> np.ndarray:
    """Counts `(n_texts, n_words)`; words outside the vocabulary are left out."""
    counts = np.zeros((len(texts), len(vocabulary)))
    for row, text in enumerate(texts):
        for word in text.split():
            if (column := vocabulary.get(word)) is not None:
                counts[row, column] += 1
    return counts


def picture(path: str) -> None:
    """Each digit's mean image and, below, how much every pixel varies."""
    import matplotlib.pyplot as plt
    from sklearn.datasets import load_digits

    model = GaussianNB().fit(*load_digits(return_X_y=True))
    figure, axes = plt.subplots(2, 10, figsize=(6, 1.5))
    for axis, image in zip(axes.flat, np.concatenate([model.theta_, np.sqrt(model.var_)]), strict=True):
        axis.imshow(image.reshape(8, 8), cmap="gray_r")
        axis.axis("off")
    figure.tight_layout(pad=0.3)
    figure.savefig(path)


def main() -> None:
    data = Path(os.environ.get("DATA_DIR", "data"))
    train, test = (pd.read_csv(data / name, dtype={"id": str}) for name in ("train.csv", "test.csv"))
    model: GaussianNB | MultinomialNB
    if "text" in train:
        vocabulary = {word: i for i, word in enumerate(sorted(set(" ".join(train["text"]).split())))}
        X_train, X_test = word_counts(train["text"], vocabulary), word_counts(test["text"], vocabulary)
        model = MultinomialNB()
    else:
        columns = [c for c in test.columns if c != "id"]
        X_train, X_test = train[columns].to_numpy(), test[columns].to_numpy()
        model = GaussianNB(var_smoothing=1e-3)
    labels = model.fit(X_train, train["label"].to_numpy()).predict(X_test)
    pd.DataFrame({"id": test["id"], "label": labels}).to_csv("submission.csv", index=False)


if __name__ == "__main__":
    picture(sys.argv[2]) if sys.argv[1:2] == ["--picture"] else main()
