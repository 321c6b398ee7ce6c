"""Word vectors as text: layouts that are read, files that are refused by line, analogies that are scored."""

from __future__ import annotations

import gzip

import pytest

from grader.predictions import InvalidPredictions, InvalidSolution, read_solution
from grader.predictions.vectors import read_vectors
from grader.scoring import score_file
from grader.suitability import check_solution

GLOVE = b"man 1 0 0\nwoman 1 1 0\nking 1 0 1\nqueen 1 1 1\n\xc8\x9bar 0 0 5\n"
SOLUTION = (
    "id,a,b,c,d,Usage\n1,man,king,woman,queen,Public\n2,man,woman,king,queen,Private\n3,man,king,woman,man,Private\n"
    "4,man,king,girl,princess,Private\n5,man,king,woman,king,Ignored\n"
)


def read(tmp_path, data: bytes, **options):
    (tmp_path / "v.txt").write_bytes(data)
    return read_vectors(tmp_path / "v.txt", **options)


@pytest.mark.parametrize(
    "data",
    [GLOVE, b"5 3\n" + GLOVE, GLOVE.replace(b"\n", b" \r\n"), GLOVE.replace(b" ", b"\t"), b"\xef\xbb\xbf" + GLOVE],
)
def test_word2vec_s_and_glove_s_text_read_the_same(tmp_path, data):
    vectors = read(tmp_path, data)
    assert list(vectors.words) == ["man", "woman", "king", "queen", "țar"]
    assert vectors.matrix[3].tolist() == [1.0, 1.0, 1.0]


def test_a_first_line_of_two_numbers_is_a_word_where_the_next_line_says_so(tmp_path):
    assert list(read(tmp_path, b"5 3\nword 1\n").words) == ["5", "word"]


def test_gzip_is_read_only_where_the_name_says_so(tmp_path):
    assert len(read(tmp_path, gzip.compress(GLOVE), allow_gzip=True).words) == 5
    with pytest.raises(InvalidPredictions):
        read(tmp_path, gzip.compress(GLOVE))


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "The file has no rows"),
        (b"word\n", "The first line has one word only."),
        (b"man 1 2\nking 1\n", "Line 2 has 1 numbers, but the first word has 2."),
        (b"man 1 2\nman 1 3\n", "“man” stands twice, the second time on line 2."),
        (b"man 1 2\nking 1 x\n", "Line 2 holds “x” where a finite number belongs."),
        (b"man 1 nan\n", "Line 1 holds “nan”"),
        (b"man 1 1_0\n", "Line 1 holds “1_0”"),
        (b"a " + b"1 " * 2001, "The first line has more than 2000 numbers."),
        (b"\xff\xfem\0", "UTF-16"),
    ],
)
def test_a_wrong_file_is_refused_by_its_line(tmp_path, data, sentence):
    with pytest.raises(InvalidPredictions) as caught:
        read(tmp_path, data)
    assert sentence in str(caught.value)


def test_analogies_are_scored_by_part_and_a_missing_word_is_a_miss(tmp_path):
    (tmp_path / "s.csv").write_text(SOLUTION)
    (tmp_path / "v.txt").write_bytes(GLOVE)
    solution = read_solution(tmp_path / "s.csv")
    found = score_file(tmp_path / "v.txt", solution=solution, metric="analogies")
    assert (found.public, found.private, found.overall, found.n_rows) == (1.0, pytest.approx(1 / 3), 0.5, 4)


def test_a_solution_of_analogies_has_four_columns(tmp_path):
    (tmp_path / "s.csv").write_text("id,label\n1,a\n")
    with pytest.raises(InvalidSolution, match="needs four columns"):
        check_solution(read_solution(tmp_path / "s.csv"), metric="analogies")
