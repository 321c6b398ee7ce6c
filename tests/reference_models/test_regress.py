"""Regression against scikit-learn's, slopes of losses against numerical ones, and what bias and variance add up to."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose
from sklearn import linear_model, metrics, tree
from sklearn.datasets import load_diabetes
from sklearn.neighbors import KNeighborsRegressor

from reference_models.regress.bias_variance import PolynomialRidge, decompose, wave
from reference_models.regress.knn import KNNRegressor
from reference_models.regress.linear import Ridge
from reference_models.regress.losses import LOSSES, LossRegression
from reference_models.regress.tree import RegressionTree

X, Y = load_diabetes(return_X_y=True)
RNG = np.random.default_rng(0)


@pytest.mark.parametrize("form", ["primal", "dual"])
def test_ridge_regression_agrees_with_scikit_learn_in_both_forms(form: str):
    ours, theirs = Ridge(l2=0.3, form=form).fit(X, Y), linear_model.Ridge(0.3).fit(X, Y)
    assert_allclose(ours.coef_, theirs.coef_, rtol=1e-8)
    assert ours.intercept_ == pytest.approx(theirs.intercept_)


def test_without_a_penalty_it_is_least_squares():
    assert_allclose(Ridge(l2=0).fit(X, Y).coef_, linear_model.LinearRegression().fit(X, Y).coef_, rtol=1e-6)


@pytest.mark.parametrize("weights", ["uniform", "distance"])
def test_neighbours_agree_with_scikit_learn(weights: str):
    ours, theirs = KNNRegressor(7, weights).fit(X[:300], Y[:300]), KNeighborsRegressor(7, weights=weights)
    assert_allclose(ours.predict(X[300:]), theirs.fit(X[:300], Y[:300]).predict(X[300:]), rtol=1e-9)


def test_a_regression_tree_agrees_with_scikit_learn():
    ours = RegressionTree(max_depth=4, min_leaf=5).fit(X, Y)
    theirs = tree.DecisionTreeRegressor(max_depth=4, min_samples_leaf=5, random_state=0).fit(X, Y)
    assert metrics.mean_squared_error(Y, ours.predict(X)) == pytest.approx(
        metrics.mean_squared_error(Y, theirs.predict(X)), rel=1e-6
    )


def test_bias_variance_and_noise_add_up_to_the_error():
    parts = decompose(PolynomialRidge(3), wave, n_draws=400, rng=np.random.default_rng(1))
    assert parts["error"] == pytest.approx(parts["bias2"] + parts["variance"] + parts["noise"], rel=0.05)


def test_a_stiff_model_is_biased_and_a_supple_one_varies():
    stiff, supple = (decompose(PolynomialRidge(d), wave, rng=np.random.default_rng(1)) for d in (1, 7))
    assert stiff["bias2"] > 5 * stiff["variance"]
    assert supple["variance"] > 5 * supple["bias2"]


def targets(name: str) -> np.ndarray:
    if name in ("cross_entropy", "kullback_leibler"):
        return RNG.dirichlet(np.ones(3), 8)
    if name == "hinge":
        return RNG.choice([-1.0, 1.0], 8)
    return RNG.integers(0, 2, 8).astype(float) if name == "binary_cross_entropy" else RNG.random(8) * 3


@pytest.mark.parametrize("name", LOSSES)
def test_the_slope_of_a_loss_is_the_numerical_one(name: str):
    t, h = targets(name), 1e-6
    f = RNG.random(t.shape) * 2 + 0.1
    for place in np.ndindex(t.shape):
        step = np.zeros_like(f)
        step[place] = h
        numerical = (LOSSES[name](t, f + step)[0].sum() - LOSSES[name](t, f - step)[0].sum()) / (2 * h)
        assert LOSSES[name](t, f)[1][place] == pytest.approx(numerical, abs=1e-6)


def test_losses_agree_with_scikit_learn():
    t, f = RNG.random(9), RNG.random(9)
    assert LOSSES["squared_log"](t, f)[0].mean() == pytest.approx(metrics.mean_squared_log_error(t, f))
    signs, scores = np.array([-1, 1, 1, -1]), np.array([0.3, 0.2, 2, -3])
    assert LOSSES["hinge"](signs, scores)[0].mean() == pytest.approx(metrics.hinge_loss(signs, scores))
    one_hot, scores = np.eye(3), RNG.normal(size=(3, 3))
    shares = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    assert LOSSES["cross_entropy"](one_hot, scores)[0].mean() == pytest.approx(metrics.log_loss([0, 1, 2], shares))


def test_squared_error_settles_at_the_mean_and_absolute_error_at_the_median():
    nothing, values = np.zeros((5, 1)), np.array([0.0, 1, 2, 3, 94])
    assert LossRegression("squared").fit(nothing, values).predict([[0]]) == pytest.approx(20, abs=0.1)
    assert LossRegression("absolute").fit(nothing, values).predict([[0]]) == pytest.approx(2, abs=0.1)
