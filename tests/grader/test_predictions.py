from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grader.predictions import (
    InvalidPredictions,
    InvalidSolution,
    Solution,
    read_predictions,
    read_solution,
    sample_submission,
)

SOLUTION = "id,label,Usage\n017001,1,Public\n9223372036854775807,2,Private\n9223372036854775806,1,Private\n"
GOOD = "id,label\n017001,1\n9223372036854775807,2\n9223372036854775806,1\n"


@pytest.fixture
def solution(tmp_path: Path) -> Solution:
    path = tmp_path / "solution.csv"
    path.write_text(SOLUTION)
    return read_solution(path)


def read(tmp_path: Path, solution: Solution, data: str | bytes, **options: bool) -> list[float]:
    path = tmp_path / "predictions.csv"
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return read_predictions(path, solution, **options).columns["label"].tolist()


@pytest.mark.parametrize(
    "data",
    [
        GOOD,
        "\ufeff" + GOOD,
        GOOD.replace("\n", "\r\n"),
        GOOD.rstrip("\n"),
        GOOD.replace(",", ";"),
        GOOD.replace(",", "\t"),
        GOOD.replace("label", "class"),
        GOOD.replace(",1\n", ",1.0\n"),
        "label,id\n2,9223372036854775807\n1,017001\n1,9223372036854775806\n",
    ],
)
def test_every_usual_layout_of_the_same_predictions_reads_the_same(tmp_path, solution, data):
    assert read(tmp_path, solution, data) == [1.0, 2.0, 1.0]


@pytest.mark.parametrize(
    ("data", "code", "rows"),
    [
        ("id,label\n017001,1\n", "missing_ids", ()),
        (GOOD + "5,1\n", "unknown_ids", (5,)),
        (GOOD.replace("017001", "17001"), "unknown_ids", (2,)),
        (GOOD + "017001,2\n", "duplicate_ids", (2, 5)),
        (GOOD.replace(",2", ","), "empty_cells", (3,)),
        (GOOD.replace(",2", ",nan"), "not_a_number", (3,)),
        (GOOD.replace(",2", ",1e999"), "not_a_number", (3,)),
        (GOOD.replace(",2", ",1_0"), "not_a_number", (3,)),
        (GOOD.replace(",2", ",٢"), "not_a_number", (3,)),
        (GOOD.replace("label", "answer"), "wrong_columns", (1,)),
        ("", "empty_file", ()),
        ("id,label\n", "empty_file", ()),
        (GOOD.encode("utf-16"), "utf16", ()),
        (b"\x89PNG\0\0", "binary_file", ()),
    ],
)
def test_a_wrong_file_is_refused_with_a_code_and_the_lines(tmp_path, solution, data, code, rows):
    with pytest.raises(InvalidPredictions) as caught:
        read(tmp_path, solution, data)
    assert (caught.value.code, caught.value.rows) == (code, rows)


def test_gzip_is_read_only_where_the_upload_says_so(tmp_path, solution):
    import gzip

    packed = gzip.compress(GOOD.encode())
    assert read(tmp_path, solution, packed, allow_gzip=True) == [1.0, 2.0, 1.0]
    with pytest.raises(InvalidPredictions):
        read(tmp_path, solution, packed)


def test_a_gzip_bomb_stops_at_the_size_limit(tmp_path, solution):
    import gzip

    path = tmp_path / "bomb.csv.gz"
    path.write_bytes(gzip.compress(b"0" * 3_000_000))
    with pytest.raises(InvalidPredictions, match="larger than 1 MB"):
        read_predictions(path, solution, allow_gzip=True, max_bytes=2**20)


def test_the_sample_submission_is_itself_valid(tmp_path, solution):
    assert read(tmp_path, solution, sample_submission(solution)) == [1.0, 1.0, 1.0]


def test_a_solution_with_a_repeated_id_is_refused(tmp_path):
    path = tmp_path / "s.csv"
    path.write_text("id,label\n1,a\n1,b\n")
    with pytest.raises(InvalidSolution, match="unique"):
        read_solution(path)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.one_of(st.binary(max_size=300), st.text(alphabet='id,label;\t\n"017\x1f', max_size=120).map(str.encode)))
def test_no_input_does_anything_but_read_or_refuse(tmp_path, solution, data):
    try:
        values = read(tmp_path, solution, data)
    except InvalidPredictions:
        return
    assert np.isfinite(values).all()
