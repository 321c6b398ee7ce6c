"""Requests about a line, first correct answers, slots and the jury."""

import uuid
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from arena.gradebook.models import EnteredMark, FirstAnswer, Lab, LineComment, MarkRequest, Presentation, Slot
from arena.gradebook.presentations import book, judge
from arena.gradebook.publishing import publish
from arena.gradebook.selectors import mark_sheet_of
from arena.gradebook.services import Refused
from arena.notifications.models import Notification

pytestmark = pytest.mark.django_db
D = Decimal


def test_a_request_points_at_a_line_and_is_answered_on_record(client, marked):
    publish(marked.course, examination="first", actor=marked.instructor, reason="")
    client.force_login(marked.student)
    client.post("/courses/ml/marks/mine/ask/", {"line": "0", "message": "I was first, wasn't I?"})
    asked = MarkRequest.objects.get()
    assert (asked.line["rule"], asked.state) == ("band", "open")
    client.force_login(marked.assistant)
    page = client.get("/courses/ml/marks/requests/").content.decode()
    assert "Rank 1 on the private leaderboard lies between 1 and 30, which gives 10." in page
    client.post("/courses/ml/marks/requests/", {"request": asked.pk, "state": "explained", "answer": "You were."})
    client.force_login(marked.student)
    assert "You were." in client.get("/courses/ml/marks/mine/").content.decode()
    assert Notification.objects.filter(user=marked.student, code="mark_request_answered").count() == 1


@pytest.mark.parametrize(
    "data", [{"line": "99", "message": "x"}, {"line": "", "message": "x"}, {"line": "0", "message": " "}]
)
def test_a_request_without_a_line_or_a_question_is_refused(client, marked, data):
    publish(marked.course, examination="first", actor=marked.instructor, reason="")
    client.force_login(marked.student)
    client.post("/courses/ml/marks/mine/ask/", data)
    assert not MarkRequest.objects.exists()


def test_nobody_asks_about_marks_that_are_not_shown_yet(client, marked):
    client.force_login(marked.student)
    client.post("/courses/ml/marks/mine/ask/", {"line": "0", "message": "?"})
    assert not MarkRequest.objects.exists()


@pytest.fixture
def lab(marked):
    return Lab.objects.create(course=marked.course, title="Lab 1: k-NN")


def tap(client, lab, enrolment, key=None, **more):
    key = key or uuid.uuid4()
    return client.post(f"/labs/{lab.pk}/answers/", {"enrolment": enrolment.pk, "key": str(key), **more})


def test_an_answer_is_one_tap_and_counts_in_the_lab_mark(client, marked, lab):
    client.force_login(marked.assistant)
    assert tap(client, lab, marked.a).json() == {"enrolment": marked.a.pk, "count": 1}
    # lab 8.6 + 0.2
    assert mark_sheet_of(marked.a).lab == D("8.8")
    assert mark_sheet_of(marked.a, examination="re-examination").lab == 0


def test_a_tap_that_is_sent_twice_counts_once(client, marked, lab):
    client.force_login(marked.assistant)
    key = uuid.uuid4()
    assert [tap(client, lab, marked.a, key).json()["count"] for _ in range(3)] == [1, 1, 1]


def test_a_third_answer_in_one_lab_is_refused_with_the_reason(client, marked, lab):
    client.force_login(marked.assistant)
    tap(client, lab, marked.a)
    tap(client, lab, marked.a)
    third = tap(client, lab, marked.a)
    assert third.status_code == 409
    assert third.json()["message"] == "The student has 2 answers in this lab already; no more of them count."
    other = Lab.objects.create(course=marked.course, title="Lab 2")
    assert tap(client, other, marked.a).json()["count"] == 1


def test_an_answer_is_taken_back_and_stays_on_record(client, marked, lab):
    client.force_login(marked.assistant)
    key = uuid.uuid4()
    tap(client, lab, marked.a, key)
    assert client.post(f"/labs/{lab.pk}/answers/", {"key": str(key), "remove": "1"}).json()["count"] == 0
    assert FirstAnswer.objects.get().removed_by == marked.assistant
    assert mark_sheet_of(marked.a).lab == D("8.6")


