import json
from pathlib import Path

import pytest

from grader.cli import main


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
