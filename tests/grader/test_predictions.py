import csv
import gzip
import io
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grader.predictions import (
    InvalidPredictions,
    InvalidSolution,
    Solution,
    classes_in,
    read_predictions,
    read_solution,
    sample_submission,
)

SOLUTION = "id,label,Usage\n017001,1,Public\n9223372036854775807,2,Private\n9223372036854775806,1,Private\n"
GOOD = "id,label\n017001,1\n9223372036854775807,2\n9223372036854775806,1\n"
SHUFFLED = "label,id\n2,9223372036854775807\n1,017001\n1,9223372036854775806\n"
NO_FIXTURE_CHECK = [HealthCheck.function_scoped_fixture]


def solution_of(tmp_path: Path, text: str, **options) -> Solution:
    path = tmp_path / "solution.csv"
    path.write_text(text, encoding="utf-8")
    return read_solution(path, **options)


@pytest.fixture
def solution(tmp_path: Path) -> Solution:
    return solution_of(tmp_path, SOLUTION)


def read(tmp_path: Path, solution: Solution, data: str | bytes, **options) -> list:
    path = tmp_path / "predictions.csv"
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return read_predictions(path, solution, **options).columns[solution.target_columns[0]].tolist()


def refused(tmp_path: Path, solution: Solution, data: str | bytes, **options) -> InvalidPredictions:
    with pytest.raises(InvalidPredictions) as caught:
        read(tmp_path, solution, data, **options)
    return caught.value


# ---- accepted


@pytest.mark.parametrize("takes", [None, "labels", "values"])
@pytest.mark.parametrize(
    "data",
    [
        GOOD,
        "\ufeff" + GOOD,
        GOOD.replace("\n", "\r\n"),
        GOOD.replace("\n", "\r"),
        GOOD.rstrip("\n"),
        GOOD.replace(",", ";"),
        GOOD.replace(",", ";").replace(";1\n", ";1,0\n"),
        GOOD.replace(",", "\t"),
        GOOD.replace("label", "class"),
        GOOD.replace("label", "Labels"),
        GOOD.replace(",1\n", ",1.0\n"),
        GOOD.replace(",1\n", ", 1 \n"),
        GOOD.replace(",1\n", ",+1\n"),
        GOOD.replace(",1\n", ",10e-1\n"),
        GOOD.replace(",1\n", ',"1"\n'),
        GOOD.replace("017001", '"017001"'),
        "\n" + GOOD + "\n\n",
        GOOD.removeprefix("id,label\n"),
        SHUFFLED,
        SHUFFLED.removeprefix("label,id\n"),
    ],
)
def test_every_usual_layout_of_the_same_predictions_reads_the_same(tmp_path, solution, data, takes):
    assert read(tmp_path, solution, data, takes=takes) == [1.0, 2.0, 1.0]


def test_labels_in_cp1250_are_read_and_cedillas_are_commas_below(tmp_path):
    solution = solution_of(tmp_path, "id,label\n1,Știință\n2,sport\n")
    for text in ("id,label\n1,Ştiinţă\n2,sport\n".encode("cp1250"), "id,label\n1,Ştiinţă\n2,sport\n".encode()):
        assert read(tmp_path, solution, text, takes="labels") == ["Știință", "sport"]


def test_a_quoted_cell_may_hold_separators_and_line_ends(tmp_path):
    solution = solution_of(tmp_path, 'id,label\n1,"a, b"\n2,c\n')
    assert read(tmp_path, solution, 'id,label\n2,c\n1,"a, b"\n', takes="labels") == ["a, b", "c"]


def test_gzip_is_read_only_where_the_upload_says_so(tmp_path, solution):
    packed = gzip.compress(GOOD.encode())
    assert read(tmp_path, solution, packed, allow_gzip=True) == [1.0, 2.0, 1.0]
    assert refused(tmp_path, solution, packed).code == "is_archive"


def test_two_gzip_members_are_one_file(tmp_path, solution):
    data = gzip.compress(GOOD[:20].encode()) + gzip.compress(GOOD[20:].encode())
    assert read(tmp_path, solution, data, allow_gzip=True) == [1.0, 2.0, 1.0]


def test_the_sample_submission_is_itself_valid(tmp_path, solution):
    assert read(tmp_path, solution, sample_submission(solution)) == [1.0, 1.0, 1.0]


