import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grader.cli import main
from grader.metrics import get_metric
from grader.predictions import InvalidSolution, read_solution
from grader.scoring import score_file
from grader.suitability import check_solution


@pytest.fixture
def folder(tmp_path: Path, files) -> Path:
    (tmp_path / "s.csv").write_text(files.solution)
    (tmp_path / "half.csv").write_bytes(files.half)
    (tmp_path / "bad.csv").write_text("id,label\n01,a\n")
    return tmp_path


def score(folder: Path, name: str, metric: str = "accuracy") -> int:
    return main(["score", "--solution", str(folder / "s.csv"), "--predictions", str(folder / name), "--metric", metric])


def test_public_private_and_overall_are_scored_apart(folder, capsys):
    assert score(folder, "half.csv") == 0
    result = json.loads(capsys.readouterr().out)
    assert (result["public"], result["private"], result["overall"], result["n_rows"]) == (0.5, 0.5, 0.5, 6)
    assert result["metric"] == "accuracy_score"
    low, high = result["interval"]
    assert 0 <= low <= 0.5 <= high <= 1


def test_bad_predictions_exit_with_2_one_json_object_and_a_sentence(folder, capsys):
    assert score(folder, "bad.csv") == 2
    out, err = capsys.readouterr()
    assert json.loads(out)["code"] == "missing_ids"
    assert err.startswith("5 of 6 ids have no prediction")


def test_an_unknown_metric_and_a_missing_file_exit_with_2(folder, capsys):
    assert score(folder, "half.csv", "nonsense") == 2
    assert score(folder, "none.csv") == 2


def test_without_usage_every_row_is_private(folder, capsys):
    (folder / "s.csv").write_text("id,label\n01,a\n02,b\n03,a\n04,b\n05,a\n06,b\n")
    assert score(folder, "half.csv") == 0
    result = json.loads(capsys.readouterr().out)
    assert (result["public"], result["private"]) == (None, 0.5)


# ---- parts, columns, and what can't be scored


def score_text(tmp_path, solution, predictions, metric):
    (tmp_path / "truth.csv").write_text(solution)
    (tmp_path / "guess.csv").write_text(predictions)
    return score_file(tmp_path / "guess.csv", solution=read_solution(tmp_path / "truth.csv"), metric=metric)


USED = "id,label,Usage\n1,1,Public\n2,0,Public\n3,1,Private\n4,0,Private\n5,1,Private\n6,0,Ignored\n"


@pytest.mark.parametrize(
    ("metric", "public", "private", "overall"),
    [
        ("accuracy", 0.5, 2 / 3, 3 / 5),
        ("error_rate", 0.5, 1 / 3, 2 / 5),
        ("macro_f1", 1 / 3, 2 / 3, 0.583333),
        ("mse", 0.5, 1 / 3, 2 / 5),
        ("rmse", 0.5**0.5, (1 / 3) ** 0.5, 0.4**0.5),
        ("auc", 0.5, 0.75, 2 / 3),
        ("average_precision", 0.5, 5 / 6, 0.7333333),
        ("spearman", 0.0, 0.5, 1 / 6**0.5),
    ],
)
def test_each_part_is_scored_by_hand_and_ignored_rows_count_nowhere(tmp_path, metric, public, private, overall):
    guess = "id,label\n6,1\n5,1\n4,0\n3,0\n2,0\n1,0\n"
    if metric in {"auc", "average_precision"}:
        # scores 0 and 1 alone
        expected = oracle_parts(metric)
        public, private, overall = expected
    found = score_text(tmp_path, USED, guess, metric)
    assert (found.public, found.private, found.overall) == pytest.approx((public, private, overall), abs=1e-6)
    assert found.n_rows == 5
    low, high = found.interval
    assert low <= found.private + 1e-9 and found.private <= high + 1e-9


def oracle_parts(metric):
    from sklearn import metrics

    function = metrics.roc_auc_score if metric == "auc" else metrics.average_precision_score
    truth, guess = np.array([1, 0, 1, 0, 1]), np.array([0, 0, 0, 0, 1])
    return tuple(float(function(truth[part], guess[part])) for part in (slice(0, 2), slice(2, 5), slice(0, 5)))


def test_several_columns_of_probabilities_are_scored_as_kaggle_does(tmp_path):
    """By hand: -ln of 0.8, 0.5 and, after dividing by the row's sum, 0.25."""
    solution = "id,a,b,Usage\n1,1,0,Public\n2,0,1,Private\n3,1,0,Private\n"
    found = score_text(tmp_path, solution, "id,a,b\n1,0.8,0.2\n2,0.5,0.5\n3,0.1,0.3\n", "log_loss")
    assert found.public == pytest.approx(0.223144, abs=1e-6)
    assert found.private == pytest.approx((0.693147 + 1.386294) / 2, abs=1e-6)
    assert found.interval is not None


