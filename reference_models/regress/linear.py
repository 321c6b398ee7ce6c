"""Linear and ridge regression, in primal and dual form, written out.

Idea: predict w.x + b with the least squared error plus l2 |w|^2. Primal form: w = (X^T X + l2 I)^-1 X^T y, one weight
per feature. Dual form: w = X^T a with a = (X X^T + l2 I)^-1 y, one weight per example, which needs inner products
only; both give the same w. With l2 = 0 the primal form is least squares. X and y are centred, so b costs nothing.
Source: Hoerl & Kennard, Technometrics 12 (1970); Shawe-Taylor & Cristianini, Kernel Methods for Pattern Analysis (2004),
2.2. Nothing is random.
Score: progress: 56.447.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.utils.validation import check_is_fitted, validate_data


class Ridge(RegressorMixin, BaseEstimator):
    """`fit(X, y)` with X `(n_samples, n_features)`, y `(n_samples,)`; `form` is "primal" or "dual"."""

    def __init__(self, l2: float = 1.0, form: str = "primal") -> None:
        self.l2, self.form = l2, form

    def fit(self, X: np.ndarray, y: np.ndarray) -> Ridge:
        X, y = validate_data(self, X, y, dtype=float, y_numeric=True)
        mean, level = X.mean(axis=0), y.mean()
        Z, t = X - mean, y - level
        if self.form == "dual":
            self.dual_coef_ = np.linalg.lstsq(Z @ Z.T + self.l2 * np.eye(len(Z)), t)[0]
            self.coef_ = Z.T @ self.dual_coef_
        else:
            self.coef_ = np.linalg.lstsq(Z.T @ Z + self.l2 * np.eye(Z.shape[1]), Z.T @ t)[0]
        self.intercept_ = level - mean @ self.coef_
        return self

    def predict(self, X: np.ndarray) -> np.ndarray:
        check_is_fitted(self)
        return validate_data(self, X, dtype=float, reset=False) @ self.coef_ + self.intercept_


def tables() -> tuple[np.ndarray, np.ndarray, np.ndarray, pd.Series]:
    """Training features (standardised), training targets, test features, test ids."""
    data = Path(os.environ.get("DATA_DIR", "data"))
    train, test = (pd.read_csv(data / f"{name}.csv", dtype={"id": str}) for name in ("train", "test"))
    columns = [c for c in test.columns if c != "id"]
    mean, spread = train[columns].mean(), train[columns].std().replace(0, 1)
    X, Q = (((frame[columns] - mean) / spread).to_numpy() for frame in (train, test))
    return X, train["label"].to_numpy(float), Q, test["id"]


def picture(path: str) -> None:
    """How the weights shrink as l2 grows."""
    import matplotlib.pyplot as plt

    X, y, _, _ = tables()
    strengths = np.logspace(-1, 5, 40)
    plt.figure(figsize=(4, 3))
    plt.semilogx(strengths, [Ridge(l2).fit(X, y).coef_ for l2 in strengths])
    plt.xlabel("l2")
    plt.ylabel("weights")
    plt.tight_layout()
    plt.savefig(path)


def main() -> None:
    X, y, Q, ids = tables()
    pd.DataFrame({"id": ids, "label": Ridge(l2=10).fit(X, y).predict(Q)}).to_csv("submission.csv", index=False)


if __name__ == "__main__":
    picture(sys.argv[2]) if sys.argv[1:2] == ["--picture"] else main()
