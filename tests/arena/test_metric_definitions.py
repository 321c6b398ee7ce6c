"""What students read of a metric, and what instructors read where a solution doesn't suit one, in both languages."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from arena.competitions.datasets import InvalidDataset, check_dataset
from arena.competitions.metric_definitions import definition
from arena.competitions.unsuitable import TEXTS, explain_solution
from arena.submissions.intake import Refused, submit
from grader.metrics import METRICS
from grader.suitability_wording import TEXTS as ENGLISH
from grader.suitability_wording import unsuitable


@pytest.mark.parametrize("language", ["en", "ro"])
def test_every_metric_has_a_definition_in_words_without_gaps(language):
    with translation.override(language):
        for name in METRICS:
            for n_columns in (1, 3):
                sentences = definition(name, n_columns=n_columns)
                assert len(sentences) >= 2
                assert not any("%(" in sentence or "None" in sentence for sentence in sentences)


def test_a_definition_says_the_choices():
    assert "Of the class ill alone." in definition("binary_f1_score[positive=ill]")
    assert "The positive class is 1." in definition("auc")
    assert any("of your first 5 items" in sentence for sentence in definition("map@5"))


def test_the_site_says_what_the_grader_says_of_every_unsuitable_solution():
    assert set(TEXTS) == set(ENGLISH)
    params = {
        "metric": "m", "column": "c", "classes": ["a", "b"], "examples": ["a"], "lines": [3, 4], "count": 2, "n": 3,
        "limit": 9, "positive": "p", "minimum": "0", "part": "Private", "more": True,
    }  # fmt: skip
    for code in TEXTS:
        error = unsuitable(code, **params)
        assert explain_solution(error) == error.message
        with translation.override("ro"):
            assert explain_solution(error) != error.message


def test_check_and_publish_names_the_reason_in_the_reader_s_language():
    with (
        translation.override("ro"),
        pytest.raises(InvalidDataset, match="clasă din „y” este cea pozitivă: „ill”, „well”"),
    ):
        check_dataset({}, b"id,y\n1,ill\n2,well\n", id_column="id", metric="binary_f1_score")


def test_students_read_on_the_task_s_page_how_they_are_scored(client, cast):
    cast.competition.metric = "binary_recall_score[positive=b]"
    cast.competition.save()
    client.force_login(cast.student)
    page = client.get(reverse("competition", args=["letters"])).content.decode()
    assert "Of the class b alone." in page


def test_nobody_s_upload_is_spent_on_labels_that_do_not_suit_the_metric(cast, files):
    cast.competition.metric = "auc"
    cast.competition.save()
    with pytest.raises(Refused, match="don't suit"):
        submit(cast.student, cast.competition, files={"p.csv": files.half}, at=timezone.now())
