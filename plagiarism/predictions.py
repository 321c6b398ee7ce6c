"""Whether two students' predictions agree more than two students of this class do by chance.

Copied predictions repeat *wrong* answers. How likely a wrong answer is to be repeated by chance is taken from the
class itself, item by item: on a hard item many give the same wrong answer, and repeating that proves nothing. Shown
beside the code's similarity, never fused with it: students who fit the same model on the same data agree too.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Codes = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
PRIOR_ANSWERS = 2.0  # how many made-up answers each item starts with: rates of few students are not to be trusted
MOST_ITEMS = 4_000
SAME_DIGITS = 9


@dataclass(frozen=True, kw_only=True)
class SharedErrors:
    """`same_wrong` items of both with one wrong answer, `expected` by chance, `p_value` of so many or more."""

    n_items: int
    wrong_a: int
    wrong_b: int
    same_wrong: int
    expected: float
    p_value: float


def shared_errors(truth: Codes, answers: Codes, a: int, b: int) -> SharedErrors:
    """Test of the class `answers` (n_students, n_items) for its students a and b against `truth` (n_items,).

    Given where one errs and how often the other errs, the other's errors fall on items as the rest of the class errs,
    and on the answers that the rest gives. The larger p-value of both directions is reported: the cautious one.
    """
    n_items = len(truth)
    wrong_a, wrong_b = answers[a] != truth, answers[b] != truth
    same = wrong_a & (answers[a] == answers[b])
    results = [_one_way(truth, answers, given=a, other=b), _one_way(truth, answers, given=b, other=a)]
    expected, p_value = max(results, key=lambda row: row[1])
    return SharedErrors(
        n_items=n_items,
        wrong_a=int(wrong_a.sum()),
        wrong_b=int(wrong_b.sum()),
        same_wrong=int(same.sum()),
        expected=round(expected, 2),
        p_value=p_value,
    )


def _one_way(truth: Codes, answers: Codes, *, given: int, other: int) -> tuple[float, float]:
    rest = np.delete(answers, [given, other], axis=0)
    n_classes = max(int(max(answers.max(), truth.max())) + 1, 2)
    n_wrong = int((answers[other] != truth).sum())
    wrong_rate = ((rest != truth).sum(axis=0) + PRIOR_ANSWERS * max(n_wrong, 1) / len(truth)) / (
        len(rest) + PRIOR_ANSWERS
    )
    wrong_rate = _tilted(wrong_rate, n_wrong)
    items = np.flatnonzero(answers[given] != truth)[:MOST_ITEMS]
    chosen = answers[given][items]
    n_same = (rest[:, items] == chosen).sum(axis=0)
    n_rest_wrong = (rest[:, items] != truth[items]).sum(axis=0)
    share = (n_same + PRIOR_ANSWERS / (n_classes - 1)) / (n_rest_wrong + PRIOR_ANSWERS)
    chances = wrong_rate[items] * np.minimum(share, 1.0)
    n_hits = int((answers[other][items] == chosen).sum())
    return float(chances.sum()), poisson_binomial_tail(chances, n_hits)


def _tilted(rates: Floats, total: int) -> Floats:
    """The rates with their odds multiplied by one factor, so that they add up to `total`."""
    rates = np.clip(rates, 1e-6, 1 - 1e-6)
    low, high = 1e-6, 1e6
    for _ in range(60):
        middle = (low * high) ** 0.5
        tilted = middle * rates / (1 - rates + middle * rates)
        low, high = (middle, high) if tilted.sum() < total else (low, middle)
    made: Floats = middle * rates / (1 - rates + middle * rates)
    return made


def poisson_binomial_tail(chances: Floats, n_hits: int) -> float:
    """P(at least `n_hits` successes) of independent trials with these chances, exactly."""
    if n_hits <= 0:
        return 1.0
    if n_hits > len(chances):
        return 0.0
    # probabilities of 0 .. n_hits - 1 successes; the rest is the tail
    below = np.zeros(n_hits)
    below[0] = 1.0
    tail = 0.0
    for p in chances.tolist():
        tail += below[-1] * p
        below[1:] = below[1:] * (1 - p) + below[:-1] * p
        below[0] *= 1 - p
    return float(min(max(tail, 0.0), 1.0))


def identical_share(a: Floats, b: Floats) -> float:
    """The share of items on which two files hold the same number to nine significant digits."""
    if not len(a):
        return 0.0
    scale = np.maximum(np.maximum(np.abs(a), np.abs(b)), 1e-300)
    return float(np.mean(np.abs(a - b) <= scale * 10.0**-SAME_DIGITS))