def test_a_class_of_the_training_set_may_be_predicted_where_the_test_set_lacks_it(tmp_path):
    (tmp_path / "train.csv").write_text("id,x,class\n9,0.5,3\n10,0.1,1.0\n")
    classes = classes_in(tmp_path / "train.csv", "label")
    assert classes == ("1.0", "3")
    solution = solution_of(tmp_path, "id,label\n1,1\n2,2\n", classes=classes)
    assert read(tmp_path, solution, "id,label\n1,3\n2,2\n", takes="labels") == [3.0, 2.0]


def test_a_refusal_lists_public_classes_alone(tmp_path):
    path = tmp_path / "s.csv"
    path.write_text("id,label\n1,1\n2,7\n")
    solution = read_solution(path, classes=("1.0", "3"), public_classes=("1.0", "3"))
    with pytest.raises(InvalidPredictions) as caught:
        read(tmp_path, solution, "id,label\n1,1\n2,9\n", takes="labels")
    assert "must hold one of 1, 3, but" in caught.value.message


def test_several_target_columns_come_in_any_order(tmp_path):
    solution = solution_of(tmp_path, "id,a,b\n1,0,1\n2,1,0\n")
    path = tmp_path / "p.csv"
    path.write_text("b,id,a\n0.25,2,0.75\n0.5,1,0.5\n")
    columns = read_predictions(path, solution, takes="probabilities").columns
    assert (columns["a"].tolist(), columns["b"].tolist()) == ([0.5, 0.75], [0.5, 0.25])


# ---- refused


@pytest.mark.parametrize(
    ("data", "code", "rows"),
    [
        ("id,label\n017001,1\n", "missing_ids", ()),
        (GOOD + "5,1\n", "unknown_ids", (5,)),
        (GOOD.replace("017001", "17001"), "unknown_ids", (2,)),
        (GOOD.replace("9223372036854775807", "9.223372036854776e+18"), "unknown_ids", (3,)),
        (GOOD + "017001,2\n", "duplicate_ids", (2, 5)),
        (GOOD.replace(",2", ","), "empty_cells", (3,)),
        (GOOD.replace(",2", ",nan"), "not_a_number", (3,)),
        (GOOD.replace(",2", ",NaN"), "not_a_number", (3,)),
        (GOOD.replace(",2", ",-inf"), "not_a_number", (3,)),
        (GOOD.replace(",2", ",-1e"), "not_a_number", (3,)),
        (GOOD.replace(",2", ",1_0"), "not_a_number", (3,)),
        (GOOD.replace(",2", ",٢"), "not_a_number", (3,)),
        (GOOD.replace(",2", ",0x2"), "not_a_number", (3,)),
        (GOOD.replace("label", "answer"), "wrong_columns", (1,)),
        (GOOD.replace("id,label", "id,label,x"), "wrong_columns", (1,)),
        (GOOD.replace("id,label", "id,id"), "duplicate_columns", (1,)),
        (GOOD.replace(",2", ",2,3"), "not_a_table", (3,)),
        (GOOD.replace(",2", ',"2'), "bad_quotes", (3,)),
        ("id\n017001\n", "no_columns", (1,)),
        ("", "empty_file", ()),
        ("id,label\n", "empty_file", ()),
        (GOOD.encode("utf-16"), "utf16", ()),
        (b"\x89PNG\0\0", "is_picture", ()),
    ],
)
@pytest.mark.parametrize("takes", [None, "labels", "values"])
def test_a_wrong_file_is_refused_with_a_code_and_the_lines(tmp_path, solution, data, code, rows, takes):
    error = refused(tmp_path, solution, data, takes=takes)
    assert (error.code, error.rows) == (code, rows)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (
            GOOD + "5,1\n",
            "1 id is not in the test set: “5” (line 5). Copy the ids from test.csv as text.",
        ),
        (
            GOOD + "5,1\n6,1\n",
            "2 ids are not in the test set, such as “5”, “6” (lines 5, 6). Copy the ids from test.csv as text.",
        ),
        (
            GOOD.replace("017001", "17001"),
            "1 id is not in the test set: “17001” (line 2). Copy the ids from test.csv as text. "
            "The zeros in front were lost: read the ids as text (dtype=str in pandas).",
        ),
        (
            GOOD.replace("775807", "775807.0"),
            "1 id is not in the test set: “9223372036854775807.0” (line 3). Copy the ids from test.csv as text. "
            "The ids were read as decimal numbers: read them as text (dtype=str in pandas).",
        ),
        (
            GOOD.replace("017001", " 017001"),
            "1 id is not in the test set: “ 017001” (line 2). Copy the ids from test.csv as text. "
            "There are spaces around the ids: write them without.",
        ),
        (GOOD[:-22], "1 of 3 ids has no prediction: “9223372036854775806”. Add a row for it."),
        (
            "id,label\n017001,1\n",
            "2 of 3 ids have no prediction, such as “9223372036854775807”, “9223372036854775806”. Add a row for each.",
        ),
        (GOOD + "017001,1\n", "1 id occurs more than once: “017001” (lines 2, 5). Keep one row for it."),
        (GOOD.replace(",2", ","), "Column “label” has an empty cell (line 3). Every id needs a value."),
        (GOOD.replace(",1", ","), "Column “label” has 2 empty cells (lines 2, 4). Every id needs a value."),
        (
            GOOD.replace(",2", ",cat"),
            "Column “label” needs finite numbers, but 1 cell holds none: “cat” (line 3). Write a number there.",
        ),
        (
            GOOD.replace(",2", ",7"),
            "Column “label” must hold one of 1, 2, but 1 cell holds “7” (line 3). Use a class of the training set.",
        ),
        (
            GOOD.replace(",1", ",7"),
            "Column “label” must hold one of 1, 2, but 2 cells hold others, such as “7” (lines 2, 4). "
            "Use the classes of the training set.",
        ),
        (
            ",id,label\n0,017001,1\n",
            "The first line must be “id,label”, but it is “,id,label”. Rename the columns. "
            "The first column holds row numbers: save with index=False in pandas.",
        ),
        (
            GOOD + "5\n",
            "Line 5 has another number of columns than the first line, which has 2. Give it as many.",
        ),
    ],
)
def test_a_refusal_says_what_is_wrong_where_and_what_to_do(tmp_path, solution, data, sentence):
    assert str(refused(tmp_path, solution, data, takes="labels")) == sentence


