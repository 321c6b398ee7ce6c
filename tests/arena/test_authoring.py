"""An instructor makes a competition in the browser's forms: draft, data, task, baseline, publication."""

from __future__ import annotations

import io
import zipfile
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from arena.authoring import packages, services
from arena.competitions.datasets import InvalidDataset, check_dataset
from arena.competitions.models import Competition
from arena.competitions.selectors import current_solution, visible_competitions
from arena.submissions.judging import judge
from arena.submissions.models import Submission

TABLE = b"id,x,label\n" + b"".join(b"%03d,%d,%s\n" % (i, i, b"ab"[i % 2 : i % 2 + 1]) for i in range(60))
CONSTANT = b"""
import csv
rows = list(csv.DictReader(open("data/test.csv")))
open("submission.csv", "w").write("id,label\\n" + "".join(f"{r['id']},a\\n" for r in rows))
"""


@pytest.fixture
def author(client, cast):
    client.force_login(cast.instructor)
    return client


def upload(name: str, data: bytes) -> io.BytesIO:
    stream = io.BytesIO(data)
    stream.name = name
    return stream


def basics(**changes: object) -> dict[str, object]:
    now = timezone.localtime()
    fields = {
        "title": "Șapte forme",
        "kind": "both",
        "metric": "accuracy",
        "id_column": "id",
        "opens_at": f"{now:%Y-%m-%dT%H:%M}",
        "deadline": f"{now + timedelta(days=7):%Y-%m-%dT%H:%M}",
        "daily_limit": 5,
        "n_final": 1,
        "wall_time_s": 20,
        "memory_mb": 1024,
        "processes": 32,
        "disk_mb": 64,
        "output_mb": 4,
        "gpus": 0,
    }
    return fields | changes


@pytest.mark.sandbox
def test_a_labelled_table_becomes_a_published_competition(author, cast, bell, django_capture_on_commit_callbacks):
    answer = author.post(reverse("new_competition", args=["ml"]), basics())
    assert answer.url == "/competitions/sapte-forme/edit/data/"
    competition = Competition.objects.get(slug="sapte-forme")
    assert competition not in visible_competitions(cast.student)
    fields = {"way": "split", "target": "label", "test_share": "0.5", "public_share": "0.5", "seed": "1"}
    answer = author.post(answer.url, fields | {"labelled": upload("all.csv", TABLE)})
    assert answer.status_code == 302
    assert sorted(f.name for f in competition.files.all()) == ["sample_submission.csv", "test.csv", "train.csv"]
    author.post(reverse("edit_task", args=["sapte-forme"]), {"description": "Which form is it?", "rules": "Be fair."})
    answer = author.post(reverse("edit_publish", args=["sapte-forme"]), follow=True)
    assert "No baseline has a score yet" in answer.content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        author.post(
            reverse("edit_baselines", args=["sapte-forme"]), {"model": "", "files": upload("constant.py", CONSTANT)}
        )
    judge(bell[-1])
    baseline = Submission.objects.get(competition=competition)
    assert (baseline.is_baseline, baseline.is_ranked, baseline.verdict) == (True, False, "ok")
    answer = author.post(reverse("edit_publish", args=["sapte-forme"]))
    assert answer.url == "/competitions/sapte-forme/"
    assert visible_competitions(cast.student).filter(slug="sapte-forme").exists()


def test_a_new_competition_proposes_two_weeks_from_now(author):
    form = author.get(reverse("new_competition", args=["ml"])).context["form"]
    opens, closes = form["opens_at"].value(), form["deadline"].value()
    assert (closes - opens).days in {14, 13}
    assert f"{closes:%H:%M}" == "23:59"
    assert f'value="{opens:%Y-%m-%dT%H:%M}"' in str(form["opens_at"])


def test_a_draft_does_not_exist_for_students(client, cast):
    cast.competition.is_published = False
    cast.competition.save()
    client.force_login(cast.student)
    assert client.get(reverse("competition", args=["letters"])).status_code == 404
    assert "Letters" not in client.get("/").content.decode()
    client.force_login(cast.assistant)
    assert client.get(reverse("competition", args=["letters"])).status_code == 200


@pytest.mark.parametrize("page", ["edit_basics", "edit_data", "edit_task", "edit_baselines", "export_competition"])
@pytest.mark.parametrize("role", ["student", "assistant"])
def test_only_instructors_change_a_competition(client, cast, role, page):
    client.force_login(getattr(cast, role))
    assert client.get(reverse(page, args=["letters"])).status_code == 403


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"metric": "acuracy"}, "accuracy"),
        ({"deadline": "2001-01-01T00:00"}, "must lie after the opening"),
        ({"is_project": "on"}, "“Letters” is this course’s project already"),
        ({"slug": "letters"}, "already exists"),
        ({"n_final": 0}, "At least one"),
    ],
)
def test_wrong_settings_are_refused_with_a_reason(author, changes, said):
    answer = author.post(reverse("new_competition", args=["ml"]), basics(**changes))
    assert answer.status_code == 422
    assert said in answer.content.decode().replace("&#x27;", "’")
    assert Competition.objects.count() == 1


SOLUTION = b"id,label,Usage\n1,a,Public\n2,b,Private\n3,b,Private\n"


