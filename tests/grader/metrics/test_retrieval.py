import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import ndcg_score

from grader.metrics import get_metric, retrieval


@pytest.mark.parametrize(
    ("name", "truth", "predicted", "expected"),
    [
        ("map@2", ["1 2 3 4 5"], ["6 4 7 1 2"], 0.25),
        ("map@5", ["1 2 3 4 5"], ["1 1 1 1 1"], 0.2),
        ("map@3", ["1 3 4", "1 2 4", "1 3"], ["1 2 3 4 5"] * 3, (5 / 9 + 2 / 3 + 5 / 6) / 3),
        ("map@3", ["", "a"], ["b", "a"], 1.0),
        ("map@3", [""], ["b"], 0.0),
        ("ndcg@2", ["a:3 b:2"], ["b a"], (2 + 3 / np.log2(3)) / (3 + 2 / np.log2(3))),
        ("ndcg@2", ["a b"], ["a a"], 1 / (1 + 1 / np.log2(3))),
        ("ndcg@2", ["a:0"], ["a"], 0.0),
    ],
)
def test_ranked_lists_by_hand(name, truth, predicted, expected):
    assert get_metric(name)(np.array(truth), np.array(predicted)) == pytest.approx(expected)


@given(st.lists(st.integers(0, 5), min_size=2, max_size=8), st.randoms(), st.integers(1, 8))
def test_ndcg_agrees_with_scikit_learn(gains, random, k):
    order = list(range(len(gains)))
    random.shuffle(order)
    scores = np.array([[-order.index(item) for item in range(len(gains))]])
    truth = np.array([" ".join(f"{item}:{gain}" for item, gain in enumerate(gains))])
    predicted = np.array([" ".join(map(str, order))])
    expected = ndcg_score(np.array([gains]), scores, k=k)
    assert retrieval.ndcg_score(truth, predicted, k=k) == pytest.approx(expected, abs=1e-9)
