"""Groups, directions and outliers against scikit-learn's and scipy's own."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.cluster.hierarchy import linkage
from scipy.spatial.distance import pdist, squareform
from sklearn import cluster, decomposition, mixture
from sklearn.datasets import load_iris, make_blobs, make_moons
from sklearn.manifold import trustworthiness
from sklearn.metrics import adjusted_rand_score, roc_auc_score

from reference_models.unsupervised.agglomerative import Agglomerative, cut, evolve, join_all
from reference_models.unsupervised.anomalies import Isolation, Mahalanobis, NeighbourDistance, Reconstruction
from reference_models.unsupervised.dbscan import DBSCAN, knee
from reference_models.unsupervised.kmeans import KMeans
from reference_models.unsupervised.mixture import GaussianMixture
from reference_models.unsupervised.pca import PCA, nearest_labels
from reference_models.unsupervised.tsne import TSNE, divergence_and_slope, neighbour_odds

X, Y = load_iris(return_X_y=True)
BLOBS, WHICH = make_blobs(150, centers=4, cluster_std=0.6, random_state=1)
RNG = np.random.default_rng(0)


def test_k_means_settles_where_scikit_learn_s_does():
    ours, theirs = KMeans(4).fit(BLOBS), cluster.KMeans(4, n_init=10, random_state=0).fit(BLOBS)
    assert ours.inertia_ == pytest.approx(theirs.inertia_)
    assert adjusted_rand_score(ours.labels_, theirs.labels_) == 1


def test_the_inertia_never_rises():
    assert (np.diff(KMeans(3, n_starts=1).fit(X).history_) <= 1e-9).all()


@pytest.mark.parametrize("kind", ["single", "complete", "average"])
def test_the_tree_is_scipy_s(kind: str):
    points = RNG.normal(size=(30, 3))
    ours, theirs = join_all(squareform(pdist(points)), kind), linkage(points, kind)
    assert_allclose(ours[:, 2:], theirs[:, 2:], rtol=1e-9)
    assert_allclose(ours[:, :2], theirs[:, :2])


def test_cutting_the_tree_gives_as_many_groups_as_asked_for():
    joins = join_all(squareform(pdist(X)), "average")
    assert [len(set(cut(joins, k))) for k in (1, 2, 5, 150)] == [1, 2, 5, 150]
    theirs = cluster.AgglomerativeClustering(3, linkage="average").fit_predict(X)
    assert adjusted_rand_score(Agglomerative(3, "average").fit(X).labels_, theirs) == 1


def test_the_tree_of_life_joins_sisters_first():
    letters = np.array([list(dna) for dna in evolve(np.random.default_rng(0)).values()])
    joins = join_all((letters[:, None] != letters).sum(axis=2), "average")
    assert {tuple(sorted(pair)) for pair in joins[:4, :2].astype(int).tolist()} == {(0, 1), (2, 3), (4, 5), (6, 7)}


def test_dbscan_is_scikit_learn_s():
    moons, _ = make_moons(200, noise=0.08, random_state=0)
    ours, theirs = DBSCAN(eps=0.18).fit(moons), cluster.DBSCAN(eps=0.18).fit(moons)
    assert (ours.core_sample_indices_ == theirs.core_sample_indices_).all()
    assert adjusted_rand_score(ours.labels_, theirs.labels_) == 1
    assert ((ours.labels_ == -1) == (theirs.labels_ == -1)).all()


def test_the_knee_lies_between_the_crowd_and_the_noise():
    crowd = np.vstack([RNG.normal(0, 0.1, (200, 2)), RNG.uniform(-5, 5, (10, 2))])
    assert 0.02 < knee(crowd) < 1.5


def test_a_mixture_is_as_likely_as_scikit_learn_s():
    ours = GaussianMixture(4, n_starts=5).fit(BLOBS)
    theirs = mixture.GaussianMixture(4, n_init=5, random_state=0, tol=1e-7).fit(BLOBS)
    assert ours.likelihoods_[-1] == pytest.approx(theirs.score(BLOBS), abs=1e-3)
    assert adjusted_rand_score(ours.labels_, WHICH) == pytest.approx(1, abs=0.05)


def test_the_likelihood_rises_with_every_round():
    assert (np.diff(GaussianMixture(3, n_starts=1).fit(X).likelihoods_) > -1e-9).all()


@pytest.mark.parametrize("whiten", [False, True])
def test_components_are_scikit_learn_s(whiten: bool):
    ours, theirs = PCA(3, whiten).fit(X), decomposition.PCA(3, whiten=whiten).fit(X)
    assert_allclose(ours.explained_variance_, theirs.explained_variance_)
    assert_allclose(np.abs(ours.transform(X)), np.abs(theirs.transform(X)), atol=1e-9)
    assert_allclose(ours.inverse_transform(ours.transform(X)), theirs.inverse_transform(theirs.transform(X)), atol=1e-9)


def test_all_components_give_everything_back():
    model = PCA(4).fit(X)
    assert_allclose(model.inverse_transform(model.transform(X)), X)
    assert nearest_labels(X, Y, X[:5] + 1e-3).tolist() == [0] * 5


def test_the_map_s_slope_is_the_numerical_one():
    P, places = neighbour_odds(RNG.normal(size=(12, 4)), 4), RNG.normal(size=(12, 2))
    assert P.sum() == pytest.approx(1)
    _, slope = divergence_and_slope(P, places)
    for place in [(0, 0), (3, 1), (11, 0)]:
        step = np.zeros_like(places)
        step[place] = 1e-6
        numerical = divergence_and_slope(P, places + step)[0] - divergence_and_slope(P, places - step)[0]
        assert slope[place] == pytest.approx(numerical / 2e-6, abs=1e-7)


def test_each_point_has_as_many_neighbours_as_the_perplexity_says():
    rows = neighbour_odds(X[:60], 10) * 2 * 60
    assert rows.sum(axis=1).mean() == pytest.approx(2, abs=1e-6)


def test_neighbours_stay_neighbours_on_the_map():
    assert trustworthiness(X, TSNE(n_steps=300).fit_transform(X)) > 0.97


@pytest.mark.parametrize("kind", [Mahalanobis, NeighbourDistance, Reconstruction, Isolation])
def test_what_lies_far_away_is_odd(kind: type):
    clean, odd = RNG.normal(size=(200, 3)), RNG.normal(size=(20, 3)) + 6
    scores = kind().fit(clean).score(np.vstack([clean[:50], odd]))
    assert roc_auc_score(np.arange(70) >= 50, scores) > 0.99


def test_mahalanobis_distance_worked_out_by_hand():
    model = Mahalanobis().fit(np.array([[0.0, 0], [2, 0], [0, 4], [2, 4]]))
    # variances 4/3 and 16/3 around (1, 2), no covariance
    assert model.score(np.array([[3.0, 2], [1, 6]])) == pytest.approx([3, 3])


def test_what_a_bottleneck_can_t_redraw_is_odd():
    model = Reconstruction(n_code=1).fit(np.array([[-2.0, -2], [-1, -1], [1, 1], [2, 2]]))
    # along the line nothing is lost; both features have variance 2.5
    assert model.score(np.array([[5.0, 5], [1, -1]])) == pytest.approx([0, 2 / 2.5])
