"""The same table in every form that people have: the same score, or a refusal that names lines; never another score."""

from __future__ import annotations

import unicodedata
from contextlib import nullcontext
from pathlib import Path

import pytest

from grader.outcome import Evaluation
from grader.predictions import InvalidPredictions, InvalidSolution, read_solution
from grader.scoring import check_solution, score_file


def score(folder: Path, solution: str | bytes, guess: str | bytes, metric: str) -> Evaluation:
    for name, data in (("solution.csv", solution), ("guess.csv", guess)):
        (folder / name).write_bytes(data.encode() if isinstance(data, str) else data)
    truth = read_solution(folder / "solution.csv")
    check_solution(truth, metric=metric)
    return score_file(folder / "guess.csv", solution=truth, metric=metric)


def refused(folder: Path, solution: str | bytes, guess: str | bytes, metric: str) -> InvalidPredictions:
    with pytest.raises(InvalidPredictions) as caught:
        score(folder, solution, guess, metric)
    return caught.value


WORDS = 'id,text\na,one\nb,"two\nlines"\n'


@pytest.mark.parametrize("end", ["\r\n", "\r", "\r\r\n"])
@pytest.mark.parametrize("is_truth_odd", [False, True])
def test_every_line_end_is_one_in_quotation_marks_too(tmp_path, end, is_truth_odd):
    odd = WORDS.replace("\n", end)
    truth, guess = (odd, WORDS) if is_truth_odd else (WORDS, odd)
    assert score(tmp_path, truth, guess, "mean_edit_distance").private == 0.0
    assert score(tmp_path, truth, guess, "accuracy_score").private == 1.0


def test_line_ends_may_be_mixed_and_names_may_hold_them(tmp_path):
    guess = 'id,"the\r\ntext"\ra,one\r\r\nb,two\n'
    assert score(tmp_path, 'id,"the\ntext"\na,one\nb,two\n', guess, "accuracy_score").private == 1.0
    error = refused(tmp_path, 'id,"the\ntext"\na,one\nb,two\n', guess.replace("two", "six"), "accuracy_score")
    assert error.rows == (4,)


@pytest.mark.parametrize("metric", ["accuracy_score", "mean_edit_distance"])
@pytest.mark.parametrize("is_truth_decomposed", [False, True])
def test_composed_and_decomposed_letters_are_one_text(tmp_path, metric, is_truth_decomposed):
    table = "id,text\nștefan,mână\nțară,ångström\n"
    apart = unicodedata.normalize("NFD", table)
    truth, guess = (apart, table) if is_truth_decomposed else (table, apart)
    assert score(tmp_path, truth, guess, metric).private == (1.0 if metric == "accuracy_score" else 0.0)


def test_two_ids_of_a_solution_that_are_one_when_composed_are_refused(tmp_path):
    table = f"id,y\nță,1\n{unicodedata.normalize('NFD', 'ță')},0\n"
    with pytest.raises(InvalidSolution, match="unique"):
        score(tmp_path, table, table, "accuracy_score")


PRICES = "id,y\na,1234\nb,987.5\nc,20500\n"


@pytest.mark.parametrize(
    ("guess", "rows"),
    [
        ("id\ty\na\t1,234\nb\t987.5\nc\t20,500\n", (2, 4)),
        ("id;y\na;1.234\nb;987,5\nc;20.500\n", (2, 4)),
        ("id;y\na;1,234\nb;987\nc;20,500\n", (2, 4)),
        ("id;y\na;1.234\nb;987\nc;20.500\n", (2, 4)),
        ("id;y\na;1.234,0\nb;987,5\nc;20.500,0\n", (2, 4)),
        ("id;y\na;1234,5\nb;987.5\nc;20500\n", (2, 3)),
        ('id,y\na,"1,234"\nb,987.5\nc,"20,500"\n', (2, 4)),
        ("id,y\na,1 234\nb,987.5\nc,20 500\n", (2, 4)),
        ("id,y\na,1\u00a0234\nb,987.5\nc,20\u202f500\n", (2, 4)),
        ("id,y\na,1'234\nb,987.5\nc,20’500\n", (2, 4)),
        ('id,y\na,1234\nb,987.5\nc,"1,20,500"\n', (4,)),
        ("id;y\na;1234\nb;987,5\nc;1.020.500\n", (4,)),
        ("id,y\na,1234\nb,98750%\nc,20500\n", (3,)),
        ("id,y\na,1234\nb,−987.5\nc,20500\n", (3,)),
        ("id,y\na,$1234\nb,987.5\nc,20500 lei\n", (2, 4)),
    ],
)
def test_a_number_that_may_be_another_one_is_refused_with_its_line(tmp_path, guess, rows):
    assert refused(tmp_path, PRICES, guess, "rmse").rows == rows


