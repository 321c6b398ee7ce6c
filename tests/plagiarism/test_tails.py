"""How many unrelated pairs a run expects as high as a given one."""

import numpy as np
import pytest

from plagiarism.tails import fused_tail

N = 20_000
PLACES = np.arange(1, N + 1) / (N + 1)  # the share of pairs that stand as high, of each pair
LIGHT = -np.log(PLACES)
HEAVY = (PLACES**-0.3 - 1) / 0.3


@pytest.mark.parametrize("heights", [LIGHT, HEAVY], ids=["light", "heavy"])
@pytest.mark.parametrize("rank", [10, 100, 1000])
def test_about_as_many_are_expected_as_there_are(heights, rank):
    assert 0.4 * rank < N * fused_tail(heights).chance(heights[rank - 1]) < 2.5 * rank


def test_sure_copies_do_not_hide_others():
    copied = np.r_[LIGHT, np.full(200, 80.0)]
    assert fused_tail(copied).chance(np.array([9.0])) == pytest.approx(np.exp(-9.0), rel=0.25)
