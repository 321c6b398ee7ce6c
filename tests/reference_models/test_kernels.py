"""Kernels against their definitions and scikit-learn's, and the support-vector machine against libsvm."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose
from sklearn import kernel_ridge as oracle
from sklearn.datasets import load_iris
from sklearn.svm import SVC

from reference_models.kernels.kernel_ridge import (
    KERNELS,
    KernelRidge,
    embedded,
    left_out,
    normalised,
    polynomial,
    product,
    rbf,
    total,
    unit,
)
from reference_models.kernels.string_kernels import StringKernelSVC, blended, string_kernel
from reference_models.kernels.svm import SVM
from reference_models.regress.linear import Ridge

X, Y = load_iris(return_X_y=True)
RNG = np.random.default_rng(0)


@pytest.mark.parametrize("name", KERNELS)
def test_a_kernel_is_symmetric_and_has_no_negative_eigenvalue(name: str):
    K = KERNELS[name](X, X)
    assert_allclose(K, K.T)
    assert np.linalg.eigvalsh(K).min() > -1e-8 * np.abs(K).max()


@pytest.mark.parametrize(
    ("name", "expected"),
    [("linear", 11), ("polynomial", 1728), ("intersection", 4), ("hellinger", 2 + 3**0.5 + 2), ("pq", -6)],
)
def test_a_kernel_worked_out_by_hand(name: str, expected: float):
    a, b = np.array([[1.0, 3, 2]]), np.array([[4.0, 1, 2]])
    assert KERNELS[name](a, b)[0, 0] == pytest.approx(expected)


def test_kernel_ridge_agrees_with_scikit_learn():
    ours = KernelRidge(rbf(0.5), 0.1).fit(X, Y)
    theirs = oracle.KernelRidge(alpha=0.1, kernel="rbf", gamma=0.5).fit(X, Y - Y.mean())
    assert_allclose(ours.predict(X), theirs.predict(X) + Y.mean(), atol=1e-8)


def test_the_dual_form_with_features_written_out_is_the_primal_form_on_them():
    def squares(x: np.ndarray) -> np.ndarray:
        return np.hstack([x, x**2]) - np.hstack([X, X**2]).mean(axis=0)

    primal = Ridge(l2=0.7, form="primal").fit(squares(X), Y.astype(float))
    dual = KernelRidge(embedded(squares), 0.7).fit(X, Y)
    assert_allclose(dual.predict(X), primal.predict(squares(X)), atol=1e-8)
    assert_allclose(squares(X).T @ dual.dual_coef_, primal.coef_, atol=1e-8)


def test_the_error_of_a_left_out_example_is_that_of_learning_without_it():
    K, rest = rbf(0.5)(X, X), np.arange(150) != 7
    without = K[7, rest] @ np.linalg.solve(K[np.ix_(rest, rest)] + 0.3 * np.eye(149), Y[rest])
    assert left_out(K, Y[:, None], 0.3)[7, 0] == pytest.approx(Y[7] - without)


def test_sums_and_products_are_taken_place_by_place():
    a, b = KERNELS["linear"](X, X), rbf(0.3)(X, X)
    assert_allclose(total(KERNELS["linear"], rbf(0.3))(X, X), a + b)
    assert_allclose(product(KERNELS["linear"], rbf(0.3))(X, X), a * b)
    assert_allclose(total(KERNELS["linear"], rbf(0.3), weights=[2, 0.5])(X, X), 2 * a + b / 2)


def test_a_kernel_is_the_inner_product_of_features():
    pairs = X[:, :2]
    squares = embedded(lambda x: np.column_stack([x[:, 0] ** 2, 2**0.5 * x[:, 0] * x[:, 1], x[:, 1] ** 2]))
    assert_allclose(squares(pairs, pairs), (pairs @ pairs.T) ** 2)
    B = np.array([[2.0, 1], [1, 3]])
    assert_allclose(embedded(lambda x: x @ np.linalg.cholesky(B))(pairs, pairs), pairs @ B @ pairs.T)


def test_normalising_the_kernel_is_normalising_the_features():
    assert_allclose(np.linalg.norm(unit(X), axis=1), 1)
    assert_allclose(normalised(KERNELS["linear"])(X, X), KERNELS["linear"](unit(X), unit(X)))
    assert_allclose(np.diag(normalised(polynomial(2))(X, X)), 1)


# abab holds ab twice and ba once; abc holds ab and bc
@pytest.mark.parametrize(("kind", "expected"), [("spectrum", 2), ("presence", 1), ("intersection", 1)])
def test_a_string_kernel_worked_out_by_hand(kind: str, expected: float):
    assert string_kernel(["abab"], ["abc"], p=2, kind=kind).tolist() == [[expected]]
    assert string_kernel(["abab"], ["abab"], p=2, kind=kind).item() == {"spectrum": 5, "presence": 2}.get(kind, 3)


# seven pairs of letters in both, one of them twice in the first
@pytest.mark.parametrize(("kind", "expected"), [("spectrum", 8), ("presence", 7), ("intersection", 7)])
def test_a_pineapple_pi_is_nearly_an_apple_pie(kind: str, expected: float):
    assert string_kernel(["pineapple pi"], ["apple pie"], p=2, kind=kind).tolist() == [[expected]]


def test_a_text_is_like_itself_and_unlike_what_shares_nothing():
    K = blended(["banana bello", "doo dah"], ["banana bello", "xyz", ""])
    assert K[0].tolist() == pytest.approx([1, 0, 0])


def test_string_kernels_tell_two_invented_languages_apart():
    banana, furbish = (
        ["baboi bello", "hana stupa bananonina", "bello hana"],
        ["doo dah toh", "yoo ee-tay", "dah-boo toh"],
    )
    model = StringKernelSVC().fit(banana + furbish, np.repeat(["banana", "furbish"], 3))
    assert model.predict(["stupa baboi", "toh dah"]).tolist() == ["banana", "furbish"]


@pytest.mark.parametrize(("C", "gamma"), [(1.0, 0), (1.0, 2.0), (100.0, 0.5)])
def test_the_machine_draws_libsvm_s_line(C: float, gamma: float):
    ours = SVM(C=C, gamma=gamma, tol=1e-5).fit(X[50:], Y[50:])
    theirs = SVC(C=C, kernel="rbf" if gamma else "linear", gamma=(gamma or 1) / 4, tol=1e-5).fit(X[50:], Y[50:])
    assert_allclose(-ours.margins(X)[:, 0], theirs.decision_function(X), atol=2e-3)


@pytest.mark.parametrize("multi", ["ovo", "ova"])
def test_both_ways_to_many_classes_classify_the_flowers(multi: str):
    model = SVM(C=5, multi=multi).fit(X, Y)
    assert model.margins(X).shape == (150, 3)
    assert (model.predict(X) == Y).mean() > 0.97


def test_a_hard_margin_lets_no_example_inside():
    model = SVM(C=np.inf, gamma=0, tol=1e-6).fit(X[:100], Y[:100])
    assert np.abs(model.margins(X[:100])).min() == pytest.approx(1, abs=1e-4)
    assert len(model.support_) <= 4