def test_only_the_first_five_offending_lines_are_named(tmp_path):
    solution = solution_of(tmp_path, "id,label\n" + "".join(f"{i},{i % 2}\n" for i in range(100)))
    error = refused(tmp_path, solution, "id,label\n" + "".join(f"{i},x\n" for i in range(100)))
    assert (error.rows, error.params["count"]) == ((2, 3, 4, 5, 6), 100)


def test_a_value_below_the_metrics_minimum_is_refused(tmp_path, solution):
    error = refused(tmp_path, solution, GOOD.replace(",2", ",-0.5"), takes="values", minimum=0)
    assert (error.code, error.rows) == ("below_minimum", (3,))
    assert "needs numbers from 0 up, but 1 cell is below: “-0.5” (line 3)" in str(error)


def test_long_and_wild_cells_are_shown_short_and_plain(tmp_path, solution):
    error = refused(tmp_path, solution, GOOD.replace(",2", "," + "\x1b[31m" + "x" * 100))
    assert "\x1b" not in str(error)
    assert "x" * 41 not in str(error)


def test_a_gzip_bomb_stops_at_the_size_limit(tmp_path, solution):
    data = gzip.compress(b"0" * 3_000_000)
    error = refused(tmp_path, solution, data, allow_gzip=True, max_bytes=2**20)
    assert str(error) == "The file is larger than 1 MB. Predictions need one short line for each id."


@pytest.mark.parametrize(
    "data",
    [b"", b"not gzip", gzip.compress(b"id,label\n" * 99)[:-9], gzip.compress(b"x") + b"y"],
    ids=["empty", "not gzip", "cut short", "followed by something else"],
)
def test_a_damaged_gzip_archive_is_refused(tmp_path, solution, data):
    assert refused(tmp_path, solution, data, allow_gzip=True).code == "bad_gzip"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("id,label\n1,a\n1,b\n", "duplicate_ids"),
        ("key,label\n1,a\n", "no_id_column"),
        ("id,Usage\n1,Public\n", "no_target_column"),
        ("id,label,Usage\n1,a,public\n", "unknown_usage"),
        ("id,label\n", "empty_file"),
        ("id,label,label\n1,a,a\n", "duplicate_columns"),
        ("id,label\n" + "x" * 300 + ",a\n", "long_id"),
    ],
)
def test_a_solution_that_judges_nothing_is_refused(tmp_path, text, code):
    with pytest.raises(InvalidSolution) as caught:
        solution_of(tmp_path, text)
    assert caught.value.code == code


