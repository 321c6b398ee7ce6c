"""A student's mark through the API: what the page shows at that moment, and nothing before it."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from arena.gradebook.publishing import publish
from arena.gradebook.services import enter_marks
from arena.integrity.models import Case, CaseParty

pytestmark = pytest.mark.django_db
MARK = "/api/v1/courses/ml/mark"
HIDDEN = {
    "examination": "first",
    "is_shown": False,
    "is_withheld": False,
    "published_at": None,
    "status": "",
    "final": "",
    "project": "",
    "lab": "",
    "exam": "",
    "trace": [],
}


@pytest.fixture
def entered(cast, files, hand_in):
    """Both students have submitted, the student perfectly, and every other mark is entered; the competition is over."""
    hand_in(cast.student, {"p.csv": files.perfect})
    hand_in(cast.classmate, {"p.csv": files.half})
    values = {"exam": "7.25", "lab_test": "8", "other_lab": "8", "deduction": "0"}
    ids = (cast.student_enrolment.pk, cast.classmate_enrolment.pk)
    entries = {(pk, name): Decimal(value) for pk in ids for name, value in values.items()}
    enter_marks(cast.course, entries, actor=cast.assistant)
    cast.competition.deadline = timezone.now() - timedelta(hours=1)
    cast.competition.save()
    return cast


@pytest.fixture
def shown(entered):
    entered.competition.is_private_board_shown = True
    entered.competition.save()
    return entered


def test_nothing_is_said_while_it_would_tell_the_private_rank(client, entered, key):
    mine = key(entered.student)
    assert client.get(MARK, headers=mine).json() == HIDDEN
    # shown after the deadline, and this student's is later
    entered.competition.is_private_board_shown = True
    entered.competition.save()
    entered.competition.extensions.create(user=entered.student, until=timezone.now() + timedelta(days=1))
    assert client.get(MARK, headers=mine).json() == HIDDEN
    assert client.get(MARK, headers=key(entered.classmate)).json()["is_shown"] is True


def test_a_provisional_mark_comes_with_the_sentences_of_the_page(client, shown, key):
    found = client.get(MARK, headers=key(shown.student)).json()
    assert (found["is_shown"], found["published_at"], found["status"]) == (True, None, "passed")
    assert (found["lab"], found["exam"]) == ("8.60", "7.25")
    client.force_login(shown.student)
    page = client.get("/courses/ml/marks/mine/").context["sheet"]
    assert found["trace"] == [row["text"] for row in page.trace]
    assert (found["project"], found["final"]) == (page.project, page.final)


def test_the_account_s_language_writes_sentences_and_numbers(client, shown, key):
    shown.student.language = "ro"
    shown.student.save()
    english, romanian = (client.get(MARK, headers=key(user)).json() for user in (shown.classmate, shown.student))
    assert (english["exam"], romanian["exam"]) == ("7.25", "7,25")
    assert len(english["trace"]) > 1 and any("proiect" in line.lower() for line in romanian["trace"])
    assert not any("proiect" in line.lower() for line in english["trace"])


def test_a_published_mark_stands_although_another_is_entered_since(client, shown, key):
    done = publish(shown.course, examination="first", actor=shown.instructor, reason="", despite=True)
    before = client.get(MARK, headers=key(shown.student)).json()
    assert before["published_at"] == done.at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    entries = {(shown.student_enrolment.pk, "exam"): Decimal(9)}
    enter_marks(shown.course, entries, actor=shown.assistant, examination="first", reason="counted again")
    assert client.get(MARK, headers=key(shown.student)).json() == before


def test_a_withheld_mark_says_only_that_it_is_withheld(client, shown, key):
    publish(shown.course, examination="first", actor=shown.instructor, reason="", despite=True)
    case = Case.objects.create(competition=shown.competition, opened_by=shown.instructor)
    CaseParty.objects.create(case=case, user=shown.student)
    found = client.get(MARK, headers=key(shown.student)).json()
    found.pop("published_at")
    assert found == {name: value for name, value in HIDDEN.items() if name != "published_at"} | {"is_withheld": True}
    assert client.get(MARK, headers=key(shown.classmate)).json()["is_withheld"] is False


def test_the_re_examination_is_asked_for_by_its_name(client, shown, key):
    mine = key(shown.student)
    assert client.get(f"{MARK}?examination=re-examination", headers=mine).json()["examination"] == "re-examination"
    assert client.get(f"{MARK}?examination=third", headers=mine).status_code == 422


@pytest.mark.parametrize("person", ["assistant", "instructor", "admin", "outsider"])
def test_whoever_is_no_student_of_the_course_has_no_mark_in_it(client, shown, key, person):
    assert client.get(MARK, headers=key(getattr(shown, person))).status_code == 404
