"""What a student learns from submissions, and the archive that staff take away."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from arena.competitions.services import set_solution
from arena.submissions.insight import history, public_confusion, step_of
from arena.submissions.models import Submission


@pytest.fixture
def larger(cast, tmp_path):
    """Forty public rows (a and b in turn) and forty private ones (all b)."""
    path = tmp_path / "larger.csv"
    rows = [f"{i},{'ab'[i % 2]},Public" for i in range(40)] + [f"{i},b,Private" for i in range(40, 80)]
    path.write_text("id,label,Usage\n" + "\n".join(rows) + "\n")
    set_solution(cast.competition, path=path)
    return cast.competition


def always_a() -> bytes:
    return b"id,label\n" + b"".join(b"%d,a\n" % i for i in range(80))


def test_the_confusion_table_counts_public_rows_alone(larger, cast, hand_in):
    table = public_confusion(hand_in(cast.student, {"p.csv": always_a()}))
    assert table.names == ("a", "b")
    assert [[cell.percent for cell in cells] for _, cells in table.rows] == [[100, 0], [100, 0]]
    assert table.n_rows == 40


def test_a_single_row_leaves_no_trace_in_the_confusion_table(larger, cast, hand_in):
    """Row 0 alone is called b: exact counts would tell that it is a public row of class a."""
    probe = public_confusion(hand_in(cast.student, {"p.csv": always_a().replace(b"\n0,a\n", b"\n0,b\n")}))
    assert probe == public_confusion(hand_in(cast.student, {"p.csv": always_a()}))
    assert [step_of(n) for n in (9, 10, 19, 20, 39, 40)] == [None, 20, 20, 10, 10, 5]


def test_classes_of_hidden_rows_alone_hide_no_confusion_table(larger, cast, hand_in, tmp_path):
    """Otherwise a page that lacks the table would tell that there are many."""
    told = public_confusion(hand_in(cast.student, {"p.csv": always_a()}))
    path = tmp_path / "many.csv"
    rows = [f"{i},{'ab'[i % 2]},Public" for i in range(40)] + [f"{i},c{i},Private" for i in range(40, 80)]
    path.write_text("id,label,Usage\n" + "\n".join(rows) + "\n")
    set_solution(cast.competition, path=path)
    assert public_confusion(hand_in(cast.student, {"p.csv": always_a()})) == told


def test_a_handful_of_public_rows_is_not_told_class_by_class(cast, files, hand_in):
    assert public_confusion(hand_in(cast.student, {"p.csv": files.half})) is None


def test_one_sees_the_confusion_of_one_s_own_submission_only(client, larger, cast, hand_in):
    submission = hand_in(cast.student, {"p.csv": always_a()})
    address = reverse("submission_confusion", args=[submission.pk])
    client.force_login(cast.student)
    assert "Over 40 public rows" in client.get(address).content.decode()
    client.force_login(cast.classmate)
    assert client.get(address).status_code == 404


def scored(*scores: float | None) -> list[Submission]:
    start = timezone.now()
    return [
        Submission(pk=i, submitted_at=start + timedelta(hours=i), verdict="ok", public_score=score)
        for i, score in enumerate(scores)
    ]


def shown(rows: list[Submission]) -> dict[int, float | None]:
    return {row.pk: row.public_score for row in rows}


def test_the_history_marks_the_best_so_far_in_either_direction():
    rows = scored(0.5, 0.4, 0.9)
    up = history(rows, scores=shown(rows), higher_is_better=True)
    assert [p.is_best for p in up.points] == [True, False, True]
    assert up.best == "12.0,112.8 320.0,112.8 320.0,112.8 628.0,112.8 628.0,12.0"
    down = history(rows, scores=shown(rows), higher_is_better=False)
    assert [p.is_best for p in down.points] == [True, True, False]


def test_a_single_score_makes_no_history():
    rows = scored(0.5, None)
    assert history(rows, scores=shown(rows), higher_is_better=True) is None


def test_staff_take_everything_away_with_a_manifest(client, cast, files, hand_in):
    submission = hand_in(cast.student, {"p.csv": files.half})
    client.force_login(cast.assistant)
    answer = client.get(reverse("submissions_archive", args=["letters"]))
    with zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as archive:
        folder = f"{submission.pk:06}-the-student"
        assert archive.read(f"{folder}/p.csv") == files.half
        (row,) = csv.DictReader(io.StringIO(archive.read("manifest.csv").decode()))
    assert (row["email"], row["verdict"], row["private_score"]) == ("student@test.example", "ok", "0.5")


def test_a_name_that_is_a_formula_is_harmless_in_the_manifest(client, cast, files, hand_in):
    cast.student.name = "=HYPERLINK(1)"
    cast.student.save()
    hand_in(cast.student, {"p.csv": files.half})
    client.force_login(cast.instructor)
    answer = client.get(reverse("submissions_archive", args=["letters"]))
    with zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as archive:
        (row,) = csv.DictReader(io.StringIO(archive.read("manifest.csv").decode()))
    assert row["student"] == "'=HYPERLINK(1)"


def test_students_do_not_get_the_archive(client, cast):
    client.force_login(cast.student)
    assert client.get(reverse("submissions_archive", args=["letters"])).status_code == 404
