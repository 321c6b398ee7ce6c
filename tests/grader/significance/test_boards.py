import numpy as np
import pytest

from grader.metrics import get_metric
from grader.predictions import read_solution
from grader.scoring import read_for_metric
from grader.significance import BoardRows, band_odds, board_rows, tied_groups
from grader.significance.influence import auc_influences, count_influences, group_influences, term_influences

RNG = np.random.default_rng(11)


def hits(*shares, n=2000, seed=0):
    """Contenders who get these shares of the rows right, each on rows of their own."""
    rng = np.random.default_rng(seed)
    right = np.zeros((len(shares), n))
    for row, share in zip(right, shares, strict=True):
        row[rng.permutation(n)[: round(share * n)]] = 1
    scores = right.mean(axis=1)
    return BoardRows(
        direction="higher",
        scores=scores,
        influences=(right - scores[:, None]).astype(np.float32),
        n_rows=right.shape[1],
    )


def weighted(influences, score, weights):
    return score + float(weights @ influences) / len(weights)


@pytest.mark.parametrize("name", ["accuracy", "macro_f1", "weighted_f1", "balanced_accuracy", "jaccard", "qwk"])
def test_the_influence_of_rows_foretells_a_score_of_resampled_labels(name):
    n = 4000
    truth = RNG.integers(0, 4, n)
    predicted = np.where(RNG.random(n) < 0.6, truth, RNG.integers(0, 4, n))
    metric = get_metric(name)
    score, influences = count_influences(metric, truth, predicted, np.arange(4))
    assert influences.mean() == pytest.approx(0, abs=1e-6)
    rows = RNG.integers(0, n, n)
    foretold = weighted(influences, score, np.bincount(rows, minlength=n))
    assert foretold == pytest.approx(metric(truth[rows], predicted[rows]), abs=1e-3)


def test_the_influence_of_rows_foretells_an_auc_and_a_root_of_a_mean():
    n = 4000
    truth = RNG.integers(0, 2, n)
    predicted = np.round(RNG.normal(truth, 1), 1)
    rows = RNG.integers(0, n, n)
    weights = np.bincount(rows, minlength=n)
    metric = get_metric("auc")
    score, influences = auc_influences(truth, predicted)
    assert score == pytest.approx(metric(truth, predicted))
    assert weighted(influences, score, weights) == pytest.approx(metric(truth[rows], predicted[rows]), abs=1e-3)
    metric = get_metric("rmse")
    score, influences = term_influences(metric, metric.row_terms(truth, predicted))
    assert score == pytest.approx(metric(truth, predicted))
    assert weighted(influences, score, weights) == pytest.approx(metric(truth[rows], predicted[rows]), abs=1e-3)


def test_leaving_out_groups_spreads_a_score_as_its_formula_does():
    truth = RNG.normal(size=3000)
    predicted = truth + RNG.normal(size=3000)
    metric = get_metric("mse")
    _, exact = term_influences(metric, metric.row_terms(truth, predicted))
    assert group_influences(metric, truth, predicted).std() == pytest.approx(exact.std(), rel=0.3)


def test_close_scores_are_tied_and_distant_ones_are_not():
    assert tied_groups(hits(0.80, 0.79, 0.60, 0.595, 0.30)) == [1, 1, 2, 2, 3]


def test_groups_follow_the_direction_of_the_metric():
    rows = hits(0.80, 0.79, 0.30)
    lower = BoardRows(direction="lower", scores=rows.scores, influences=rows.influences, n_rows=2000)
    assert tied_groups(lower) == [2, 2, 1]


def test_a_small_difference_on_otherwise_equal_work_is_told_apart():
    """Paired: 30 rows more right and none less are no coin toss, though the scores' intervals overlap."""
    right = np.zeros((2, 2000))
    right[:, :1000] = 1
    right[0, 1000:1030] = 1
    scores = right.mean(axis=1)
    rows = BoardRows(
        direction="higher",
        scores=scores,
        influences=(right - scores[:, None]).astype(np.float32),
        n_rows=right.shape[1],
    )
    assert tied_groups(rows) == [1, 2]


def test_a_clear_board_has_sure_bands_and_a_coin_toss_has_half():
    odds = band_odds(hits(0.9, 0.6, 0.6, 0.3), edges=[1, 2])
    assert [o.band for o in odds] == [0, 1, 2, 2]
    assert odds[0].probability == 1.0
    assert odds[3].probability == 1.0
    assert odds[1].probability == pytest.approx(0.5, abs=0.06)
    assert odds[1].ranks == (2, 3)
    assert sum(odds[1].probabilities) == pytest.approx(1)


