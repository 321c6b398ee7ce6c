"""Classifiers against scikit-learn's, their gradients against numerical ones, and what each is known for."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose
from sklearn import naive_bayes
from sklearn.datasets import load_iris
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.linear_model import LogisticRegression
from sklearn.metrics.pairwise import haversine_distances
from sklearn.neighbors import KNeighborsClassifier
from sklearn.tree import DecisionTreeClassifier

from reference_models.classify import multiclass_hinge, softmax_regression
from reference_models.classify.adaline import Adaline
from reference_models.classify.bayes_optimal import BayesOptimal, posterior
from reference_models.classify.decision_tree import DecisionTree
from reference_models.classify.dimensions import FewFeaturesKNN, contrast, hughes_curve
from reference_models.classify.discrete_naive_bayes import BernoulliNB, BinnedNB
from reference_models.classify.discriminant import LinearDiscriminant
from reference_models.classify.distances import DISTANCES, DistanceKNN
from reference_models.classify.kd_tree import KDTree, KDTreeKNN
from reference_models.classify.locality_hashing import HashingKNN
from reference_models.classify.model_selection import GRID, folds, grid_search, scaler, three_way
from reference_models.classify.perceptron import Perceptron
from reference_models.classify.random_forest import RandomForest
from reference_models.classify.spam_filter import SpamFilter

X, Y = load_iris(return_X_y=True)
ODD = np.arange(len(X)) % 2 == 1
RNG = np.random.default_rng(0)


def test_bernoulli_naive_bayes_agrees_with_scikit_learn():
    flags = RNG.integers(0, 2, (80, 7))
    labels = np.arange(80) % 3
    ours, theirs = BernoulliNB().fit(flags, labels), naive_bayes.BernoulliNB().fit(flags, labels)
    assert_allclose(ours.log_present_, theirs.feature_log_prob_)
    assert (ours.predict(flags) == theirs.predict(flags)).all()


def test_binned_naive_bayes_agrees_with_scikit_learn_on_the_same_bins():
    ours = BinnedNB(n_bins=4).fit(X[ODD], Y[ODD])
    theirs = naive_bayes.CategoricalNB(min_categories=4).fit(ours._bins(X[ODD]), Y[ODD])
    assert (ours.predict(X[~ODD]) == theirs.predict(ours._bins(X[~ODD]))).all()


@pytest.mark.parametrize(
    ("name", "a", "b", "expected"),
    [
        ("euclidean", [0, 0], [3, 4], 5),
        ("manhattan", [0, 0], [3, 4], 7),
        ("minkowski", [0, 0], [3, 4], 91 ** (1 / 3)),
        ("chebyshev", [0, 0], [3, 4], 4),
        ("hamming", [1, 2, 3, 4], [1, 0, 3, 0], 0.5),
        ("cosine", [1, 0], [1, 1], 1 - 2**-0.5),
        ("jaccard", [1, 1, 0, 2], [0, 3, 0, 1], 1 / 3),
        ("time_warping", [0, 0, 1, 2], [0, 1, 1, 1, 2], 0),
        ("time_warping", [0, 1], [0, 3], 2),
    ],
)
def test_a_distance_worked_out_by_hand(name: str, a: list[int], b: list[int], expected: float):
    assert DISTANCES[name](np.array(a, float), np.array(b, float)) == pytest.approx(expected)


@pytest.mark.parametrize(("a", "b", "expected"), [("kitten", "sitting", 3), ("", "abc", 3), ("flaw", "lawn", 2)])
def test_edit_distance_counts_the_fewest_changes(a: str, b: str, expected: int):
    assert DISTANCES["edit"](a, b) == expected


def test_great_circle_agrees_with_scikit_learn():
    bucharest, trieste = np.array([44.43, 26.1]), np.array([45.65, 13.77])
    theirs = haversine_distances(np.radians([bucharest, trieste]))[0, 1] * 6371.0088
    assert DISTANCES["great_circle"](bucharest, trieste) == pytest.approx(theirs)


# two a at 1 and 100, two b at 1.5 each: 1 / distance sums to 1.01 and 1.33
@pytest.mark.parametrize(("ties", "expected"), [("weighted", {"b"}), ("nearest", {"a"}), ("random", {"a", "b"})])
def test_each_rule_breaks_a_tie_its_own_way(ties: str, expected: set[str]):
    places, labels = np.array([[1.0], [100.0], [1.5], [-1.5]]), np.array(["a", "a", "b", "b"])
    model = DistanceKNN(n_neighbors=4, ties=ties).fit(places, labels)
    assert set(model.predict(np.zeros((20, 1))).tolist()) == expected


def test_below_one_minkowski_s_is_no_distance():
    start, corner, end = np.zeros(2), np.array([0.0, 1]), np.ones(2)
    measure = DISTANCES["minkowski"]
    assert measure(start, end, p=0.5) == 4 > measure(start, corner, p=0.5) + measure(corner, end, p=0.5)
    assert measure(start, end, p=2) < measure(start, corner, p=2) + measure(corner, end, p=2)


def test_the_tree_finds_the_neighbours_that_a_full_search_finds():
    points, queries = RNG.normal(size=(300, 3)), RNG.normal(size=(40, 3))
    tree = KDTree(points)
    full = np.argsort(((queries[:, None] - points) ** 2).sum(axis=2), axis=1)[:, :5]
    assert [tree.query(q, 5).tolist() for q in queries] == full.tolist()
    assert tree.n_visited < 40 * 300 / 16


def test_tree_knn_agrees_with_scikit_learn():
    theirs = KNeighborsClassifier(5).fit(X[ODD], Y[ODD])
    assert (KDTreeKNN(5).fit(X[ODD], Y[ODD]).predict(X[~ODD]) == theirs.predict(X[~ODD])).mean() > 0.98


def test_hashing_compares_few_points_and_loses_little():
    points, queries = RNG.normal(size=(400, 8)), RNG.normal(size=(100, 8))
    labels = (points[:, 0] > 0).astype(int)
    model = HashingKNN(n_bits=10, n_tables=6).fit(points, labels)
    assert np.mean([len(c) for c in model.candidates(queries)]) < 100
    assert (model.predict(queries) == (queries[:, 0] > 0)).mean() > 0.8


def test_distances_lose_their_contrast_as_dimensions_grow():
    few, many = (
        np.median([contrast(d, n_points=200, rng=np.random.default_rng(i)) for i in range(9)]) for d in (2, 200)
    )
    assert few > 10
    assert many < 0.6


def test_accuracy_rises_and_then_falls_with_the_number_of_features():
    curves = [hughes_curve([1, 4, 200], n_train=30, rng=np.random.default_rng(i)) for i in range(12)]
    one, four, many = np.mean(curves, axis=0)
    assert one < four > many


def test_the_chosen_number_of_features_leaves_noise_out():
    noisy = np.column_stack([X, RNG.normal(size=(len(X), 60))])
    assert FewFeaturesKNN().fit(noisy, Y).n_features_kept_ <= 8


def test_a_perceptron_stops_once_a_line_separates_the_classes():
    model = Perceptron(epochs=100).fit(X[:100], Y[:100])
    assert model.n_mistakes_[-1] == 0
    assert (model.predict(X[:100]) == Y[:100]).all()


def test_adaline_settles_near_the_least_squares_line():
    model = Adaline(epochs=300).fit(X, Y)
    inputs = np.column_stack([(X - model.mean_) / model.spread_, np.ones(len(X))])
    best, *_ = np.linalg.lstsq(inputs, np.where(Y[:, None] == range(3), 1.0, -1.0))
    assert model.losses_[-1] == pytest.approx(
        ((inputs @ best - np.where(Y[:, None] == range(3), 1, -1)) ** 2).mean(), rel=0.02
    )


# scores of cat, car and frog for one picture of each
@pytest.mark.parametrize(
    ("scores", "right", "hinge", "softmax"),
    [([3.2, 5.1, -1.7], 0, 2.9, 2.04), ([1.3, 4.9, 2.0], 1, 0, 0.079), ([2.2, 2.5, -3.1], 2, 12.9, 6.156)],
)
def test_a_loss_worked_out_by_hand(scores: list[float], right: int, hinge: float, softmax: float):
    W, one = np.array([scores]), np.ones((1, 1))
    assert multiclass_hinge.loss_and_gradient(W, one, np.array([right]), 0)[0] == pytest.approx(hinge)
    found = softmax_regression.loss_and_gradient(W, one, np.eye(3)[[right]], 0)[0]
    assert found == pytest.approx(softmax, abs=0.005)


def test_the_softmax_gradient_is_the_numerical_one():
    inputs, targets, W = RNG.normal(size=(9, 4)), np.eye(3)[RNG.integers(0, 3, 9)], RNG.normal(size=(4, 3))

    def loss(weights: np.ndarray) -> float:
        return softmax_regression.loss_and_gradient(weights, inputs, targets, 0.1)[0]

    _, gradient = softmax_regression.loss_and_gradient(W, inputs, targets, 0.1)
    assert_allclose(gradient, softmax_regression.numerical_gradient(loss, W), atol=1e-8)


def test_the_hinge_gradient_is_the_numerical_one():
    inputs, codes, W = RNG.normal(size=(9, 4)), RNG.integers(0, 3, 9), RNG.normal(size=(4, 3))

    def loss(weights: np.ndarray) -> float:
        return multiclass_hinge.loss_and_gradient(weights, inputs, codes, 0.1)[0]

    _, gradient = multiclass_hinge.loss_and_gradient(W, inputs, codes, 0.1)
    assert_allclose(gradient, softmax_regression.numerical_gradient(loss, W), atol=1e-7)


def test_softmax_regression_agrees_with_scikit_learn():
    ours = softmax_regression.SoftmaxRegression(l2=0.01, epochs=400, lr=1).fit(X, Y)
    theirs = LogisticRegression(C=1 / (0.01 * len(X)), fit_intercept=False, max_iter=1000)
    expected = theirs.fit(ours._inputs(X), Y).predict_proba(ours._inputs(X))
    assert_allclose(ours.predict_proba(X), expected, atol=0.02)


def test_discriminant_analysis_agrees_with_scikit_learn():
    ours, theirs = LinearDiscriminant(shrinkage=0).fit(X, Y), LinearDiscriminantAnalysis().fit(X, Y)
    assert (ours.predict(X) == theirs.predict(X)).all()
    for mine, yours in zip(ours.transform(X).T, theirs.transform(X).T, strict=True):
        assert abs(np.corrcoef(mine, yours)[0, 1]) == pytest.approx(1)


def test_a_tree_is_as_good_as_scikit_learn_s():
    ours = DecisionTree().fit(X[ODD], Y[ODD]).predict(X[~ODD])
    theirs = DecisionTreeClassifier(random_state=0).fit(X[ODD], Y[ODD]).predict(X[~ODD])
    assert (ours == Y[~ODD]).mean() >= (theirs == Y[~ODD]).mean() - 0.02
    assert (DecisionTree().fit(X, Y).predict(X) == Y).all()


def test_a_forest_knows_its_own_accuracy():
    model = RandomForest(60).fit(X[ODD], Y[ODD])
    assert model.oob_score_ == pytest.approx((model.predict(X[~ODD]) == Y[~ODD]).mean(), abs=0.05)


def test_the_spam_filter_says_which_words_it_minds():
    model = SpamFilter().fit(
        ["free cash today", "free prize", "exam today", "my exam notes"], ["spam", "spam", "ham", "ham"]
    )
    assert model.predict(["Free notes free", "exam prize exam"]).tolist() == ["spam", "ham"]
    assert [word for word, _ in model.why("an exam and cash")] == ["exam", "cash"]


def test_bayes_rule_opens_the_other_door():
    assert posterior([1 / 3, 1 / 3, 1 / 3], [1 / 2, 1, 0]).tolist() == pytest.approx([1 / 3, 2 / 3, 0])
    # one in forty has a cold, half of those a headache, and one in ten has a headache
    assert posterior([1 / 40, 39 / 40], [1 / 2, (1 / 10 - 1 / 80) / (39 / 40)])[0] == pytest.approx(1 / 8)


def test_nobody_beats_the_bayes_optimal_classifier():
    two = BayesOptimal({"priors": [0.5, 0.5], "means": [[-1], [1]], "covariances": [[[1]], [[1]]]})
    # P(error) of two unit normals two apart is Phi(-1)
    assert two.bayes_error(rng=np.random.default_rng(0)) == pytest.approx(0.15866, abs=0.002)
    points, labels = two.sample(4000, np.random.default_rng(1))
    optimal = (two.predict(points) == labels).mean()
    assert optimal > LinearDiscriminant().fit(points[:40], labels[:40]).score(points, labels) - 1e-9


@pytest.mark.parametrize("kind", ["centre", "standardise", "whiten"])
def test_scaling_does_what_it_says(kind: str):
    shift, matrix = scaler(X, kind, epsilon=0)
    covariance = np.cov(((X - shift) @ matrix).T, bias=True)
    expected = {"centre": np.cov(X.T, bias=True), "standardise": np.corrcoef(X.T), "whiten": np.eye(4)}
    assert_allclose(covariance, expected[kind], atol=1e-8)


def test_every_example_validates_once_and_never_trains_then():
    pairs = list(folds(23, 5, rng=np.random.default_rng(0)))
    assert sorted(np.concatenate([b for _, b in pairs])) == list(range(23))
    assert all(sorted([*a, *b]) == list(range(23)) for a, b in pairs)
    assert [len(part) for part in three_way(50, rng=np.random.default_rng(0))] == [30, 10, 10]


def test_the_grid_s_best_is_first():
    rows = grid_search(X, Y, {**GRID, "gamma": [0.5]}, k=3, rng=np.random.default_rng(0))
    assert len(rows) == 9
    assert rows[0][0] == max(row[0] for row in rows) > 0.95
