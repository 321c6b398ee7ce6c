import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics as oracle

from grader.metrics import classification, get_metric

pairs = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=1, max_size=40)
binary = st.lists(st.tuples(st.integers(0, 1), st.integers(0, 1)), min_size=1, max_size=40)


def arrays(rows):
    truth, predicted = np.array(rows).T
    return truth, predicted


@given(pairs)
def test_averages_agree_with_scikit_learn(rows):
    truth, predicted = arrays(rows)
    for average in ("micro", "macro", "weighted"):
        for stem in ("precision", "recall", "f1"):
            expected = getattr(oracle, f"{stem}_score")(truth, predicted, average=average, zero_division=0)
            assert get_metric(f"{average}_{stem}_score")(truth, predicted) == pytest.approx(expected, abs=1e-12)
        expected = oracle.fbeta_score(truth, predicted, beta=2, average=average, zero_division=0)
        assert get_metric(f"{average}_fbeta_score@2")(truth, predicted) == pytest.approx(expected, abs=1e-12)


@given(binary)
def test_binary_metrics_agree_with_scikit_learn(rows):
    truth, predicted = arrays(rows)
    for stem in ("precision", "recall", "f1"):
        expected = getattr(oracle, f"{stem}_score")(truth, predicted, zero_division=0)
        assert get_metric(f"binary_{stem}_score")(truth, predicted) == pytest.approx(expected, abs=1e-12)
    expected = oracle.fbeta_score(truth, predicted, beta=0.5, zero_division=0)
    assert get_metric("binary_fbeta_score@0.5")(truth, predicted) == pytest.approx(expected, abs=1e-12)


@given(pairs)
def test_accuracy_error_balance_jaccard_and_confusions_agree_with_scikit_learn(rows):
    truth, predicted = arrays(rows)
    assert get_metric("accuracy")(truth, predicted) == pytest.approx(oracle.accuracy_score(truth, predicted))
    assert get_metric("error_rate")(truth, predicted) == pytest.approx(oracle.zero_one_loss(truth, predicted))
    expected = oracle.jaccard_score(truth, predicted, average="macro", zero_division=0)
    assert get_metric("jaccard")(truth, predicted) == pytest.approx(expected)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # scikit-learn warns of a class alone, or in the predictions only
        assert (classification.confusion_matrix(truth, predicted) == oracle.confusion_matrix(truth, predicted)).all()
        expected = oracle.balanced_accuracy_score(truth, predicted)
    assert get_metric("balanced_accuracy")(truth, predicted) == pytest.approx(expected)


@given(pairs)
def test_quadratic_weighted_kappa_agrees_with_scikit_learn_on_all_the_labels(rows):
    truth, predicted = arrays([*rows, *((label, label) for label in range(5))])
    expected = oracle.cohen_kappa_score(truth, predicted, weights="quadratic")
    assert get_metric("qwk")(truth, predicted) == pytest.approx(expected, abs=1e-12)


def test_kappa_weighs_by_the_labels_themselves_and_agrees_by_hand():
    # observed disagreement 2 of 7, expected 8 of 7
    assert get_metric("qwk")(np.array([1, 2, 3, 1, 2, 2, 3]), np.array([1, 2, 3, 1, 2, 3, 2])) == pytest.approx(0.75)
    # 1 and 9 are far apart though nothing lies between them
    near = get_metric("qwk")(np.array([1, 2, 9, 9]), np.array([2, 1, 9, 9]))
    assert near == pytest.approx(1 - 2 / 113.5)


def test_raters_of_one_class_agree_wholly_or_by_chance():
    assert get_metric("qwk")(np.array([2, 2]), np.array([2, 2])) == 1.0
    assert get_metric("qwk")(np.array([2, 2]), np.array([3, 3])) == 0.0


def test_text_labels_count_like_numbers():
    truth, predicted = np.array(["cat", "dog", "dog", "bird"]), np.array(["cat", "dog", "cat", "dog"])
    # F1: cat 2/3, dog 1/2, bird 0
    assert get_metric("macro_f1")(truth, predicted) == pytest.approx((2 / 3 + 1 / 2) / 3)


def test_a_binary_metric_refuses_three_classes():
    with pytest.raises(ValueError, match="two classes"):
        get_metric("binary_f1_score")(np.array([0, 1, 2]), np.array([0, 1, 1]))