def test_equal_work_keeps_its_order_in_every_resample():
    one = hits(0.7)
    rows = BoardRows(
        direction="higher", scores=one.scores.repeat(2), influences=one.influences.repeat(2, axis=0), n_rows=2000
    )
    assert [o.probability for o in band_odds(rows, edges=[1])] == [1.0, 1.0]


def test_the_chance_to_beat_the_baseline_is_strict_and_paired():
    rows = hits(0.7, 0.5, seed=1)
    better, same = band_odds(rows, edges=[1], baseline=hits(0.5, seed=2))
    assert better.beats_baseline == 1.0
    assert same.beats_baseline == pytest.approx(0.5, abs=0.07)
    copy = BoardRows(direction="higher", scores=rows.scores[:1], influences=rows.influences[:1], n_rows=2000)
    assert band_odds(copy, edges=[1], baseline=copy)[0].beats_baseline == 0.0


def test_bands_of_resampled_boards_are_those_of_scores_computed_anew():
    n = 1500
    truth = RNG.integers(0, 3, n)
    entries = [np.where(RNG.random(n) < share, truth, RNG.integers(0, 3, n)) for share in (0.5, 0.52, 0.54)]
    metric = get_metric("macro_f1")
    found = [count_influences(metric, truth, entry, np.arange(3)) for entry in entries]
    rows = BoardRows(
        direction="higher",
        scores=np.array([score for score, _ in found]),
        influences=np.array([influences for _, influences in found], dtype=np.float32),
        n_rows=n,
    )
    firsts = np.zeros(3)
    rng = np.random.default_rng(3)
    for _ in range(400):
        drawn = rng.integers(0, n, n)
        firsts[np.argmax([metric(truth[drawn], entry[drawn]) for entry in entries])] += 1 / 400
    for odds, share in zip(band_odds(rows, edges=[1]), firsts, strict=True):
        assert odds.probabilities[0] == pytest.approx(share, abs=0.08)


@pytest.mark.parametrize("metric", ["accuracy", "macro_f1", "rmse", "auc", "spearman"])
def test_entries_are_compared_on_the_private_rows(tmp_path, metric):
    lines = [f"{i},{i % 2},{'Private' if i % 3 else 'Public'}" for i in range(60)]
    (tmp_path / "s.csv").write_text("id,label,Usage\n" + "\n".join(lines))
    solution = read_solution(tmp_path / "s.csv")
    entries = []
    for wrong in (3, 7):
        path = tmp_path / f"{wrong}.csv"
        path.write_text("id,label\n" + "".join(f"{i},{i % 2 if i % wrong else 1 - i % 2}\n" for i in range(60)))
        entries.append(read_for_metric(path, solution=solution, metric=metric))
    rows = board_rows(entries, solution=solution, metric=metric)
    assert rows.influences.shape == (2, 40)
    better = 0  # the first errs on every third row, and those are all public
    assert tied_groups(rows)[better] == 1
    assert rows.scores[better] == (0.0 if metric == "rmse" else 1.0)


def test_several_columns_of_probabilities_are_one_score(tmp_path):
    (tmp_path / "s.csv").write_text("id,a,b\n1,1,0\n2,0,1\n")
    solution = read_solution(tmp_path / "s.csv")
    path = tmp_path / "p.csv"
    path.write_text("id,a,b\n1,0.5,0.5\n2,0.25,0.75\n")
    entry = read_for_metric(path, solution=solution, metric="log_loss")
    rows = board_rows([entry], solution=solution, metric="log_loss")
    assert rows.scores.tolist() == pytest.approx([-(np.log(0.5) + np.log(0.75)) / 2])


def test_many_rows_are_drawn_in_blocks_to_the_same_effect(tmp_path):
    n = 9000
    rng = np.random.default_rng(6)
    truth = rng.integers(0, 2, n)
    (tmp_path / "s.csv").write_text("id,label\n" + "".join(f"{i},{label}\n" for i, label in enumerate(truth)))
    solution = read_solution(tmp_path / "s.csv")
    entries = []
    for k in range(3):
        guess = np.where(rng.random(n) < 0.8 + 0.002 * k, truth, 1 - truth)
        (tmp_path / "p.csv").write_text("id,label\n" + "".join(f"{i},{label}\n" for i, label in enumerate(guess)))
        entries.append(read_for_metric(tmp_path / "p.csv", solution=solution, metric="accuracy"))
    rows = board_rows(entries, solution=solution, metric="accuracy")
    assert rows.influences.shape == (3, 2250)
    error = np.sqrt((rows.influences[0] ** 2).sum()) / n
    assert error == pytest.approx(np.sqrt(rows.scores[0] * (1 - rows.scores[0]) / n), rel=0.08)
    assert tied_groups(rows) == [1, 1, 1]
