"""A solution meets a metric: what is refused, in which words, in which rows; a named positive class; several labels."""

import math

import pytest

from grader.metrics import UnknownMetric, get_metric, with_positive
from grader.predictions import InvalidPredictions, InvalidSolution, read_solution
from grader.scoring import score_file
from grader.suitability import check_solution


def solution(tmp_path, text):
    path = tmp_path / "solution.csv"
    path.write_text(text)
    return read_solution(path)


def score(tmp_path, truth, guess, metric):
    path = tmp_path / "guess.csv"
    path.write_text(guess)
    return score_file(path, solution=solution(tmp_path, truth), metric=metric)


@pytest.mark.parametrize(
    ("metric", "text", "code", "rows", "words"),
    [
        ("auc", "id,y\n1,0\n2,1\n3,2\n", "three_classes_in_a_column", (), ["“0”, “1”, “2”", "a column for each class"]),
        ("log_loss", "id,y\n1,ill\n2,well\n", "which_positive", (), ["“ill”, “well”", "log_loss[positive=…]"]),
        ("binary_f1_score", "id,y\n1,-1\n2,1\n", "which_positive", (), ["“-1”, “1”"]),
        (
            "binary_f1_score[positive=sick]",
            "id,y\n1,ill\n2,well\n",
            "no_such_positive",
            (),
            ["“sick”", "“ill”, “well”"],
        ),
        (
            "macro_f1",
            "id,y\n1,3\n2,3.25\n3,4.5\n",
            "measurements",
            (3, 4),
            ["“3.25”, “4.5”", "root_mean_squared_error"],
        ),
        ("accuracy", "id,y\n1,3.1\n2,unknown\n3,4.5\n", "measurements", (2, 4), ["“3.1”, “4.5”"]),
        ("accuracy", "id,y\n1,a\n2,\n", "empty_truth", (3,), ["line 3"]),
        ("qwk", "id,y\n1,poor\n2,fair\n", "no_order", (), ["“fair”, “poor”", "whole numbers"]),
        ("rmse", "id,y\n1,2.5\n2,many\n", "needs_numbers", (3,), ["“many” (line 3)", "accuracy_score"]),
        ("rmsle", "id,y\n1,2.5\n2,-1\n", "truth_below", (3,), ["from 0 up", "“-1”"]),
        ("auc", "id,a,b\n1,1,0\n2,0,3\n", "indicators", (3,), ["“b” holds “3” (line 3)"]),
        ("auc[positive=1.5]", "id,a,b\n1,1,0\n2,0,1\n", "positive_of_columns", (), []),
        ("iou@0.5", "id,y\n1,0 0 1 1\n2,0 0 1\n", "boxes_in_truth", (3,), ["“0 0 1”"]),
        (
            "auc",
            "id,y,Usage\n1,0,Public\n2,1,Public\n3,0,Private\n4,0,Private\n",
            "one_class",
            (),
            ["The Private rows"],
        ),
        ("r2", "id,y,Usage\n1,4,Public\n2,4,Public\n3,0,Private\n4,1,Private\n", "one_value", (), ["The Public rows"]),
        ("binary_f1_score", "id,y,Usage\n1,0,Public\n2,1,Private\n", "no_positive", (), ["The Public rows"]),
        ("map@3", "id,y\n1,\n2,\n", "no_item", (), ["all are empty"]),
    ],
)
def test_a_refusal_names_what_is_wrong_where_and_what_would_do(tmp_path, metric, text, code, rows, words):
    with pytest.raises(InvalidSolution) as caught:
        check_solution(solution(tmp_path, text), metric=metric)
    assert (caught.value.code, caught.value.rows) == (code, rows)
    assert all(word in caught.value.message for word in words), caught.value.message


# ---- the positive class


def test_the_named_class_is_looked_for_whatever_the_order_of_the_alphabet(tmp_path):
    truth = "id,y\n1,ill\n2,well\n3,ill\n4,well\n"
    guess = "id,y\n1,ill\n2,well\n3,well\n4,well\n"
    assert score(tmp_path, truth, guess, "binary_recall_score[positive=ill]").private == 0.5
    assert score(tmp_path, truth, guess, "binary_recall_score[positive=well]").private == 1.0
    assert score(tmp_path, truth, guess, "binary_precision_score[positive=well]").private == pytest.approx(2 / 3)


def test_scores_of_a_named_class_rank_its_rows_above_the_others(tmp_path):
    truth = "id,y\n1,ill\n2,well\n3,ill\n4,well\n"
    guess = "id,y\n1,0.9\n2,0.2\n3,0.4\n4,0.6\n"
    assert score(tmp_path, truth, guess, "auc[positive=ill]").private == 0.75
    assert score(tmp_path, truth, guess, "auc[positive=well]").private == 0.25
    loss = -(math.log(0.9) + math.log(0.8) + math.log(0.4) + math.log(0.4)) / 4
    assert score(tmp_path, truth, guess, "log_loss[positive=ill]").private == pytest.approx(loss)


def test_a_positive_class_is_part_of_the_metric_s_name_and_1_goes_without_saying():
    assert get_metric("binary_fbeta_score@2[positive=ill]").name == "binary_fbeta_score@2[positive=ill]"
    assert get_metric("auc[positive=1]").name == "roc_auc_score"
    assert with_positive("auc[positive=well]", "ill") == "auc[positive=ill]"
    assert with_positive("auc[positive=well]", "1") == "auc"


@pytest.mark.parametrize(
    "name", ["accuracy[positive=ill]", "rmse[positive=1]", "auc[positive=]", "auc[positive=a]b", "[positive=a]"]
)
def test_only_a_metric_that_looks_for_a_class_takes_one(name):
    with pytest.raises(UnknownMetric):
        get_metric(name)


# ---- probabilities


@pytest.mark.parametrize(("cell", "line"), [("87", 3), ("1.0001", 3), ("-0.01", 3), ("1e9", 3)])
def test_a_number_outside_0_to_1_is_no_probability(tmp_path, cell, line):
    with pytest.raises(InvalidPredictions) as caught:
        score(tmp_path, "id,y\n1,0\n2,1\n", f"id,y\n1,0.5\n2,{cell}\n", "log_loss")
    assert (caught.value.code, caught.value.rows) == ("not_probabilities", (line,))
    assert f"“{cell}”" in caught.value.message


def test_of_several_labels_a_row_the_loss_is_the_columns_mean(tmp_path):
    truth, guess = "id,a,b\n1,1,1\n2,0,0\n", "id,a,b\n1,0.8,0.6\n2,0.1,0.3\n"
    loss = -(math.log(0.8) + math.log(0.6) + math.log(0.9) + math.log(0.7)) / 4
    assert score(tmp_path, truth, guess, "log_loss").private == pytest.approx(loss)
    with pytest.raises(InvalidPredictions, match="from 0 to 1"):
        score(tmp_path, truth, guess.replace("0.8", "8"), "log_loss")


def test_of_one_class_a_row_the_columns_are_divided_by_their_sum(tmp_path):
    truth, guess = "id,a,b\n1,1,0\n2,0,1\n", "id,a,b\n1,3,1\n2,1,1\n"
    assert score(tmp_path, truth, guess, "log_loss").private == pytest.approx(-(math.log(0.75) + math.log(0.5)) / 2)
