"""A bag of visual words: an image as a count of the small patches that it is made of.

Idea: cut every training image into overlapping patches and gather them by k-means; the centres are a vocabulary of strokes
and corners. An image is then how often each word occurs in it, as a text is a count of its words, here counted once over
the whole image and once in each quarter, since where a stroke stands matters too. Two histograms are as alike as what they
share, sum_i min(x_i, z_i), the intersection kernel, and support vectors do the rest. Before networks learnt their own
features, pictures were told apart like this.
Source: Csurka et al., Visual Categorization with Bags of Keypoints, ECCV workshop (2004); Lazebnik, Schmid & Ponce, CVPR
2006 (the quarters). Seeded by ARENA_SEED.
Score: digits: 0.972 ± 0.004.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.cluster import MiniBatchKMeans
from sklearn.svm import SVC
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data


def patches(X: np.ndarray, size: int) -> np.ndarray:
    """`(n, side * side)` as `(n, m, m, size * size)`, a patch for each place, m = side - size + 1.

    Each patch is divided by its length, so that faint ink makes the same word as dark; an empty one stays zero.
    """
    side = int(np.sqrt(X.shape[1]))
    X = X[:, : side * side].reshape(-1, side, side)
    cut = np.lib.stride_tricks.sliding_window_view(X, (size, size), axis=(1, 2)).reshape(*_places(X, size), size * size)
    length = np.linalg.norm(cut, axis=-1, keepdims=True)
    return np.divide(cut, length, out=np.zeros_like(cut), where=length > 0)


def _places(X: np.ndarray, size: int) -> tuple[int, int, int]:
    return len(X), X.shape[1] - size + 1, X.shape[2] - size + 1


def histograms(words: np.ndarray, n_words: int) -> np.ndarray:
    """Words `(n, m, m)` as counts `(n, 5 * n_words)`: of the whole image, then of its quarters; each row sums to 1."""
    m = words.shape[1]
    halves = slice(None, (m + 1) // 2), slice(m // 2, None)
    regions = [words, *(words[:, rows, columns] for rows in halves for columns in halves)]
    counts = [(region.reshape(len(words), -1, 1) == np.arange(n_words)).sum(axis=1) for region in regions]
    table = np.hstack(counts).astype(float)
    return table / table.sum(axis=1, keepdims=True)


def intersection(X: np.ndarray, Z: np.ndarray) -> np.ndarray:
    """The kernel `(n, m)` of what each two histograms share."""
    return np.array([np.minimum(x, Z).sum(axis=1) for x in X])


class VisualWords(ClassifierMixin, BaseEstimator):
    """`fit(X, y)` with X `(n_samples, side * side)`; `predict(X)` gives labels `(n_samples,)`."""

    def __init__(self, n_words: int = 80, size: int = 4, C: float = 30.0, random_state: int | None = 0) -> None:
        self.n_words, self.size, self.C, self.random_state = n_words, size, C, random_state

    def count(self, X: np.ndarray) -> np.ndarray:
        cut = patches(X, self.size)
        words = self.vocabulary_.predict(cut.reshape(-1, cut.shape[-1])).reshape(cut.shape[:3])
        return histograms(words, self.n_words)

    def fit(self, X: np.ndarray, y: np.ndarray) -> VisualWords:
        X, y = validate_data(self, X, y, dtype=float)
        check_classification_targets(y)
        self.vocabulary_ = MiniBatchKMeans(self.n_words, n_init=3, random_state=self.random_state)
        self.vocabulary_.fit(patches(X, self.size).reshape(-1, self.size**2))
        self.known_ = self.count(X)
        self.machine_ = SVC(C=self.C, kernel="precomputed").fit(intersection(self.known_, self.known_), y)
        self.classes_ = self.machine_.classes_
        return self

    def predict(self, X: np.ndarray) -> np.ndarray:
        check_is_fitted(self)
        X = validate_data(self, X, dtype=float, reset=False)
        return self.machine_.predict(intersection(self.count(X), self.known_))


def read(name: str) -> pd.DataFrame:
    return pd.read_csv(Path(os.environ.get("DATA_DIR", "data")) / f"{name}.csv", dtype={"id": str})


def pixels(frame: pd.DataFrame) -> np.ndarray:
    return frame[[c for c in frame.columns if c.startswith("pixel")]].to_numpy(float)


def picture(path: str) -> None:
    """The vocabulary, the commonest words first."""
    import matplotlib.pyplot as plt

    train = read("train")
    model = VisualWords(n_words=40).fit(pixels(train), train["label"].to_numpy())
    common = model.known_[:, :40].sum(axis=0).argsort()[::-1]
    figure, axes = plt.subplots(5, 8, figsize=(4, 2.6))
    for axis, word in zip(axes.flat, model.vocabulary_.cluster_centers_[common], strict=True):
        axis.imshow(word.reshape(4, 4), cmap="gray_r", vmin=0)
        axis.axis("off")
    figure.tight_layout(pad=0.3)
    figure.savefig(path)


def main() -> None:
    train, test = read("train"), read("test")
    model = VisualWords(random_state=int(os.environ.get("ARENA_SEED", "0")))
    labels = model.fit(pixels(train), train["label"].to_numpy()).predict(pixels(test))
    pd.DataFrame({"id": test["id"], "label": labels}).to_csv("submission.csv", index=False)


if __name__ == "__main__":
    picture(sys.argv[2]) if sys.argv[1:2] == ["--picture"] else main()
