"""A Codabench bundle is looked at, with its mistakes in words, and becomes a draft."""

from __future__ import annotations

import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from arena.competitions.models import Competition, hidden_storage
from arena.competitions.selectors import current_solution
from arena.submissions.judging import judge
from arena.submissions.models import Submission

YAML = """\
version: 2
title: Seeds
description: Three kinds of seed
image: seeds.jpg
terms: pages/terms.md
pages:
  - title: Start
    file: pages/start.md
tasks:
  - {index}: 0
    name: Dev
    reference_data: dev/truth/
  - {index}: 1
    name: Final
    reference_data: final/truth/
solutions:
  - index: 0
    tasks: [0]
    path: answers/dev
  - index: 1
    tasks: [1]
    path: {final_answer}
phases:
  - index: 0
    name: First
    start: 3-15-2026
    end: 2026-05-01
    max_submissions_per_day: 5
    tasks: [0]
    public_data: public
  - index: 1
    name: Last
    start: 2026-05-02
    tasks: [1]
leaderboards:
  - title: Results
    columns:
      - key: accuracy
        index: 0
        sorting: desc
"""
FILES = {
    "pages/terms.md": "Play fair.",
    "pages/start.md": "Welcome.",
    "dev/truth/label": "0\n1\n2\n1\n",
    "final/truth/label": "1\n1\n0\n",
    "answers/dev/prediction": "0\n1\n1\n1\n",
    "answers/final/prediction": "1\n1\n1\n",
    "public/train": "1 2\n3 4\n",
    "public/truth": "0\n1\n2\n1\n",
}


def bundle(*, final_answer: str = "answers/final", **changes: str) -> SimpleUploadedFile:
    stream = io.BytesIO()
    files = FILES | {"competition.yaml": YAML.format(index="index", final_answer=final_answer)} | changes
    with zipfile.ZipFile(stream, "w") as archive:
        for name, text in files.items():
            archive.writestr(f"bundle/{name}", text)
    return SimpleUploadedFile("bundle.zip", stream.getvalue())


@pytest.fixture
def page(client, cast):
    client.force_login(cast.instructor)
    return reverse("import_bundle", args=["ml"])


def filled(answer) -> dict[str, object]:
    """The form of the preview as it stands."""
    form = answer.context["form"]
    values = {name: form[name].value() for name in form.fields}
    return {name: f"{v:%Y-%m-%dT%H:%M}" if hasattr(v, "year") else v for name, v in values.items()} | {"create": "1"}


def test_a_bundle_is_shown_with_its_mistakes_and_nothing_is_made_yet(client, page):
    assert client.post(page, {"archive": bundle(final_answer="answers/dev")}).status_code == 302
    said = client.get(page).content.decode()
    for sentence in (
        "seeds.jpg is named in the bundle but is not in it.",
        "The example solution of “Final” has 4 rows, but its truth has 3.",
        "The date “3-15-2026” in “First” was read as month, day, year.",
        "The public file truth is the truth of “Dev”. It is left out.",
    ):
        assert sentence in said
    assert Competition.objects.count() == 1


def test_a_looked_at_bundle_becomes_a_draft_with_its_example_solution(
    client, page, cast, bell, django_capture_on_commit_callbacks
):
    client.post(page, {"archive": bundle()})
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(page, filled(client.get(page)))
    assert answer.url == "/competitions/seeds/edit/data/"
    made = Competition.objects.get(slug="seeds")
    assert (made.is_published, made.kind, made.daily_limit) == (False, "predictions", 5)
    assert f"{made.opens_at:%Y-%m-%d} {made.deadline:%Y-%m-%d}" == "2026-03-14 2026-05-01"
    assert sorted(file.name for file in made.files.all()) == ["sample_submission.csv", "train"]
    assert "## Start\n\nWelcome." in made.description
    assert "`2-1` to `2-3`: the rows of “Final”" in made.description
    assert made.rules.get().text == "Play fair."
    judge(bell[-1])
    example = Submission.objects.get(competition=made)
    assert (example.is_baseline, example.public_score, round(example.private_score, 3)) == (True, 0.75, 0.667)
    assert hidden_storage().listdir("bundles")[1] == []


def test_an_example_of_another_task_is_left_out(client, page):
    client.post(page, {"archive": bundle(final_answer="answers/dev")})
    client.post(page, filled(client.get(page)))
    made = Competition.objects.get(slug="seeds")
    assert current_solution(made).n_rows == 7
    assert not Submission.objects.filter(competition=made).exists()


def test_what_is_no_bundle_is_refused_and_not_kept(client, page):
    for upload, said in (
        (SimpleUploadedFile("b.zip", b"PK no"), "no readable .zip archive"),
        (bundle(**{"competition.yaml": "title: x\n"}), "has no task"),
        (bundle(**{"competition.yaml": "a: [1\n"}), "can’t be read"),
    ):
        answer = client.post(page, {"archive": upload})
        assert answer.status_code == 422
        assert said in answer.content.decode().replace("&#x27;", "’")
        assert b"What to look at" not in client.get(page).content


def test_a_bundle_under_preview_is_its_owners_alone_and_can_be_thrown_away(client, page, cast):
    client.post(page, {"archive": bundle()})
    client.force_login(cast.admin)
    assert b"What to look at" not in client.get(page).content
    client.force_login(cast.instructor)
    assert b"What to look at" in client.get(page).content
    client.post(page, {"discard": "1"})
    assert b"What to look at" not in client.get(page).content


def test_a_title_or_metric_that_is_wrong_keeps_the_preview(client, page):
    client.post(page, {"archive": bundle()})
    answer = client.post(page, filled(client.get(page)) | {"metric": "elegance"})
    assert answer.status_code == 422
    assert "There is no metric of this name" in answer.content.decode()
    assert b"What to look at" in answer.content
