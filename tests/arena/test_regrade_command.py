"""`manage.py regrade`: choices, preview, apply, roll back, and what it says about wrong input."""

from __future__ import annotations

import io
import json
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command

from arena.audit.models import Event
from arena.regrading.choosing import BadChoice, Choice, choose, moment
from arena.regrading.models import Regrade
from arena.submissions.models import Submission

pytestmark = pytest.mark.django_db


def regrade(*arguments):
    out, err = io.StringIO(), io.StringIO()
    call_command("regrade", *arguments, stdout=out, stderr=err)
    return out.getvalue()


@pytest.fixture
def new_labels(cast, files, hand_in, tmp_path):
    """One submission of each student; the options that propose a solution in which every label is `a`."""
    first = hand_in(cast.student, {"p.csv": files.half})
    second = hand_in(cast.classmate, {"p.csv": files.perfect})
    path = tmp_path / "new.csv"
    path.write_text(files.solution.replace(",b,", ",a,"))
    return SimpleNamespace(submissions=(first, second), options=["--solution", str(path)])


def scores():
    return list(Submission.objects.order_by("pk").values_list("private_score", flat=True))


def test_a_dry_run_shows_who_would_move_and_changes_nothing(cast, new_labels):
    text = regrade("--competition", "letters", "--dry-run", "--here", *new_labels.options)
    assert "2/2 judged" in text
    assert "student@test.example: rank 2 -> 1, private 0.5 -> 1" in text
    assert "classmate@test.example: rank 1 -> 2, private 1 -> 0.5" in text
    assert scores() == [0.5, 1.0]
    assert Regrade.objects.get().status == "cancelled"


def test_a_regrade_is_applied_and_taken_back_by_its_number(cast, new_labels):
    text = regrade(
        "--competition", "letters", "--here", "--reason", "two labels were wrong", "--as", "admin@test.example",
        *new_labels.options,
    )  # fmt: skip
    number = str(Regrade.objects.get().pk)
    assert f"Applied: 2 results changed. Take it back with --roll-back {number}." in text
    assert scores() == [1.0, 0.5]
    assert Event.objects.filter(action="regrade.applied", actor=cast.admin).count() == 1
    regrade("--roll-back", number)
    assert scores() == [0.5, 1.0]


def test_with_no_wait_the_regrade_is_decided_about_later(cast, new_labels):
    from arena.submissions.judging import judge

    answer = json.loads(regrade("--competition", "letters", "--no-wait", "--json", *new_labels.options))
    assert (answer["status"], answer["done"], answer["total"]) == ("running", 0, 2)
    number = str(answer["regrade"])
    for item in Regrade.objects.get().items.all():
        judge(item.shadow_id)
    shown = json.loads(regrade("--show", number, "--json"))
    assert shown["status"] == "ready"
    assert {c["student"]: c["private"] for c in shown["changes"]} == {
        "student@test.example": [0.5, 1.0],
        "classmate@test.example": [1.0, 0.5],
    }
    assert json.loads(regrade("--apply", number, "--json"))["status"] == "applied"
    assert "applied" in regrade("--list")


def test_each_choice_narrows_the_set(cast, new_labels):
    first, second = new_labels.submissions

    def chosen(**options):
        return [s.pk for s in choose(cast.competition, Choice(**options))]

    assert chosen() == [first.pk, second.pk]
    assert chosen(students=["Student@test.example"]) == [first.pk]
    assert chosen(ids=[second.pk]) == [second.pk]
    assert chosen(since=second.submitted_at) == [second.pk]
    assert chosen(until=second.submitted_at) == [first.pk]
    assert chosen(verdicts=["time_limit"]) == []
    assert chosen(types=["predictions"], only_standing=True) == [first.pk, second.pk]


def test_a_day_begins_at_midnight_of_the_sites_time_zone():
    assert moment("2026-11-21").isoformat() == "2026-11-21T00:00:00+02:00"
    assert moment("2026-11-21T18:30").isoformat() == "2026-11-21T18:30:00+02:00"
    with pytest.raises(BadChoice, match="is no time"):
        moment("2026-13-01")


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        ([], "no_competition", "Name the competition"),
        (["--competition", "nope"], "unknown_competition", "There are: letters."),
        (["--competition", "letters", "--verdict", "great"], "unknown_verdict", "No such verdict here: great."),
        (["--competition", "letters", "--student", "x@y.example"], "unknown_student", "Nobody with the address"),
        (["--competition", "letters", "--since", "yesterday"], "bad_time", "is no time"),
        (["--competition", "letters"], "not_possible", "No finished submission matches"),
        (["--apply", "99"], "unknown_regrade", "There is no regrade 99"),
    ],
)
def test_bad_input_ends_with_code_2_one_json_object_and_a_sentence(cast, arguments, code, sentence):
    out = io.StringIO()
    with pytest.raises(CommandError, match=sentence) as caught:
        call_command("regrade", *arguments, stdout=out)
    assert caught.value.returncode == 2
    assert json.loads(out.getvalue())["error"] == code


def test_a_fault_of_ours_keeps_a_regrade_from_being_applied(cast, files, hand_in):
    hand_in(cast.student, {"p.csv": files.half})
    regrade("--competition", "letters", "--no-wait")
    shadow = Regrade.objects.get().items.get().shadow
    shadow.verdict, shadow.status = "sandbox_fault", "finished"
    shadow.save()
    Regrade.objects.update(status="ready")
    with pytest.raises(CommandError, match="fault of ours") as caught:
        regrade("--apply", str(Regrade.objects.get().pk))
    assert caught.value.returncode == 1


def test_boards_are_rebuilt_from_the_submissions(cast, new_labels):
    from arena.leaderboards.models import BoardRow

    before = list(BoardRow.objects.order_by("user").values_list("user", "public_score", "private_score"))
    BoardRow.objects.all().delete()
    out = io.StringIO()
    call_command("rebuild_boards", stdout=out)
    assert out.getvalue() == "letters: 2 rows\n"
    assert list(BoardRow.objects.order_by("user").values_list("user", "public_score", "private_score")) == before
    with pytest.raises(CommandError, match="no competition"):
        call_command("rebuild_boards", competition="nope", stdout=io.StringIO())
