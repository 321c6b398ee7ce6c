"""Entering marks: all or nothing, each change on the record, and taken back whole."""

from decimal import Decimal

import pytest

from arena.gradebook.models import Batch, EnteredMark, MarkChange
from arena.gradebook.publishing import publish
from arena.gradebook.selectors import mark_sheet_of
from arena.gradebook.services import Refused, enter_mark, enter_marks, undo

pytestmark = pytest.mark.django_db
D = Decimal


def refused(act, *args, **kwargs):
    with pytest.raises(Refused) as caught:
        act(*args, **kwargs)
    return caught.value.code


def test_a_mark_comes_out_of_the_board_and_what_was_entered(marked):
    # rank 1 gives 10: ML 0.6 x 10 + 0.4 x 8 = 9.2, lab (9.2 + 8) / 2 = 8.6, final (7 + 8.6) / 2 = 7.8
    sheet = mark_sheet_of(marked.a)
    assert (sheet.project, sheet.lab, sheet.final) == (10, D("8.6"), 8)


@pytest.mark.parametrize(
    ("component", "value", "code"),
    [
        ("exam", "11", "out_of_range"),
        ("exam", "-1", "out_of_range"),
        ("exam", "7.555", "out_of_range"),
        ("deduction", "2.5", "out_of_range"),
        ("homework", "7", "no_component"),
    ],
)
def test_a_wrong_mark_enters_nothing_of_its_batch(marked, component, value, code):
    entries = {(marked.a.pk, "exam"): D(9), (marked.b.pk, component): D(value)}
    before = list(EnteredMark.objects.values_list("value", flat=True))
    assert refused(enter_marks, marked.course, entries, actor=marked.assistant) == code
    assert list(EnteredMark.objects.values_list("value", flat=True)) == before


def test_somebody_of_another_course_is_refused(marked):
    entries = {(marked.instructor_enrolment.pk, "exam"): D(9)}
    assert refused(enter_marks, marked.course, entries, actor=marked.assistant) == "no_student"


def test_every_change_says_who_when_and_why(marked):
    batch = enter_mark(marked.a, component="exam", value=D("7.5"), actor=marked.instructor, reason="added up again")
    change = batch.changes.get()
    assert (change.before, change.after) == (7, D("7.5"))
    assert (batch.actor, batch.reason) == (marked.instructor, "added up again")
    assert enter_mark(marked.a, component="exam", value=D("7.5"), actor=marked.instructor) is None


def test_a_batch_is_taken_back_whole(marked):
    batch = enter_marks(
        marked.course, {(marked.a.pk, "exam"): D(9), (marked.b.pk, "exam"): None}, actor=marked.assistant
    )
    undo(batch, actor=marked.instructor, reason="wrong exam")
    assert set(EnteredMark.objects.filter(component="exam").values_list("value", flat=True)) == {D(7)}
    batch.refresh_from_db()
    assert refused(undo, batch, actor=marked.instructor, reason="") == "already_undone"


def test_a_batch_stays_where_a_mark_has_changed_since(marked):
    batch = enter_mark(marked.a, component="exam", value=D(9), actor=marked.assistant)
    enter_mark(marked.a, component="exam", value=D(10), actor=marked.assistant)
    assert refused(undo, batch, actor=marked.instructor, reason="") == "changed_since"
    assert EnteredMark.objects.get(enrolment=marked.a, component="exam").value == 10


def test_marks_of_the_two_examinations_are_apart(marked):
    enter_mark(marked.a, component="exam", value=D(9), actor=marked.assistant, examination="re-examination")
    assert mark_sheet_of(marked.a).exam == 7
    again = mark_sheet_of(marked.a, examination="re-examination")
    # nothing is carried over: no project and no lab mark
    assert (again.exam, again.lab, again.status) == (9, 0, "failed")


def test_a_published_mark_changes_only_with_a_reason(marked):
    publish(marked.course, examination="first", actor=marked.instructor, reason="", despite=True)
    assert refused(enter_mark, marked.a, component="exam", value=D(9), actor=marked.assistant) == "reason_needed"
    assert enter_mark(marked.a, component="exam", value=D(9), actor=marked.assistant, reason="page 3 was forgotten")


def test_the_table_saves_changed_cells_and_shows_wrong_ones(client, marked):
    client.force_login(marked.assistant)
    url = "/courses/ml/marks/table/"
    wrong = client.post(url, {f"m-{marked.a.pk}-exam": "9,5x", f"m-{marked.b.pk}-exam": "9,50"})
    assert wrong.status_code == 422
    assert "exam: “9,5x” is no mark." in wrong.content.decode()
    assert Batch.objects.count() == 1
    assert client.post(url, {f"m-{marked.a.pk}-exam": "", f"m-{marked.b.pk}-exam": "9,50"}).status_code == 302
    changes = set(MarkChange.objects.filter(batch=Batch.objects.latest("pk")).values_list("enrolment", "after"))
    assert changes == {(marked.a.pk, None), (marked.b.pk, D("9.50"))}


def test_the_table_refuses_to_overwrite_what_somebody_else_changed(client, marked):
    client.force_login(marked.assistant)
    loaded = client.get("/courses/ml/marks/table/").context["loaded"]
    enter_mark(marked.a, component="exam", value=D(9), actor=marked.instructor)
    client.post("/courses/ml/marks/table/", {"loaded": loaded, f"m-{marked.a.pk}-exam": "6"}, follow=True)
    assert EnteredMark.objects.get(enrolment=marked.a, component="exam").value == 9


def test_the_form_of_a_student_saves_marks_and_shows_their_history(client, marked):
    client.force_login(marked.assistant)
    url = f"/courses/ml/marks/{marked.a.pk}/"
    data = {"exam": "8.25", "lab_test": "8", "other_lab": "8", "deduction": "0.5", "reason": "read again"}
    assert client.post(url, data).status_code == 302
    page = client.get(url).content.decode()
    assert "read again" in page
    assert "8.25" in page