def test_several_columns_of_values_are_averaged(tmp_path):
    found = score_text(tmp_path, "id,a,b\n1,0,0\n2,0,0\n", "id,a,b\n1,1,3\n2,1,3\n", "rmse")
    assert (found.public, found.private, found.overall) == (None, 2.0, 2.0)


@pytest.mark.parametrize(
    ("metric", "solution", "guess", "expected"),
    [
        ("map@3", "id,items\n1,a b\n2,c\n", "id,items\n1,b x a\n2,x c\n", (5 / 6 + 1 / 2) / 2),
        ("levenshtein", "id,text\n1,kitten\n2,\n", "id,text\n1,sitting\n2,\n", 1.5),
        ("set_jaccard_score", "id,items\n1,a b\n2,c\n", "id,items\n1,b\n2,c\n", 0.75),
        ("iou@0.5", "id,boxes\n1,0 0 2 2\n2,\n", "id,boxes\n1,0 0 2 1\n2,\n", 1.0),
        ("ari", "id,cluster\n1,a\n2,a\n3,b\n4,b\n", "id,cluster\n1,9\n2,9\n3,7\n4,7\n", 1.0),
        ("binary_f1_score", "id,label\n1,1\n2,1\n", "id,label\n1,1\n2,1.0\n", 1.0),
    ],
)
def test_lists_texts_sets_boxes_and_clusters_are_scored_from_files(tmp_path, metric, solution, guess, expected):
    assert score_text(tmp_path, solution, guess, metric).private == pytest.approx(expected)


@pytest.mark.parametrize(
    ("metric", "solution", "code"),
    [
        ("rmse", "id,label\n1,a\n2,b\n", "needs_numbers"),
        ("binary_f1_score", "id,label\n1,a\n2,b\n3,c\n", "not_binary"),
        ("accuracy", "id,label\n1,\n2,b\n", "empty_truth"),
        ("accuracy", "id,label,Usage\n1,a,Ignored\n", "all_ignored"),
        ("analogies", "id,label\n1,a\n", "needs_analogies"),
    ],
)
def test_a_solution_that_a_metric_cant_use_is_refused_before_any_upload(tmp_path, metric, solution, code):
    (tmp_path / "truth.csv").write_text(solution)
    with pytest.raises(InvalidSolution) as caught:
        check_solution(read_solution(tmp_path / "truth.csv"), metric=metric)
    assert caught.value.code == code


def test_accuracy_of_thousands_of_classes_needs_no_matrix(tmp_path):
    solution = "id,label\n" + "".join(f"{i},c{i}\n" for i in range(1500))
    guess = "id,label\n" + "".join(f"{i},c{i if i % 3 else 0}\n" for i in range(1500))
    assert score_text(tmp_path, solution, guess, "accuracy").private == pytest.approx(1001 / 1500)
    assert score_text(tmp_path, solution, guess, "error_rate").private == pytest.approx(499 / 1500)


rows = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 3), st.sampled_from(["Public", "Private", "Ignored"])),
    min_size=1,
    max_size=30,
).filter(lambda rows: any(usage != "Ignored" for *_, usage in rows))


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(rows, st.sampled_from(["accuracy", "macro_f1", "qwk", "mse", "auc", "average_precision", "spearman", "ari"]))
def test_every_part_is_the_metric_over_its_rows(tmp_path, rows, metric):
    if metric in {"auc", "average_precision"}:
        rows = [(int(truth > 1), guess, usage) for truth, guess, usage in rows]
    solution = "id,label,Usage\n" + "".join(f"{i},{t},{u}\n" for i, (t, _, u) in enumerate(rows))
    guesses = [(i, g) for i, (_, g, _) in enumerate(rows)]
    if get_metric(metric).takes == "labels":
        known = {t for t, _, _ in rows}
        guesses = [(i, g if g in known else min(known)) for i, g in guesses]
    held = {len({t for t, _, u in rows if u == part}) for part in ("Public", "Private")}
    try:
        found = score_text(tmp_path, solution, "id,label\n" + "".join(f"{i},{g}\n" for i, g in guesses), metric)
    except InvalidSolution:
        assert 1 in held and metric not in {"accuracy", "macro_f1", "mse"}
        return
    truth, guess = np.array([float(t) for t, _, _ in rows]), np.array([float(g) for _, g in guesses])
    usage = np.array([u for *_, u in rows])
    if metric == "qwk":
        return  # the whole file knows more classes than a part
    for part, value in (("Public", found.public), ("Private", found.private)):
        mask = usage == part
        expected = get_metric(metric)(truth[mask], guess[mask]) if mask.any() else None
        assert value == (None if expected is None else pytest.approx(expected, abs=1e-9))
    mask = usage != "Ignored"
    assert found.overall == pytest.approx(get_metric(metric)(truth[mask], guess[mask]), abs=1e-9)
