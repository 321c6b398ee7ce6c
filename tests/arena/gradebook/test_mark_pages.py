"""Entering marks on the pages: what is saved, what it is worth, who may, and what is put on record."""

from __future__ import annotations

from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.test import Client
from django.utils import timezone

from arena.audit.models import Event
from arena.gradebook.models import EnteredMark, InvalidProject, LabAnswers, LabTarget, MarkChange, RequirementPoints
from arena.gradebook.selectors import mark_sheet_of
from arena.gradebook.services import enter_mark, rule_project

pytestmark = pytest.mark.django_db
WRONG = b"id,label\n01,b\n02,a\n03,b\n04,a\n05,b\n06,a\n"


@pytest.fixture
def page(cast: SimpleNamespace, client: Client) -> str:
    """The page of the student's marks, with the instructor signed in."""
    client.force_login(cast.instructor)
    return f"/courses/ml/marks/{cast.student_enrolment.pk}/"


@pytest.fixture
def sheet(cast: SimpleNamespace) -> object:
    return lambda: mark_sheet_of(cast.student_enrolment)


@pytest.fixture
def lab_test(cast: SimpleNamespace, client: Client) -> str:
    """The page of the lab test, which the cast's competition becomes; the instructor is signed in."""
    cast.competition.is_project, cast.competition.is_lab_test = False, True
    cast.competition.save()
    client.force_login(cast.instructor)
    return "/competitions/letters/lab-test/"


def test_marks_are_saved_computed_and_on_record(client, cast, page, sheet):
    assert client.post(page, {"exam": "7.5", "other_lab": "8", "lab_test": "9"}).status_code == 302
    assert {m.component: m.value for m in EnteredMark.objects.all()} == {
        "exam": Decimal("7.5"),
        "other_lab": Decimal(8),
        "lab_test": Decimal(9),
    }
    # no project: ML = 0.4 * 9 = 3.6; lab = (3.6 + 8) / 2 = 5.8; final = (7.5 + 5.8) / 2 = 6.65 -> 7
    assert (sheet().ml_lab, sheet().lab, sheet().final) == (Decimal("3.6"), Decimal("5.8"), Decimal(7))
    changes = MarkChange.objects.all()
    assert changes.count() == 3
    assert set(changes.values_list("batch__actor", flat=True)) == {cast.instructor.pk}
    client.post(page, {"exam": "7.5", "other_lab": "8", "lab_test": "9"})
    assert changes.count() == 3
    client.post(page, {"exam": "", "other_lab": "8", "lab_test": "9"})
    assert (changes.count(), sheet().status) == (4, "absent")
    assert Event.objects.filter(action="marks.entered").count() == 2


@pytest.mark.parametrize("exam", ["11", "-0.5", "7.555", "NaN", "seven"])
def test_a_mark_that_is_none_is_refused_and_nothing_is_saved(client, page, exam):
    answer = client.post(page, {"exam": exam, "other_lab": "8"})
    assert answer.status_code == 422
    assert not EnteredMark.objects.exists()


def test_answers_count_per_lab_and_at_most_two_in_each(client, page, sheet):
    client.post(page, {"other_lab": "10", "lab_answers": "2, 0 5"})
    assert list(LabAnswers.objects.values_list("lab", "n_correct")) == [(1, 2), (3, 5)]
    # (0 + 10) / 2, plus 0.2 * (2 + 2)
    assert sheet().lab == Decimal("5.8")
    assert 'value="2, 0, 5"' in client.get(page).content.decode()
    client.post(page, {"other_lab": "10", "lab_answers": ""})
    assert sheet().lab == Decimal(5)
    assert Event.objects.filter(action="lab_answers.entered").count() == 2


@pytest.mark.parametrize("answers", ["two", "1.5", "-1", "51", "1," * 21])
def test_answers_that_are_no_counts_are_refused(client, page, answers):
    answer = client.post(page, {"other_lab": "10", "lab_answers": answers})
    assert answer.status_code == 422
    assert not LabAnswers.objects.exists() and not EnteredMark.objects.exists()


def test_an_invalid_project_is_worth_nothing_until_the_decision_is_taken_back(
    client, cast, page, sheet, files, hand_in
):
    hand_in(cast.student, {"p.csv": files.perfect})
    presented = {"deduction": "0"}
    client.post(page, presented)
    assert sheet().project == Decimal(10)
    client.post(page, {**presented, "project_reason": "no_code", "project_note": "Only a CSV."})
    assert sheet().project == Decimal(0)
    ruling = InvalidProject.objects.get()
    assert (ruling.reason, ruling.note, ruling.decided_by) == ("no_code", "Only a CSV.", cast.instructor)
    assert "Only a CSV." in client.get(page).content.decode()
    client.post(page, {**presented, "project_reason": ""})
    assert sheet().project == Decimal(10)
    assert Event.objects.filter(action="project.ruled").count() == 2


def test_an_unknown_reason_is_refused(client, page):
    assert client.post(page, {"project_reason": "ugly"}).status_code == 422
    assert not InvalidProject.objects.exists()


def test_another_courses_student_is_not_on_this_courses_page(client, cast, page):
    from arena.courses.models import Course, Enrolment, Role

    other = Course.objects.create(slug="other", title="Other", term="2026")
    stranger = Enrolment.objects.create(course=other, user=cast.outsider, role=Role.STUDENT)
    assert client.get(f"/courses/ml/marks/{stranger.pk}/").status_code == 404
    assert client.post(f"/courses/ml/marks/{stranger.pk}/", {"exam": "10"}).status_code == 404


