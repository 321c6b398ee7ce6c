"""Bayesian linear regression by variational inference, every update in closed form.

Idea: y = w.x + noise, with unknown noise precision b and weights w ~ N(0, 1/a), a unknown too. The posterior of all three
together has no closed form, but the best product q(w) q(a) q(b) has: each factor in turn is the exponential of the mean log
joint under the others, which gives q(w) = N(m, S) with S = (E[b] X^T X + E[a] I)^-1, m = E[b] S X^T y, and two gamma
densities. The evidence bound rises with every update. The strength of the ridge, E[a] / E[b], comes out of the data,
and every prediction has its own spread. Source: Bishop, Pattern Recognition and Machine Learning (2006), 10.3.
Nothing is random.
Score: progress: 56.547.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.special import digamma, gammaln
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.utils.validation import check_is_fitted, validate_data


def gamma_divergence(shape: float, rate: float, prior: float) -> float:
    """KL(Gamma(shape, rate) | Gamma(prior, prior))."""
    spread = (shape - prior) * digamma(shape) - gammaln(shape) + gammaln(prior)
    return float(spread + prior * (np.log(rate) - np.log(prior)) + shape * (prior - rate) / rate)


class VariationalRegression(RegressorMixin, BaseEstimator):
    """`fit(X, y)` with X `(n_samples, n_features)`; `bounds_` by round; `predict(X, return_std=True)` adds spreads."""

    def __init__(self, n_rounds: int = 200, prior: float = 1e-6) -> None:
        self.n_rounds, self.prior = n_rounds, prior

    def fit(self, X: np.ndarray, y: np.ndarray) -> VariationalRegression:
        X, y = validate_data(self, X, y, dtype=float, y_numeric=True)
        self.mean_, self.level_ = X.mean(axis=0), y.mean()
        Z, t, (n, d) = X - self.mean_, y - self.level_, X.shape
        gram, moment, a, b = Z.T @ Z, Z.T @ t, 1.0, 1 / max(t.var(), 1e-12)
        a_shape, b_shape, self.bounds_ = self.prior + d / 2, self.prior + n / 2, []
        for _ in range(self.n_rounds):
            S = np.linalg.inv(b * gram + a * np.eye(d))
            m = b * S @ moment
            a_rate = self.prior + (m @ m + np.trace(S)) / 2
            error = ((t - Z @ m) ** 2).sum() + np.trace(gram @ S)
            b_rate = self.prior + error / 2
            a, b = a_shape / a_rate, b_shape / b_rate
            log_a, log_b = digamma(a_shape) - np.log(a_rate), digamma(b_shape) - np.log(b_rate)
            fit = (n * (log_b - np.log(2 * np.pi)) - b * error) / 2
            weights = (d * log_a - a * (m @ m + np.trace(S)) + np.linalg.slogdet(S)[1] + d) / 2
            gammas = gamma_divergence(a_shape, a_rate, self.prior) + gamma_divergence(b_shape, b_rate, self.prior)
            self.bounds_.append(float(fit + weights - gammas))
            if len(self.bounds_) > 1 and abs(self.bounds_[-1] - self.bounds_[-2]) < 1e-9 * abs(self.bounds_[-1]):
                break
        self.coef_, self.sigma_, self.alpha_, self.beta_ = m, S, a, b
        return self

    def predict(self, X: np.ndarray, return_std: bool = False) -> np.ndarray | tuple[np.ndarray, np.ndarray]:
        check_is_fitted(self)
        Z = validate_data(self, X, dtype=float, reset=False) - self.mean_
        means = Z @ self.coef_ + self.level_
        if not return_std:
            return means
        return means, np.sqrt(1 / self.beta_ + np.einsum("ni,ij,nj->n", Z, self.sigma_, Z))


def picture(path: str) -> None:
    """A cubic through twelve points: the mean, two standard deviations, and lines drawn from q(w)."""
    import matplotlib.pyplot as plt

    rng = np.random.default_rng(0)
    x, line = np.sort(rng.uniform(-1, 1, 12)), np.linspace(-1.6, 1.6, 200)
    y = np.sin(2.5 * x) + rng.normal(0, 0.15, 12)
    powers = [np.column_stack([v, v**2, v**3]) for v in (x, line)]
    model = VariationalRegression().fit(powers[0], y)
    mean, spread = model.predict(powers[1], return_std=True)
    drawn = rng.multivariate_normal(model.coef_, model.sigma_, 8)
    plt.figure(figsize=(4, 3))
    plt.fill_between(line, mean - 2 * spread, mean + 2 * spread, alpha=0.2)
    plt.plot(line, (powers[1] - model.mean_) @ drawn.T + model.level_, c="0.6", lw=0.6)
    plt.plot(line, mean)
    plt.plot(x, y, "k.")
    plt.ylim(-3, 3)
    plt.tight_layout()
    plt.savefig(path)


def main() -> None:
    data = Path(os.environ.get("DATA_DIR", "data"))
    train, test = (pd.read_csv(data / f"{name}.csv", dtype={"id": str}) for name in ("train", "test"))
    columns = [c for c in test.columns if c != "id"]
    mean, spread = train[columns].mean(), train[columns].std().replace(0, 1)
    X, Q = (((frame[columns] - mean) / spread).to_numpy() for frame in (train, test))
    labels = VariationalRegression().fit(X, train["label"].to_numpy(float)).predict(Q)
    pd.DataFrame({"id": test["id"], "label": labels}).to_csv("submission.csv", index=False)


if __name__ == "__main__":
    picture(sys.argv[2]) if sys.argv[1:2] == ["--picture"] else main()
