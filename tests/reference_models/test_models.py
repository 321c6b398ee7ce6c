"""The first hand-written models against scikit-learn's, and two of them as submissions in the real sandbox."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn import naive_bayes as oracle
from sklearn.datasets import load_iris
from sklearn.neighbors import KNeighborsClassifier

from grader.outcome import Verdict
from grader.sandbox import Job, open_sandbox
from reference_models.knn import KNN
from reference_models.naive_bayes import GaussianNB, MultinomialNB

X, Y = load_iris(return_X_y=True)
ODD = np.arange(len(X)) % 2 == 1


def test_knn_agrees_with_scikit_learn():
    ours = KNN(n_neighbors=1).fit(X[ODD], Y[ODD]).predict(X[~ODD])
    theirs = KNeighborsClassifier(n_neighbors=1).fit(X[ODD], Y[ODD]).predict(X[~ODD])
    assert (ours == theirs).all()


def test_a_tied_vote_goes_to_the_nearer_neighbours():
    model = KNN(n_neighbors=2).fit(np.array([[0.0], [3.0]]), np.array(["far", "near"]))
    assert model.predict(np.array([[2.0]])).tolist() == ["near"]


def test_gaussian_naive_bayes_agrees_with_scikit_learn():
    ours = GaussianNB().fit(X[ODD], Y[ODD])
    theirs = oracle.GaussianNB().fit(X[ODD], Y[ODD])
    np.testing.assert_allclose(ours.theta_, theirs.theta_)
    np.testing.assert_allclose(ours.var_, theirs.var_)
    assert (ours.predict(X[~ODD]) == theirs.predict(X[~ODD])).all()


def test_multinomial_naive_bayes_agrees_with_scikit_learn():
    counts = np.random.default_rng(0).integers(0, 5, (60, 8))
    ours, theirs = MultinomialNB().fit(counts, Y[:60]), oracle.MultinomialNB().fit(counts, Y[:60])
    np.testing.assert_allclose(ours.log_likelihood_, theirs.feature_log_prob_)
    assert (ours.predict(counts) == theirs.predict(counts)).all()


@pytest.mark.sandbox
@pytest.mark.parametrize("name", ["knn.py", "mlp.py"])
def test_each_model_is_a_valid_submission(tmp_path: Path, runtime: Path, name: str):
    data = tmp_path / "data"
    data.mkdir()
    table = pd.DataFrame(X, columns=["a", "b", "c", "d"])
    table.insert(0, "id", [f"{i:03}" for i in range(len(X))])
    table[ODD].assign(label=Y[ODD]).to_csv(data / "train.csv", index=False)
    table[~ODD].to_csv(data / "test.csv", index=False)
    source = (Path(__file__).parents[2] / "reference_models" / name).read_bytes()
    job = Job(sources={name: source}, entry=name, data_dir=data, out_dir=tmp_path, runtime=runtime)
    result = open_sandbox().run(job)
    assert result.verdict is Verdict.OK, result.stderr
    labels = pd.read_csv(result.output, dtype={"id": str})
    assert labels["id"].tolist() == table[~ODD]["id"].tolist()
    assert (labels["label"] == Y[~ODD]).mean() > 0.9
