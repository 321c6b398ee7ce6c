import numpy as np
import pytest

from grader.metrics import METRICS, get_metric
from grader.outcome import Evaluation
from grader.probing import Handed, bounds, odd_scores, probing_signs

N = 1000


def handed(rows, truth=None):
    public = [None if truth is None else float((r[:300] == truth[:300]).mean()) for r in rows]
    return [Handed(key=i, predicted=r, public=p) for i, (r, p) in enumerate(zip(rows, public, strict=True))]


def codes(submissions):
    return [sign.code for sign in probing_signs(submissions, direction="higher")]


def test_models_that_improve_show_no_sign():
    rng = np.random.default_rng(1)
    truth = rng.integers(0, 2, N)
    models = [np.where(rng.random(N) < share, truth, 1 - truth) for share in np.linspace(0.6, 0.9, 20)]
    assert codes(handed(models, truth)) == []


def test_one_model_tuned_a_little_a_few_times_shows_no_sign():
    rng = np.random.default_rng(2)
    model = rng.integers(0, 2, N)
    tuned = [np.where(rng.random(N) < 0.005, 1 - model, model) for _ in range(4)]
    assert codes(handed([model, *tuned])) == []


def test_flipping_a_row_at_a_time_and_keeping_what_pays_is_seen():
    rng = np.random.default_rng(3)
    truth = rng.integers(0, 2, N)
    now = np.where(rng.random(N) < 0.7, truth, 1 - truth)
    rows = [now]
    for i in range(30):
        tried = now.copy()
        tried[i] = 1 - tried[i]
        rows.append(tried)
        if tried[i] == truth[i]:
            now = tried
    submissions = handed([*rows, now], truth)
    signs = probing_signs(submissions, direction="higher")
    assert [sign.code for sign in signs] == ["small_steps", "climbing"]
    assert signs[0].params["count"] == 30
    assert signs[0].message == "30 of 32 submissions differ from an earlier one in about 1 row only."
    assert signs[1].params == {"count": 30, "total": 30}


def test_small_changes_without_regard_to_the_score_are_steps_and_no_climb():
    rng = np.random.default_rng(4)
    truth = rng.integers(0, 2, N)
    rows = [rng.integers(0, 2, N)]
    for i in range(20):
        rows.append(rows[-1].copy())
        rows[-1][i] = 1 - rows[-1][i]
    assert codes(handed(rows, truth)) == ["small_steps"]


def test_constant_files_and_copies_are_seen():
    ones, twos = np.ones(N), np.full(N, 2.0)
    assert codes(handed([ones, twos])) == ["constants"]
    assert codes(handed([np.arange(N)] * 7)) == ["copies"]


def test_no_submission_and_one_submission_show_no_sign():
    assert codes([]) == codes(handed([np.arange(3)])) == []


def scores(public, private, overall=None, metric="accuracy"):
    chosen = get_metric(metric)
    overall = (public * 300 + private * 700) / 1000 if overall is None else overall
    found = Evaluation(
        metric=chosen.name,
        direction=chosen.direction,
        public=public,
        private=private,
        overall=overall,
        n_rows=1000,
        interval=None,
    )
    signs = odd_scores(found, metric=chosen, n_public=300, n_private=700, spread=0.5)
    return [sign.code for sign in signs]


@pytest.mark.parametrize(
    ("public", "private", "overall", "codes"),
    [
        (0.8, 0.79, None, []),
        (0.81, 0.8, None, []),
        (0.8005, 0.8, None, ["no_share"]),
        (1.2, 0.8, None, ["out_of_range", "gap"]),
        (0.8, 0.8, 0.9, ["parts_disagree"]),
        (0.81, 1.0, None, ["perfect"]),
        (1.0, 0.8, None, ["perfect", "gap"]),
        (0.98, 0.8, None, ["gap"]),
        (0.8, 0.98, None, []),
    ],
)
def test_scores_that_no_honest_file_has_are_named(public, private, overall, codes):
    assert scores(public, private, overall) == codes


def test_an_error_of_zero_is_perfect_and_a_lower_public_error_is_a_gap():
    assert scores(0.0, 0.3, metric="error_rate") == ["perfect", "gap"]
    assert scores(0.3, 0.0, metric="error_rate") == ["perfect"]


def test_every_metrics_range_is_two_numbers():
    assert all(low < high for low, high in map(bounds, METRICS.values()))
