"""Regrades that change what a score is worth: the mark scheme and the baseline to exceed, with or without judging anew."""

from __future__ import annotations

import io
import json
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from arena.audit.models import Event
from arena.competitions.models import Competition
from arena.competitions.services import set_solution
from arena.gradebook.models import Examination, LabTarget, SchemeVersion
from arena.gradebook.selectors import mark_sheet_of
from arena.gradebook.services import enter_mark, freeze, save_scheme
from arena.leaderboards.models import BoardRow
from arena.notifications.models import Notification
from arena.regrading import services
from arena.regrading.models import Regrade
from arena.regrading.selectors import difference
from arena.submissions.dispatch import judge_next
from arena.submissions.queueing import Lane
from grader.schemes import InvalidScheme, preset_text

pytestmark = pytest.mark.django_db
TEXT = preset_text("unibuc-ml")
# the first band holds one place: rank 2 falls from 10 to 9, which is 7.65 instead of 7.8 in the end
NARROW = TEXT.replace("last = 30", "last = 1")
STRICT = TEXT.replace('pass_mark = "5"', 'pass_mark = "7.5"')


@pytest.fixture
def begin(marked, django_capture_on_commit_callbacks):
    def do(**options):
        options.setdefault("marks_only", True)
        with django_capture_on_commit_callbacks(execute=True):
            return services.start(
                marked.competition,
                submissions=marked.competition.submissions.all(),
                reason="the senate decided",
                actor=marked.instructor,
                **options,
            )

    return do


@pytest.fixture
def baselines(marked):
    """One that both exceed, one that the classmate (private 0.5) does not."""
    BoardRow.objects.filter(is_baseline=True).update(label="easy.csv")
    BoardRow.objects.create(
        competition=marked.competition, user=marked.instructor, is_baseline=True, is_ranked=False, private_score=0.6,
        label="hard.csv",
    )  # fmt: skip
    Competition.objects.update(gate_baseline="easy.csv")
    marked.competition.refresh_from_db()


def fresh(regrade):
    return Regrade.objects.get(pk=regrade.pk)


def projects(marked):
    return [str(mark_sheet_of(enrolment).project) for enrolment in (marked.a, marked.b)]


def test_a_proposed_scheme_shows_bands_marks_and_passing_before_anything_changes(marked, begin):
    regrade = begin(scheme=NARROW)
    assert (regrade.items.count(), fresh(regrade).status) == (0, "ready")
    found = difference(fresh(regrade))
    assert (found.n_bands, found.n_projects, found.n_marks, found.n_scores, found.n_ranks) == (2, 1, 0, 0, 0)
    moved = {c.user: (c.band, c.project, c.final, c.examination) for c in found.changes}
    assert moved == {
        marked.classmate: (("1–30", "2–50"), ("10", "9"), ("8", "8"), "first"),
        marked.student: (("1–30", "1–1"), ("10", "10"), ("8", "8"), "first"),
    }
    assert not SchemeVersion.objects.exists()
    assert projects(marked) == ["10", "10"]


def test_a_stricter_pass_mark_shows_who_fails_and_both_distributions(marked, begin):
    found = difference(fresh(begin(scheme=STRICT)))
    assert (found.n_marks, found.n_newly_failed, found.n_newly_passed) == (2, 2, 0)
    assert [c.status for c in found.changes] == [("passed", "failed"), ("passed", "failed")]
    assert [row for row in found.marks if any(row[1:])] == [("4", 0, 2), ("8", 2, 0)]


def test_applying_makes_a_version_and_rolling_back_another_with_the_earlier_rules(marked, begin):
    first = save_scheme(marked.course, document=TEXT, reason="start", actor=marked.instructor)
    regrade = begin(scheme=NARROW.replace("\n", "\r\n"))
    services.apply(fresh(regrade), actor=marked.admin)
    newest = marked.course.schemes.first()
    assert (newest.document, newest.reason, newest.author) == (
        NARROW,
        f"#{regrade.pk} the senate decided",
        marked.admin,
    )
    assert fresh(regrade).scheme_applied == newest
    assert projects(marked) == ["10", "9"]
    services.roll_back(fresh(regrade), actor=marked.admin)
    assert projects(marked) == ["10", "10"]
    assert [v.document for v in marked.course.schemes.order_by("pk")] == [TEXT, NARROW, TEXT]
    assert first in marked.course.schemes.all()
    steps = ["regrade.started", "scheme.saved", "regrade.applied", "scheme.saved", "regrade.rolled_back"]
    assert list(Event.objects.order_by("pk").values_list("action", flat=True))[-5:] == steps


