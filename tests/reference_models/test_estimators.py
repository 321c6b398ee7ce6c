"""The hand-written estimators keep scikit-learn's promises: its own checks, one by one."""

from __future__ import annotations

import importlib
import warnings

import pytest
from sklearn.base import BaseEstimator
from sklearn.utils.estimator_checks import check_estimator

FAST = ["classify.discrete_naive_bayes.BernoulliNB", "classify.discriminant.LinearDiscriminant", "regress.linear.Ridge"]
# presence or absence of what exceeds a threshold says little about the checks' clouds of points
EXPECTED = {"BernoulliNB": {"check_classifiers_train": "its features are flags"}}
ALL = [
    *("classify.discrete_naive_bayes.BinnedNB", "classify.kd_tree.KDTreeKNN", "classify.locality_hashing.HashingKNN"),
    *("classify.dimensions.FewFeaturesKNN", "classify.perceptron.Perceptron", "classify.adaline.Adaline"),
    *("classify.softmax_regression.SoftmaxRegression", "classify.multiclass_hinge.MulticlassHinge"),
    *("classify.decision_tree.DecisionTree", "classify.random_forest.RandomForest", "kernels.svm.SVM"),
    *("kernels.kernel_ridge.KernelRidge", "regress.knn.KNNRegressor", "regress.tree.RegressionTree"),
    *("networks.two_layers.TwoLayers", "networks.computational_graph.GraphNetwork"),
    *("unsupervised.kmeans.KMeans", "unsupervised.agglomerative.Agglomerative"),
    *("unsupervised.dbscan.DBSCAN", "unsupervised.mixture.GaussianMixture", "unsupervised.pca.PCA"),
    *("generate.likelihood.LikeliestNormals", "generate.robbins_monro.StochasticLeastSquares"),
    "generate.bayesian_regression.VariationalRegression",
    *("regress.bias_variance.PolynomialRidge", "regress.losses.LossRegression"),
]


@pytest.mark.parametrize("name", [*FAST, *(pytest.param(name, marks=pytest.mark.slow) for name in ALL)])
def test_an_estimator_passes_scikit_learn_s_own_checks(name: str):
    module, _, kind = name.rpartition(".")
    estimator: BaseEstimator = getattr(importlib.import_module(f"reference_models.{module}"), kind)()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the checks feed estimators what makes numpy warn
        results = check_estimator(estimator, on_fail=None, on_skip=None, expected_failed_checks=EXPECTED.get(kind, {}))
    failures = [r for r in results if r["status"] == "failed"]
    assert [(r["check_name"], str(r["exception"])) for r in failures] == []