def test_a_lab_test_is_worth_its_requirements_and_its_share_of_the_target(
    client, cast, lab_test, sheet, files, hand_in
):
    hand_in(cast.student, {"p.csv": files.half})
    hand_in(cast.classmate, {"p.csv": files.perfect})
    mine, other = (f"points{e.pk}" for e in (cast.student_enrolment, cast.classmate_enrolment))
    answer = client.post(lab_test, {"target": "0.8", "chance": "", mine: "3.5", other: ""}, follow=True)
    assert answer.status_code == 200
    # half of the private rows are right: 3.5 + 6 * 0.5 / 0.8 = 7.25; ML = 0.4 * 7.25
    assert sheet().ml_lab == Decimal("2.9")
    text = answer.content.decode()
    assert "<b>7.25</b>" in text and "The points of 1 student changed." in text
    assert mark_sheet_of(cast.classmate_enrolment).ml_lab == 0
    client.post(lab_test, {"target": "0.8", mine: "3.5", other: "4"})
    assert mark_sheet_of(cast.classmate_enrolment).ml_lab == Decimal(4)
    assert Event.objects.filter(action="lab_test.marked").count() == 2
    assert Event.objects.filter(action="lab_test.target").count() == 1


def test_a_mark_entered_by_hand_stands_above_the_computed_one(client, cast, lab_test, sheet, files, hand_in):
    hand_in(cast.student, {"p.csv": files.perfect})
    client.post(lab_test, {"target": "1", f"points{cast.student_enrolment.pk}": "4"})
    assert sheet().ml_lab == Decimal(4)
    client.post(f"/courses/ml/marks/{cast.student_enrolment.pk}/", {"lab_test": "5"})
    assert sheet().ml_lab == Decimal(2)


def test_requirement_points_beyond_the_schemes_are_refused_and_nothing_is_saved(client, cast, lab_test):
    mine, other = (f"points{e.pk}" for e in (cast.student_enrolment, cast.classmate_enrolment))
    assert client.post(lab_test, {"target": "0.9", mine: "4.5", other: "3"}).status_code == 422
    assert not RequirementPoints.objects.exists() and not LabTarget.objects.exists()


def test_without_a_target_nobody_has_a_computed_mark(client, cast, lab_test, sheet):
    client.post(lab_test, {"target": "", f"points{cast.student_enrolment.pk}": "4"})
    assert sheet().ml_lab == 0
    assert "no_test" in sheet().flags


def test_a_scheme_that_counts_from_chance_needs_its_score(client, cast, lab_test, sheet, files, hand_in):
    from arena.gradebook.services import save_scheme
    from grader.schemes import preset_text

    text = preset_text("unibuc-ml").replace('counted_from = "zero"', 'counted_from = "chance"')
    save_scheme(cast.course, document=text, reason="From chance.", actor=cast.instructor)
    hand_in(cast.student, {"p.csv": files.half})
    points = {f"points{cast.student_enrolment.pk}": "1"}
    answer = client.post(lab_test, {"target": "0.8", **points}, follow=True)
    assert "it is missing here" in answer.content.decode()
    assert sheet().ml_lab == 0
    client.post(lab_test, {"target": "0.8", "chance": "0.2", **points})
    # 1 + 6 * (0.5 - 0.2) / (0.8 - 0.2) = 4
    assert sheet().ml_lab == Decimal("1.6")


def test_the_lab_tests_page_is_for_staff_and_for_lab_tests(client, cast, lab_test):
    found = []
    for user in (cast.instructor, cast.assistant, cast.student, cast.outsider):
        client.force_login(user)
        found.append(client.get(lab_test).status_code)
    assert found == [200, 200, 404, 404]
    cast.competition.is_lab_test = False
    cast.competition.save()
    client.force_login(cast.instructor)
    assert client.get(lab_test).status_code == 404


def test_a_student_reads_the_trace_once_the_private_board_is_shown(client, cast, files, hand_in):
    hand_in(cast.student, {"p.csv": files.perfect})
    enter_mark(cast.student_enrolment, component="deduction", value=Decimal("0.5"), actor=cast.instructor)
    client.force_login(cast.student)
    assert "shown once the private board is revealed" in client.get("/courses/ml/marks/mine/").content.decode()
    cast.competition.is_private_board_shown, cast.competition.deadline = True, timezone.now()
    cast.competition.save()
    assert "on the private leaderboard" in client.get("/courses/ml/marks/mine/").content.decode()
    rule_project(cast.student_enrolment, reason="late", note="Two days.", actor=cast.instructor)
    text = client.get("/courses/ml/marks/mine/").content.decode()
    assert "handed in too late" in text and "Two days." in text


def test_the_marks_page_counts_who_passed_failed_and_was_absent(client, cast, page):
    client.post(page, {"exam": "10", "other_lab": "10", "lab_test": "10"})
    rule_project(cast.classmate_enrolment, reason="late", note="", actor=cast.instructor)
    text = client.get("/courses/ml/marks/").content.decode()
    assert "The student" in text and "The classmate" in text
    assert text.index("<b>1</b><span>passed") < text.index("<b>1</b><span>absent")
