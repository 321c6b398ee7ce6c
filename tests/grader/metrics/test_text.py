import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from grader.metrics import get_metric
from grader.metrics.text import edit_distance

words = st.text(alphabet="abcț", max_size=70)


def table_distance(a, b):
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, start=1):
        last, row[0] = row[0], i
        for j, y in enumerate(b, start=1):
            last, row[j] = row[j], min(last + (x != y), row[j] + 1, row[j - 1] + 1)
    return row[-1]


@given(words, words)
def test_the_bit_parallel_distance_is_the_tables(a, b):
    assert edit_distance(a, b) == edit_distance(b, a) == table_distance(a, b)


def test_the_mean_over_rows_by_hand():
    assert get_metric("levenshtein")(np.array(["kitten", "", "ab"]), np.array(["sitting", "abc", "ab"])) == 2.0