@pytest.mark.parametrize(
    "guess",
    [
        "id;y\na;1234,0\nb;987,5\nc;20500\n",
        "id\ty\na\t1234,0\nb\t987,5\nc\t20500\n",
        "id\ty\na\t1234\nb\t987.500\nc\t20500.0\n",
        "id;y\na;1234\nb;987,500\nc;20500,00\n",
        "id,y\na,1.234e3\nb,987.500\nc,+20500.\n",
    ],
)
def test_a_decimal_sign_is_read_where_the_numbers_show_which_it_is(tmp_path, guess):
    assert score(tmp_path, PRICES, guess, "rmse").private == 0.0


@pytest.mark.parametrize("cell", ["1,234", "1.234.567", "1 234", "12%", "1e101"])
def test_a_solution_with_an_unsure_number_is_refused_with_the_cell(tmp_path, cell):
    truth = f"id\ty\na\t{cell}\nb\t987.5\n"
    with pytest.raises(InvalidSolution, match=cell) as caught:
        score(tmp_path, truth, "id,y\na,1\nb,2\n", "rmse")
    assert "line" in caught.value.message


def test_long_integers_are_numbers_to_a_metric_of_values_and_names_to_one_of_classes(tmp_path):
    truth = "id,y\na,1500000000000000001\nb,1500000000000000002\n"
    swapped = "id,y\na,1500000000000000002\nb,1500000000000000001\n"
    assert score(tmp_path, truth, truth, "rmse").private == 0.0
    assert score(tmp_path, truth, swapped, "accuracy_score").private == 0.0


def test_a_number_beyond_the_limit_is_called_large_and_infinity_is_none(tmp_path):
    truth = "id,y\na,1\nb,2\n"
    assert refused(tmp_path, truth, "id,y\na,1e101\nb,2\n", "rmse").code == "too_large"
    assert refused(tmp_path, truth, "id,y\na,1\nb,-1e400\n", "rmse").code == "too_large"
    assert refused(tmp_path, truth, "id,y\na,inf\nb,2\n", "rmse").code == "not_a_number"


@pytest.mark.parametrize(
    ("truth", "guess", "expected"),
    [
        ("01 1 2", "1 01 2", 1 / 3),
        ("01 02 03", "1 2.0 3", 1.0),
        ("1 2 2", "1.0 2.0 02", 1.0),
        ("1 2 x", "1.0 2.0 x", 1.0),
    ],
)
def test_codes_with_zeros_in_front_are_told_apart(tmp_path, truth, guess, expected):
    tables = ["id,y\n" + "".join(f"{i},{cell}\n" for i, cell in enumerate(text.split())) for text in (truth, guess)]
    assert score(tmp_path, *tables, "accuracy_score").private == pytest.approx(expected)


def test_a_number_that_two_codes_share_is_no_class(tmp_path):
    assert refused(tmp_path, "id,y\na,01\nb,1\n", "id,y\na,001\nb,1\n", "accuracy_score").rows == (2,)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1250", "cp1252"])
def test_an_encoding_is_known_by_the_classes_or_not_at_all(tmp_path, encoding):
    word = "ăla" if encoding == "cp1250" else "ãla"
    table = f"id,y\na,{word}\nb,x\n"
    assert score(tmp_path, table, table.encode(encoding), "accuracy_score").private == 1.0
    if encoding != "utf-8-sig":
        error = refused(tmp_path, table, table.encode(encoding), "mean_edit_distance")
        assert (error.code, error.rows) == ("unsure_letters", (2,))
        with pytest.raises(InvalidSolution, match="UTF-8"):
            score(tmp_path, table.encode(encoding), table, "accuracy_score")


@pytest.mark.parametrize(
    ("data", "code", "word"),
    [
        (b"PK\x03\x04....xl/workbook.xml", "is_spreadsheet", ".xlsx"),
        (b"PK\x03\x04....mimetypeapplication/vnd.oasis.opendocument.spreadsheet", "is_spreadsheet", ".ods"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "is_spreadsheet", ".xls"),
        (b"PK\x03\x04....word/document.xml", "is_document", ".docx"),
        (b"%PDF-1.7\n", "is_document", ".pdf"),
        (b"PAR1\x15\x04\x15", "is_data_file", "Parquet"),
        (b"\x93NUMPY\x01\0", "is_data_file", ".npy"),
        (b"\x80\x04\x95\0\0", "is_data_file", "pickle"),
        (b"\x89PNG\r\n\x1a\n", "is_picture", ".png"),
        (b"7z\xbc\xaf\x27\x1c\0", "is_archive", "7z"),
        (b"\x1f\x8b\x08\0\0", "is_archive", "gzip"),
        (b"<!DOCTYPE html><html>", "is_web_page", "HTML"),
        (b'{"id": {"0": "a"}}', "is_json", "JSON"),
        ("id,y\na,1\n".encode("utf-16-le"), "utf16", "UTF-8"),
        ("id,y\na,1\n".encode("utf-16"), "utf16", "UTF-8"),
    ],
)
def test_what_is_no_text_is_called_by_its_name(tmp_path, data, code, word):
    error = refused(tmp_path, "id,y\na,1\n", data, "rmse")
    assert error.code == code
    assert word in error.message