def test_a_file_of_labels_without_a_header_is_a_solution(tmp_path):
    solution = solution_of(tmp_path, "201086\t2\n202619\t1\n")
    assert (solution.ids, solution.target_columns) == (("201086", "202619"), ("label",))
    assert solution.targets["label"].tolist() == [2.0, 1.0]


# ---- against the plain way, and against anything


ids = st.lists(
    st.one_of(
        st.integers(0, 10**9).map(str),
        st.integers(0, 999).map(lambda n: f"{n:06d}"),
        st.text("ab0.-é ", min_size=1, max_size=12).map(str.strip).filter(bool),
    ),
    min_size=1,
    max_size=40,
    unique=True,
)
numbers = st.one_of(
    st.floats(-1e9, 1e9).map(repr), st.integers(-(10**6), 10**6).map(str), st.decimals(-9, 9, places=6).map(str)
)


@settings(max_examples=150, suppress_health_check=NO_FIXTURE_CHECK, deadline=None)
@given(ids, st.data())
def test_shuffled_predictions_are_aligned_as_a_dictionary_would(tmp_path, keys, data):
    values = data.draw(st.lists(numbers, min_size=len(keys), max_size=len(keys)))
    order = data.draw(st.permutations(range(len(keys))))
    text = io.StringIO()
    writer = csv.writer(text, quoting=data.draw(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL])))
    writer.writerows([("id", "label"), *((keys[i], values[i]) for i in order)])
    solution = solution_of(tmp_path, "id,label\n" + "".join(f"{key},0.5\n" for key in keys))
    assert read(tmp_path, solution, text.getvalue()) == [float(value) for value in values]


@settings(max_examples=200, suppress_health_check=NO_FIXTURE_CHECK, deadline=None)
@given(ids, ids)
def test_an_id_is_known_exactly_where_its_text_is(tmp_path, keys, others):
    solution = solution_of(tmp_path, "id,label\n" + "".join(f"{key},1\n" for key in keys))
    for text in others:
        for near in (text, f"0{text}", f"{text}0", text[:-1]):
            assert solution.has_id(near) == (near in keys)


HARD = "id,label;\t\r\n\"'017001.-+eE_ \x1f\xa0٢"


@settings(max_examples=400, suppress_health_check=NO_FIXTURE_CHECK, deadline=2000)
@given(
    st.one_of(
        st.binary(max_size=300),
        st.text(alphabet=HARD, max_size=120).map(str.encode),
        st.text(alphabet=HARD, max_size=60).map(lambda text: GOOD.encode() + text.encode()),
        st.text(alphabet=HARD, max_size=20).map(lambda text: GOOD.replace(",2", "," + text).encode()),
    ),
    st.sampled_from([None, "labels", "clusters", "scores", "values", "lists", "boxes", "text"]),
    st.booleans(),
)
def test_no_input_does_anything_but_read_or_refuse(tmp_path, solution, data, takes, allow_gzip):
    refusal = None
    try:
        values = read(tmp_path, solution, data, takes=takes, allow_gzip=allow_gzip)
    except InvalidPredictions as error:
        refusal = error
    if refusal:
        assert refusal.message
        assert all(0 < row < 500 for row in refusal.rows)
        return
    assert len(values) == 3
    if takes in {"labels", "scores", "values"}:
        assert np.isfinite(values).all()


@pytest.mark.parametrize(
    "data",
    [
        b"id,label\n" + b"," * 10**6,
        b'id,label\n"' + b"\n" * 10**5,
        b"id,label\n" + b'"a",1\n' * 10**5,
        b"id,label\n" + b"1," + b"9" * 10**6 + b"\n",
        b"id,label\n" + b"x" * 10**6 + b",1\n",
        b"\n" * 10**6 + b"id,label\n",
        b",".join([b"c"] * 10**5) + b"\n",
        b"id,label\r" * 10**5,
    ],
)
@pytest.mark.timeout(20)
def test_large_nonsense_is_refused_within_seconds(tmp_path, solution, data):
    refused(tmp_path, solution, data, takes="labels")
