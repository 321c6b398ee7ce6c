import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import jaccard_score

from grader.metrics import get_metric
from grader.metrics.overlap import boxes, overlaps


@given(st.lists(st.tuples(st.sets(st.integers(0, 5)), st.sets(st.integers(0, 5))), min_size=1))
def test_sets_agree_with_scikit_learn(rows):
    truth, predicted = ([" ".join(map(str, s)) for s in side] for side in zip(*rows, strict=True))
    marks = [np.array([[i in s for i in range(6)] for s in side]) for side in zip(*rows, strict=True)]
    expected = jaccard_score(*marks, average="samples", zero_division=1)
    assert get_metric("set_jaccard_score")(np.array(truth), np.array(predicted)) == pytest.approx(expected)


def test_boxes_overlap_by_hand():
    # 1 shared of 4 + 4 - 1
    assert overlaps(boxes("0 0 2 2"), boxes("1 1 3 3")).tolist() == [[1 / 7]]
    assert overlaps(boxes("0 0 0 0"), boxes("0 0 0 0")).tolist() == [[0.0]]


@pytest.mark.parametrize(
    ("truth", "predicted", "expected"),
    [
        ("0 0 2 2", "0 0 2 2", 1.0),
        ("0 0 2 2", "0 0 2 1", 1.0),  # exactly half
        ("0 0 2 2", "0 0 2 0.9", 0.0),
        ("0 0 2 2", "0 0 2 2 0 0 2 2", 0.5),  # one to one
        ("0 0 2 2 5 5 6 6", "0 0 2 2", 0.5),
        ("", "", 1.0),
        ("", "0 0 1 1", 0.0),
    ],
)
def test_boxes_match_one_to_one_from_the_threshold_up(truth, predicted, expected):
    assert get_metric("iou@0.5")(np.array([truth]), np.array([predicted])) == expected


@pytest.mark.parametrize("cell", ["1 2 3", "0 0 nan 1", "2 0 1 1", "a b c d"])
def test_what_is_no_box_raises(cell):
    with pytest.raises(ValueError):
        boxes(cell)
