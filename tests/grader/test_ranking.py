import math

import pytest

from grader.ranking import Entry, rank


def ranks(scores, **options):
    entries = [Entry(key=i, score=s, at=i) for i, s in enumerate(scores)]
    return {r.key: r.rank for r in rank(entries, **options)}


def test_a_tie_goes_to_the_earlier_entry_or_is_shared():
    assert ranks([0.5, 0.9, 0.5, 0.1], direction="higher") == {1: 1, 0: 2, 2: 3, 3: 4}
    assert ranks([0.5, 0.9, 0.5, 0.1], direction="higher", ties="shared") == {1: 1, 0: 2, 2: 2, 3: 4}


def test_the_lower_error_ranks_first():
    assert ranks([0.5, 0.9, -1.0], direction="lower") == {2: 1, 0: 2, 1: 3}


def test_scores_that_differ_in_the_last_digit_do_not_tie():
    assert ranks([0.1 + 0.2, 0.3], direction="lower", ties="shared") == {1: 1, 0: 2}


@pytest.mark.parametrize("direction", ["higher", "lower"])
@pytest.mark.parametrize("missing", [None, math.nan])
def test_a_missing_score_ranks_last_in_both_directions(direction, missing):
    assert ranks([missing, 0.0, -1.0, math.inf, -math.inf], direction=direction)[0] == 5


def test_missing_scores_share_a_rank_where_ties_do():
    assert ranks([None, math.nan, 1.0], direction="higher", ties="shared") == {2: 1, 0: 2, 1: 2}