def test_students_cannot_record_answers(client, marked, lab):
    client.force_login(marked.student)
    assert tap(client, lab, marked.a).status_code == 404
    assert client.get(f"/labs/{lab.pk}/").status_code == 404


def test_a_lab_is_added_and_opened(client, marked):
    client.force_login(marked.assistant)
    page = client.post("/courses/ml/labs/", {"title": "Lab 3", "held_on": "2026-11-20"}, follow=True)
    assert "Lab 3" in page.content.decode()
    assert client.post("/courses/ml/labs/", {"title": "Lab 3", "held_on": "2026-11-20"}).status_code == 422


NOW = timezone.now()


@pytest.fixture
def slot(marked):
    return Slot.objects.create(course=marked.course, starts_at=NOW + timedelta(days=1), room="218")


def refused(act, *args, **kwargs):
    with pytest.raises(Refused) as caught:
        act(*args, **kwargs)
    return caught.value.code


def test_a_slot_is_booked_by_one_and_moved(marked, slot):
    book(marked.a, slot=slot, at=NOW, actor=marked.student)
    assert refused(book, marked.b, slot=slot, at=NOW, actor=marked.classmate) == "slot_full"
    later = Slot.objects.create(course=marked.course, starts_at=NOW + timedelta(days=2))
    book(marked.a, slot=later, at=NOW, actor=marked.student)
    assert book(marked.b, slot=slot, at=NOW, actor=marked.classmate).slot == slot
    assert refused(book, marked.b, slot=later, at=NOW + timedelta(days=3), actor=marked.classmate) == "slot_past"


def test_students_book_on_their_page(client, marked, slot):
    client.force_login(marked.student)
    client.post("/courses/ml/presentations/", {"slot": slot.pk})
    assert Presentation.objects.get().slot == slot
    assert "218" in client.get("/courses/ml/presentations/").content.decode()
    client.post("/courses/ml/presentations/", {"cancel": "1"})
    assert Presentation.objects.get().slot is None


def test_the_jury_deducts_by_criterion_and_says_who_gave_it(client, marked):
    client.force_login(marked.assistant)
    url = f"/courses/ml/presentations/{marked.a.pk}/"
    data = {"attendance": "presented", "criterion-0": "0.5", "criterion-1": "0.25", "note": "No units on the plots."}
    assert client.post(url, data).status_code == 302
    assert EnteredMark.objects.get(enrolment=marked.a, component="deduction").value == D("0.75")
    found = Presentation.objects.get()
    assert (found.deductions, found.judged_by) == ({"presentation": "0.5", "documentation": "0.25"}, marked.assistant)
    assert mark_sheet_of(marked.a).project == D("9.25")
    assert client.get(url).status_code == 200


def test_a_deduction_above_its_criterion_is_refused(marked):
    act = {"attendance": "presented", "note": "", "actor": marked.assistant}
    assert refused(judge, marked.a, deductions={"presentation": D("1.5")}, **act) == "criterion"
    assert not Presentation.objects.exists()


def test_whoever_does_not_come_has_not_presented_and_may_come_another_time(marked, slot):
    judge(marked.a, attendance="absent", deductions={}, note="", actor=marked.assistant)
    assert mark_sheet_of(marked.a).flags == ("not_presented",)
    assert book(marked.a, slot=slot, at=NOW, actor=marked.student).attendance == "booked"


def test_a_comment_stands_at_its_line(client, marked, hand_in):
    hand_in(marked.student, {"main.py": b"a = 1\nb = 2\n"}, judged=False, at=timezone.now() - timedelta(hours=2))
    client.force_login(marked.assistant)
    url = f"/courses/ml/presentations/{marked.a.pk}/"
    client.post(url, {"comment": "1", "file": "main.py", "line": "2", "text": "Why two?"})
    client.post(url, {"comment": "1", "file": "main.py", "line": "3", "text": "No such line."})
    assert list(LineComment.objects.values_list("file", "line", "text")) == [("main.py", 2, "Why two?")]
    assert "Why two?" in client.get(url).content.decode()