LISTS = [
    "11 12 13",
    "11, 12, 13",
    "11,12,13",
    "11;12;13",
    "11|12|13",
    "['11', '12', '13']",
    '["11","12","13"]',
    "[11, 12, 13]",
    "[11 12 13]",
    "['11' '12'\n '13']",
    "(11, 12, 13,)",
    "array([11, 12, 13])",
    "array(['11', '12', '13'], dtype='<U2')",
    "[np.int64(11), np.int64(12), np.int64(13)]",
    "[np.str_('11'), np.str_('12'), np.str_('13')]",
    "11.0 12.0 13.0",
    "[11.0, 12.0, 13.0]",
    "[11. 12. 13.]",
    "'11' '12' '13'",
]


@pytest.mark.parametrize("metric", ["map@3", "ndcg@3", "set_jaccard_score"])
@pytest.mark.parametrize("cell", LISTS)
def test_every_writing_of_a_list_reads_the_same_in_both_files(tmp_path, cell, metric):
    plain = "id,items\nu,11 12 13\nv,21\n"
    odd = 'id,items\nu,"' + cell.replace('"', '""') + '"\nv,21\n'
    assert score(tmp_path, plain, odd, metric).private == 1.0
    assert score(tmp_path, odd, plain, metric).private == 1.0
    assert score(tmp_path, odd, odd, metric).private == 1.0


@pytest.mark.parametrize("cell", ["{'11', '12', '13'}", "{11,12,13}", "frozenset({13, 12, 11})"])
def test_sets_of_python_are_sets(tmp_path, cell):
    truth = "id,items\nu,11 12 13\nv,\n"
    assert score(tmp_path, truth, f'id,items\nu,"{cell}"\nv,set()\n', "set_jaccard_score").private == 1.0


@pytest.mark.parametrize(
    "cell",
    [
        "[11, [12], 13]",
        "11 12, 13",
        "[11 ... 13]",
        "['a b', 'c']",
        "[11, None]",
        "{11: 1}",
        "11:0.9 12:0.8",
        "[11",
        "11 > 12",
        "11/12",
        "11-12",
        "<11 12>",
        "11，12",
        "011 012",
        "tensor([11, 12])",
    ],
)
def test_what_may_be_another_list_is_refused_with_its_line(tmp_path, cell):
    error = refused(tmp_path, "id,items\nu,11 12 13\nv,21\n", f'id,items\nv,21\nu,"{cell}"\n', "ndcg@3")
    assert (error.code, error.rows) == ("not_a_list", (3,))


def test_lost_zeros_of_items_are_refused(tmp_path):
    error = refused(tmp_path, "id,items\nu,011 012\nv,021\n", "id,items\nu,011\nv,21\n", "map@3")
    assert (error.code, error.rows) == ("not_a_list", (3,))


def test_a_refused_list_tells_nothing_of_items_in_private_rows(tmp_path):
    (tmp_path / "s.csv").write_text("id,items,Usage\nu,11 12,Public\nv,21 22,Private\n")
    solution = read_solution(tmp_path / "s.csv", public_classes=())
    for cell, is_refused in (("11/12", True), ("21/22", False), ("31/32", False), ("21:3", False)):
        (tmp_path / "p.csv").write_text(f"id,items\nu,{cell}\nv,21\n")
        with pytest.raises(InvalidPredictions) if is_refused else nullcontext():
            score_file(tmp_path / "p.csv", solution=solution, metric="map@3")


def test_items_may_hold_commas_and_points_where_the_truths_do(tmp_path):
    truth = 'id,items\nu,"a,b c,d"\nv,"a,c 1.0 1"\n'
    assert score(tmp_path, truth, truth, "map@3").private == 1.0
    guess = 'id,items\nu,"a,b"\nv,"1 a,c"\n'
    assert score(tmp_path, truth, guess, "set_jaccard_score").private == pytest.approx((1 / 2 + 2 / 3) / 2)


@pytest.mark.parametrize("truth", ['"a,b"\nv,c d', '"a b, c"\nv,d', "\"['a b']\"\nv,c"])
def test_a_truth_whose_lists_are_unsure_is_refused_with_the_line(tmp_path, truth):
    with pytest.raises(InvalidSolution, match="line 2"):
        score(tmp_path, f"id,items\nu,{truth}\n", "id,items\nu,a\nv,c\n", "map@3")


@pytest.mark.parametrize("rows", ["imdb:12 imdb:7\nv,imdb:3", "a:1 b\nv,tmdb:x", "imdb:0111161\nv,a:3"])
def test_names_with_colons_are_no_gains(tmp_path, rows):
    with pytest.raises(InvalidSolution, match="colon"):
        score(tmp_path, f"id,items\nu,{rows}\n", "id,items\nu,a\nv,c\n", "ndcg@3")
    assert score(tmp_path, f"id,items\nu,{rows}\n", f"id,items\nu,{rows}\n", "map@3").private == 1.0