def test_rolling_back_leaves_a_later_version_alone(marked, begin):
    regrade = begin(scheme=NARROW)
    services.apply(fresh(regrade), actor=marked.admin)
    save_scheme(marked.course, document=STRICT, reason="later", actor=marked.instructor)
    services.roll_back(fresh(regrade), actor=marked.admin)
    assert marked.course.schemes.first().document == STRICT


def test_another_baseline_moves_the_gate_and_goes_back(marked, begin, baselines):
    regrade = begin(changes={"gate_baseline": "hard.csv"})
    found = difference(fresh(regrade))
    assert [(c.user, c.project, c.final) for c in found.changes] == [(marked.classmate, ("10", "4"), ("8", "7"))]
    assert projects(marked) == ["10", "10"]
    services.apply(fresh(regrade), actor=marked.instructor)
    assert (Competition.objects.get().gate_baseline, projects(marked)) == ("hard.csv", ["10", "4"])
    services.roll_back(fresh(regrade), actor=marked.instructor)
    assert (Competition.objects.get().gate_baseline, projects(marked)) == ("easy.csv", ["10", "10"])


def test_labels_and_scheme_change_together_or_not_at_all(marked, begin, files, tmp_path, monkeypatch):
    path = tmp_path / "all-a.csv"
    path.write_text(files.solution.replace(",b,", ",a,"))
    labels = set_solution(marked.competition, path=path, is_proposed=True)
    regrade = begin(scheme=NARROW, solution=labels, marks_only=False)
    while judge_next(Lane.SCORING):
        pass
    # the perfect file is half right by these labels and the other way round: the ranks change places
    found = difference(fresh(regrade))
    assert {c.user: (c.rank, c.band, c.project) for c in found.changes} == {
        marked.student: ((1, 2), ("1–30", "2–50"), ("10", "9")),
        marked.classmate: ((2, 1), ("1–30", "1–1"), ("10", "10")),
    }

    def dies(*_, **__):
        raise ConnectionError("the database went away")

    with monkeypatch.context() as patched:
        patched.setattr(services, "_tell", dies)
        with pytest.raises(ConnectionError):
            services.apply(fresh(regrade), actor=marked.admin)
    assert (fresh(regrade).status, SchemeVersion.objects.count(), projects(marked)) == ("ready", 0, ["10", "10"])
    services.apply(fresh(regrade), actor=marked.admin)
    assert projects(marked) == ["9", "10"]
    services.roll_back(fresh(regrade), actor=marked.admin)
    assert projects(marked) == ["10", "10"]


def test_a_scheme_that_moved_on_meanwhile_is_not_overwritten(client, marked, begin):
    regrade = begin(scheme=NARROW)
    save_scheme(marked.course, document=STRICT, reason="meanwhile", actor=marked.instructor)
    with pytest.raises(services.NotPossible, match="mark scheme changed since"):
        services.apply(fresh(regrade), actor=marked.admin)
    assert marked.course.schemes.first().document == STRICT
    client.force_login(marked.instructor)
    page = client.get(f"/regrades/{regrade.pk}/").content.decode()
    assert "The mark scheme changed since this regrade began." in page
    assert "Apply all of it" not in page


def test_what_would_change_nothing_is_refused(marked, begin, baselines):
    with pytest.raises(services.NotPossible, match="Nothing would be judged"):
        begin(scheme=TEXT)
    with pytest.raises(services.NotPossible, match="change scores"):
        begin(scheme=NARROW, changes={"metric": "balanced_accuracy"})
    with pytest.raises(services.NotPossible, match="There is no baseline “none"):
        begin(changes={"gate_baseline": "none.csv"})
    with pytest.raises(InvalidScheme, match="Line 2"):
        begin(scheme="[final]\nexam_weight = x\n")
    freeze(marked.course, examination="first", actor=marked.instructor)
    with pytest.raises(services.NotPossible, match="frozen"):
        begin(scheme=NARROW)
    assert not Regrade.objects.exists()


