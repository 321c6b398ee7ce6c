"""A student reads why the program failed, in the language of the page, with the own lines of the traceback."""

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from arena.submissions.failure_wording import SENTENCES
from arena.submissions.failures import explain_failure, own_lines
from arena.submissions.models import Attempt, Status, Submission
from grader.failures import Surroundings, report, sentences

STDERR = """Traceback (most recent call last):
  File "/kaggle/working/main.py", line 7, in <module>
    print(<b>row["lable"])
KeyError: 'lable'
"""
DETAILS = report(STDERR, code=1, killed_by=None, around=Surroundings(columns=("id", "label"))).details


def test_the_site_has_every_sentence_of_the_grader_and_its_translation():
    assert SENTENCES == sentences.SENTENCES
    with translation.override("ro"):
        assert [text for text in SENTENCES.values() if translation.gettext(text) == text] == []


def test_the_sentence_is_translated_with_the_place_and_the_advice():
    with translation.override("ro"):
        said = explain_failure(DETAILS)
    assert "KeyError: 'lable' (main.py, linia 7" in said
    assert "id, label" in said
    assert "Poate ai vrut label." in said
    assert own_lines(DETAILS).splitlines()[0] == "main.py, line 7"


@pytest.mark.django_db
def test_the_page_shows_the_own_lines_escaped(cast, client):
    submission = Submission.objects.create(
        competition=cast.competition, user=cast.student, type="code", submitted_at=timezone.now(),
        status=Status.FINISHED, verdict="runtime_error", message="in English", entry="main.py",
    )  # fmt: skip
    submission.result = Attempt.objects.create(
        submission=submission, number=1, status=Status.FINISHED, verdict="runtime_error", params={"failure": DETAILS}
    )
    submission.save()
    client.force_login(cast.student)
    page = client.get(reverse("submission", args=[submission.pk])).content.decode()
    assert "main.py, line 7" in page
    assert "&lt;b&gt;row" in page
    assert "<b>row" not in page