@pytest.mark.parametrize(
    ("public", "solution", "said"),
    [
        ({"train.csv": b"id,label\n2,b\n"}, SOLUTION, "train.csv holds the label of 1 hidden row (id 2)"),
        ({"all.csv": SOLUTION}, SOLUTION, "all.csv is the solution itself"),
        ({"test.csv": b"id\n1\n2\n"}, SOLUTION, "1 id of the solution is not in test.csv: 3"),
        ({"test.csv": b"id\n1\n2\n3\n4\n5\n"}, SOLUTION, "2 ids of test.csv are not in the solution; the first is 4"),
        ({"test.csv": b"id\n1\n2\n2\n3\n"}, SOLUTION, "The id 2 stands twice"),
        ({"test.csv": b"key\n1\n"}, SOLUTION, "no column “id”"),
        ({"../x.csv": b"a"}, SOLUTION, "no plain file name"),
        ({"sample_submission.csv": b"id,label\n1,a\n"}, SOLUTION, "The sample submission:"),
        ({}, b"id,label\n1,a\n1,b\n", "The solution:"),
    ],
)
def test_data_that_does_not_fit_or_gives_labels_away_is_refused(public, solution, said):
    with pytest.raises(InvalidDataset) as caught:
        check_dataset(public, solution, id_column="id", metric="accuracy")
    assert said in str(caught.value)


def test_a_metric_that_cannot_judge_the_labels_is_refused():
    with pytest.raises(InvalidDataset, match=r"The solution: .*needs numbers"):
        check_dataset({}, SOLUTION, id_column="id", metric="mean_squared_error")


def test_refused_data_leaves_the_old_data_as_it_was(author, cast):
    before = current_solution(cast.competition)
    files = {
        "way": "files",
        "solution": upload("s.csv", SOLUTION),
        "public": upload("train.csv", b"id,label\n1,a\n"),
    }
    answer = author.post(reverse("edit_data", args=["letters"]), files)
    assert answer.status_code == 422
    assert "holds the label of 1 hidden row" in answer.content.decode()
    assert current_solution(cast.competition) == before
    assert [f.name for f in cast.competition.files.all()] == ["test.csv"]


def test_export_and_import_give_the_same_competition(cast, bell):
    cast.competition.description, cast.competition.total_limit = "# Sarcină\n“Ghici”", 40
    cast.competition.save()
    first = packages.export(cast.competition)
    Competition.objects.filter(pk=cast.competition.pk).update(slug="old")
    copy = packages.load(first, course=cast.course, actor=cast.instructor)
    assert (copy.slug, copy.is_published, copy.is_project) == ("letters", False, False)
    second = packages.export(copy)
    with zipfile.ZipFile(io.BytesIO(first)) as a, zipfile.ZipFile(io.BytesIO(second)) as b:
        added = {"public/sample_submission.csv"}
        assert set(b.namelist()) - set(a.namelist()) == added
        assert {name: a.read(name) for name in a.namelist()} == {name: b.read(name) for name in a.namelist()}


def _archive(**files: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, data in files.items():
            archive.writestr(name.replace("__", "."), data)
    return stream.getvalue()


TOML = b"""format = 1
slug = "new"
title = "New"
metric = "accuracy"
opens_at = 2026-01-01T00:00:00+02:00
deadline = 2026-02-01T00:00:00+02:00
"""


@pytest.mark.parametrize(
    ("archive", "said"),
    [
        (b"no zip", "no readable .zip"),
        (_archive(readme__md=b""), "no competition.toml"),
        (_archive(competition__toml=b"format = 2\n"), "format = 1"),
        (_archive(competition__toml=TOML + b"colour = 3\n"), "unknown key “colour”"),
        (_archive(competition__toml=TOML.replace(b"+02:00", b"")), "with an offset"),
        (_archive(competition__toml=TOML.replace(b"accuracy", b"luck")), "no metric"),
        (_archive(competition__toml=TOML.replace(b'"new"', b'"letters"'), solution__csv=SOLUTION), "already exists"),
        (_archive(competition__toml=TOML), "The solution:"),
    ],
)
def test_an_archive_that_is_no_competition_is_refused_and_leaves_nothing(cast, archive, said):
    with pytest.raises(packages.InvalidPackage) as caught:
        packages.load(archive, course=cast.course, actor=cast.instructor)
    assert said in str(caught.value)
    assert Competition.objects.count() == 1


def test_a_copy_for_another_term_has_the_data_and_nobody_s_work(author, cast, files, hand_in):
    hand_in(cast.student, {"p.csv": files.half})
    fields = {
        "course": cast.course.pk,
        "slug": "letters-2",
        "opens_at": "2027-01-01T00:00",
        "deadline": "2027-02-01T00:00",
    }
    answer = author.post(reverse("duplicate_competition", args=["letters"]), fields)
    assert answer.url == "/competitions/letters-2/edit/"
    copy = Competition.objects.get(slug="letters-2")
    assert current_solution(copy).sha256 == current_solution(cast.competition).sha256
    assert (copy.is_published, copy.submissions.count()) == (False, 0)
    assert cast.competition.submissions.count() == 1


def test_the_preview_shows_markdown_without_scripts_and_with_the_files(author):
    address = reverse("edit_preview", args=["letters"])
    answer = author.post(address, {"description": "**bold** <script>alert(1)</script> ![p](files/p.png)"})
    html = answer.content.decode()
    assert "<strong>bold</strong>" in html
    assert "<script" not in html
    assert 'src="/competitions/letters/files/p.png"' in html


def test_every_check_is_said_before_publication(cast):
    checks = {c.name: c for c in services.checks(cast.competition, at=timezone.now())}
    assert "2 public and 4 private rows" in checks["Data"].detail
    assert not checks["Task"].is_met
    with pytest.raises(services.NotReady, match="The task's page is empty"):
        services.publish(cast.competition, actor=cast.instructor)