def test_a_re_examination_is_shown_beside_the_first_one(marked, begin):
    Examination.objects.create(course=marked.course, kind="re-examination", project=marked.competition)
    for enrolment in (marked.a, marked.b):
        enter_mark(enrolment, component="deduction", value=Decimal(0), actor=None, examination="re-examination")
    found = difference(fresh(begin(scheme=NARROW)))
    assert sorted((c.user.email, c.examination, c.project) for c in found.changes) == [
        ("classmate@test.example", "first", ("10", "9")),
        ("classmate@test.example", "re-examination", ("10", "9")),
        ("student@test.example", "first", ("10", "10")),
        ("student@test.example", "re-examination", ("10", "10")),
    ]
    freeze(marked.course, examination="first", actor=marked.instructor)
    save_scheme(marked.course, document=TEXT + "\n", reason="again", actor=None)
    found = difference(fresh(begin(scheme=NARROW)))
    assert {c.examination for c in found.changes} == {"re-examination"}


def test_students_hear_of_marks_that_they_may_read_already(marked, begin):
    first = begin(scheme=STRICT)
    services.apply(fresh(first), actor=marked.admin)
    assert not Notification.objects.filter(code="marks_regraded").exists()
    services.roll_back(fresh(first), actor=marked.admin)
    now = timezone.now()
    Competition.objects.update(deadline=now - timedelta(hours=1), is_private_board_shown=True)
    services.apply(fresh(begin(scheme=NARROW)), actor=marked.admin)
    (told,) = Notification.objects.filter(code="marks_regraded")
    assert (told.user, told.url) == (marked.classmate, "/courses/ml/marks/mine/")
    assert told.params == {"course": "Machine learning", "reason": "the senate decided"}


def test_an_instructor_proposes_a_scheme_in_the_browser(client, marked, baselines):
    client.force_login(marked.instructor)
    address = "/competitions/letters/regrades/"
    form = client.get(address).content.decode()
    assert "easy.csv, as it is" in form
    assert "exam_weight = &quot;0.5&quot;" in form
    same = {"reason": "r", "how": "marks", "scheme": TEXT.replace("\n", "\r\n")}
    assert "Nothing would be judged" in client.post(address, same).content.decode()
    wrong = client.post(address, {**same, "scheme": "[final]\nexam_weight = x"})
    assert (wrong.status_code, "Line 2" in wrong.content.decode()) == (422, True)
    answer = client.post(address, {**same, "scheme": NARROW, "gate_baseline": "*", "processes": "64"})
    page = client.get(answer.url).content.decode()
    assert Regrade.objects.get().changes == {"gate_baseline": ""}
    assert '<span class="down">-  { last = 30, mark = &quot;10&quot; },</span>' in page
    assert "easy.csv → <b>the best of all</b>" in page
    assert "1–30 → <b>2–50</b>" in page
    client.post(f"{answer.url}apply/")
    assert projects(marked) == ["10", "4"]
    assert "1–30 → <b>2–50</b>" in client.get(answer.url).content.decode()
    client.post(f"{answer.url}roll-back/")
    assert projects(marked) == ["10", "10"]
    assert "What changed and was taken back" in client.get(answer.url).content.decode()


def test_the_command_proposes_a_scheme_from_a_file(marked, tmp_path):
    path = tmp_path / "scheme.toml"
    path.write_text(NARROW)

    def run(*arguments):
        out = io.StringIO()
        call_command("regrade", *arguments, "--json", stdout=out, stderr=io.StringIO())
        return json.loads(out.getvalue().splitlines()[-1])

    options = ("--competition", "letters", "--marks-only", "--scheme", str(path))
    answer = run(*options, "--dry-run")
    assert (answer["status"], answer["total"]) == ("cancelled", 0)
    first = answer["changes"][0]
    assert (first["student"], first["band"], first["project"]) == (
        "classmate@test.example",
        ["1–30", "2–50"],
        ["10", "9"],
    )
    assert run(*options)["status"] == "applied"
    assert projects(marked) == ["10", "9"]
    path.write_text("[final")
    with pytest.raises(CommandError, match="Line 1"):
        run(*options)


def test_nobody_hears_of_a_mark_while_the_lab_test_s_scores_are_hidden(marked, begin):
    now = timezone.now()
    Competition.objects.update(is_private_board_shown=True)
    hidden = Competition.objects.create(
        course=marked.course, slug="test", title="Test", is_lab_test=True, opens_at=now - timedelta(days=2),
        deadline=now - timedelta(days=1),
    )  # fmt: skip
    LabTarget.objects.create(competition=hidden, target=0.8)
    first = begin(scheme=NARROW)
    services.apply(fresh(first), actor=marked.admin)
    assert not Notification.objects.exists()
    services.roll_back(fresh(first), actor=marked.admin)
    Competition.objects.update(is_private_board_shown=True)
    services.apply(fresh(begin(scheme=NARROW)), actor=marked.admin)
    assert Notification.objects.filter(code="marks_regraded").exists()
