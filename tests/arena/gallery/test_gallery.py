"""The gallery shows every model with its picture, its scores and its code, and makes one a baseline with one click."""

from __future__ import annotations

import pytest
from django.contrib.staticfiles import finders
from django.utils import translation

from arena.competitions.models import Competition
from arena.demo.seeding import PLANS
from arena.gallery.selectors import exhibit, groups, standings
from arena.leaderboards.models import BoardRow
from arena.submissions.models import Submission
from reference_models.catalogue import FOLDER, METRICS, MODELS

pytestmark = pytest.mark.django_db


def test_every_model_hangs_under_a_heading_with_its_picture_and_all_its_scores():
    shown = [found for _, exhibits in groups() for found in exhibits]
    assert [found.model for found in shown] == list(MODELS)
    assert [found.model.path for found in shown if finders.find(found.picture) is None] == []
    assert [f.model.path for f in shown if [row.board for row in f.scores] != list(f.model.boards)] == []


def test_the_page_of_a_model_shows_its_idea_its_scores_and_its_whole_code(client, cast):
    client.force_login(cast.student)
    assert "k nearest neighbours" in client.get("/models/").content.decode()
    page = client.get("/models/knn/").content.decode()
    assert "Idea: an example gets the label" in page
    assert "digits" in page and "0.940" in page
    assert "class KNN:" in page
    assert "Two moons, and the regions that the nearest 1, 5 and 25 neighbours vote for." in page
    assert "<select" not in page
    assert client.get("/models/no-such-model/").status_code == 404


def test_strangers_sign_in_first(client, cast):
    assert client.get("/models/").status_code == 302


def test_an_instructor_makes_a_model_a_baseline_with_one_click(client, cast):
    client.force_login(cast.instructor)
    assert '<option value="letters">' in client.get("/models/regress-linear/").content.decode()
    answer = client.post("/models/regress-linear/baseline/", {"competition": "letters"})
    assert answer.headers["Location"] == "/models/regress-linear/"
    submission = Submission.objects.get()
    assert (submission.is_baseline, submission.comment, submission.entry) == (True, "linear.py", "linear.py")
    with submission.files.get().file.open() as stored:
        assert stored.read() == (FOLDER / "regress" / "linear.py").read_bytes()


def test_others_cannot_add_baselines(client, cast):
    for user in (cast.student, cast.assistant, cast.outsider):
        client.force_login(user)
        assert client.post("/models/knn/baseline/", {"competition": "letters"}).status_code == 404
    assert not Submission.objects.exists()


def test_a_baseline_s_row_stands_in_the_gallery_for_those_who_see_the_competition(client, cast):
    row = {"user": cast.instructor, "label": "knn.py", "is_baseline": True, "public_score": 0.5}
    BoardRow.objects.create(competition=cast.competition, last_at=cast.competition.opens_at, **row)
    client.force_login(cast.student)
    assert ">0.50<" in client.get("/models/knn/").content.decode()
    client.force_login(cast.outsider)
    assert ">0.50<" not in client.get("/models/knn/").content.decode()


def test_every_model_says_its_idea_in_romanian_too(client, cast):
    with translation.override("ro"):
        for group, exhibits in groups():
            assert translation.gettext(group) != group
            for found in exhibits:
                for text in (found.model.title, *found.model.topics):
                    assert translation.gettext(text) != text
    client.force_login(cast.student)
    client.cookies["django_language"] = "ro"
    page = client.get("/models/knn/").content.decode()
    assert "<h1>Cei mai apropiați k vecini, scriși pas cu pas.</h1>" in page
    assert 'lang="en"' in page


def test_a_baseline_on_a_board_that_was_measured_stands_in_the_same_row(client, cast):
    Competition.objects.filter(pk=cast.competition.pk).update(slug="digits")
    row = {"user": cast.instructor, "label": "knn.py", "is_baseline": True, "public_score": 0.5}
    BoardRow.objects.create(competition=cast.competition, last_at=cast.competition.opens_at, **row)
    found = standings(exhibit("knn", user=cast.student), user=cast.student)
    assert [(s.board, s.public_score) for s in found] == [
        ("digits", 0.5),
        ("tumours", None),
        ("dialects", None),
    ]
    assert [s.measured.metric for s in found] == ["accuracy", "macro_f1_score", "accuracy"]


def test_a_score_counts_what_the_demo_s_board_counts():
    counted = {plan.slug: plan.metric for plan in PLANS if plan.slug != "wine-lab-test"}
    assert counted == {name: METRICS.get(name, "accuracy") for name in ("dialects", "digits", "tumours")}


def test_two_models_of_one_file_name_keep_their_rows_apart(client, cast):
    row = {"user": cast.instructor, "label": "regress-knn.py", "is_baseline": True, "public_score": 0.5}
    BoardRow.objects.create(competition=cast.competition, last_at=cast.competition.opens_at, **row)
    client.force_login(cast.student)
    assert ">0.50<" in client.get("/models/regress-knn/").content.decode()
    assert ">0.50<" not in client.get("/models/knn/").content.decode()


def test_a_board_leads_to_its_competition_for_those_who_see_it(client, cast):
    Competition.objects.filter(pk=cast.competition.pk).update(slug="digits")
    client.force_login(cast.student)
    assert '<a href="/competitions/digits/leaderboard/">' in client.get("/models/knn/").content.decode()
    client.force_login(cast.outsider)
    assert "/competitions/digits/" not in client.get("/models/knn/").content.decode()


def test_an_exhibit_knows_its_paragraphs(cast):
    title, idea, source, score = exhibit("knn", user=cast.student).model.docstring
    assert title == "k nearest neighbours, written out."
    assert [text.split(":")[0] for text in (idea, source, score)] == ["Idea", "Source", "Score"]
