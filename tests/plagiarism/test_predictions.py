"""The same wrong predictions beyond chance."""

import numpy as np
import pytest
from scipy.stats import binom

from plagiarism.predictions import identical_share, poisson_binomial_tail, shared_errors


def test_the_tail_is_the_binomials_where_all_chances_are_equal() -> None:
    assert poisson_binomial_tail(np.full(50, 0.1), 12) == pytest.approx(binom.sf(11, 50, 0.1))
    assert poisson_binomial_tail(np.array([0.5, 0.2]), 2) == pytest.approx(0.1)
    assert (poisson_binomial_tail(np.full(3, 0.5), 0), poisson_binomial_tail(np.full(3, 0.5), 4)) == (1.0, 0.0)


def classroom(rng: np.random.Generator, *, n_students: int, n_items: int = 400) -> tuple[np.ndarray, np.ndarray]:
    """Students who err more on hard items, and there prefer the item's own wrong answer."""
    truth = rng.integers(0, 5, n_items)
    hard = rng.beta(0.7, 2.5, n_items)
    lure = (truth + rng.integers(1, 5, n_items)) % 5
    is_wrong = rng.random((n_students, n_items)) < hard
    elsewhere = (truth + rng.integers(1, 5, (n_students, n_items))) % 5
    answers = np.where(is_wrong, np.where(rng.random((n_students, n_items)) < 0.6, lure, elsewhere), truth)
    return truth, answers


def test_independent_students_are_rarely_suspected() -> None:
    truth, answers = classroom(np.random.default_rng(5), n_students=30)
    p_values = [shared_errors(truth, answers, a, b).p_value for a in range(0, 20, 2) for b in range(1, 20, 2)]
    assert np.mean(np.array(p_values) < 0.01) <= 0.03


def test_copied_predictions_with_some_changes_stand_out() -> None:
    rng = np.random.default_rng(6)
    truth, answers = classroom(rng, n_students=30)
    answers[1] = np.where(rng.random(len(truth)) < 0.7, answers[0], answers[1])
    found = shared_errors(truth, answers, 0, 1)
    assert found.p_value < 1e-6
    assert found.same_wrong > 2 * found.expected - 1 or found.same_wrong > found.expected + 15


def test_two_perfect_students_share_no_error() -> None:
    truth = np.arange(10) % 3
    found = shared_errors(truth, np.stack([truth, truth, truth]), 0, 1)
    assert (found.same_wrong, found.p_value) == (0, 1.0)


def test_numbers_equal_to_nine_digits_are_identical() -> None:
    a = np.array([1.0, 2.0, 3.0, 0.0])
    assert identical_share(a, np.array([1.0 + 1e-12, 2.1, 3.0, 0.0])) == 0.75
