"""Importing a roster: a diff first, whole or not at all, nobody twice, and taken back."""

import io

import pytest

from arena.accounts.models import User
from arena.courses.models import Course, Enrolment, RosterImport
from arena.courses.rosters import RosterRefused, apply_roster, keep_roster, plan_roster, undo_roster

pytestmark = pytest.mark.django_db
TEXT = "Nr. matricol;Nume și prenume;Grupa;Serie;E-mail\n017001;Norel Ion;142;14;norel@s.example\n017002;The student;143;14;student@test.example\n"


def upload(cast, text, name="roster.csv"):
    return keep_roster(cast.course, name=name, data=text.encode(), actor=cast.instructor)


def problems(cast, text):
    return [(p.line, p.code) for p in plan_roster(upload(cast, text)).problems]


def test_the_dry_run_says_who_is_new_who_changes_and_who_is_missing(cast):
    plan = plan_roster(upload(cast, TEXT))
    assert [row.name for row in plan.new] == ["Norel Ion"]
    assert {(c.name, c.before, c.after) for c in plan.changes} == {
        ("number", "", "017002"),
        ("group", "141", "143"),
        ("series", "", "14"),
    }
    assert [e.user for e in plan.missing] == [cast.classmate]
    assert not User.objects.filter(email="norel@s.example").exists()


def test_a_roster_enrols_and_a_second_import_adds_nobody(cast):
    apply_roster(upload(cast, TEXT), actor=cast.instructor)
    made = Enrolment.objects.get(user__email="norel@s.example")
    assert (made.number, made.group, made.series, made.role) == ("017001", "142", "14", "student")
    assert not made.user.has_usable_password()
    again = plan_roster(upload(cast, TEXT))
    assert (again.new, again.changes, again.n_same) == ((), (), 2)


def test_a_roster_renames_nobody_whom_another_course_knows(cast):
    other = Course.objects.create(slug="db", title="Databases", term="2026")
    Enrolment.objects.create(course=other, user=cast.student)
    text = "name,email\nSomebody Else,student@test.example\nAnother Name,classmate@test.example\n"
    apply_roster(upload(cast, text), actor=cast.instructor)
    names = User.objects.in_bulk([cast.student.pk, cast.classmate.pk])
    assert (names[cast.student.pk].name, names[cast.classmate.pk].name) == ("The student", "Another Name")


def test_a_roster_without_addresses_updates_by_number_and_enrols_nobody(cast):
    apply_roster(upload(cast, TEXT), actor=cast.instructor)
    assert [c.after for c in plan_roster(upload(cast, "Nr. matricol;Nume;Grupa\n017001;Norel Ion;144\n")).changes] == [
        "144"
    ]
    assert problems(cast, "Nr. matricol;Nume\n017001;Norel Ion\n017009;Brumă Ana\n") == [(3, "needs_email")]


def test_a_roster_without_any_address_is_one_problem(cast):
    upload_ = upload(cast, "Nr. matricol;Nume;Grupa\n017001;Norel Ion;141\n017009;Brumă Ana;142\n")
    (problem,) = plan_roster(upload_).problems
    assert (problem.line, problem.code, problem.params) == (0, "no_emails", {"n": 2})


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("name,email\nA,a@s.example\nB,a@s.example\n", [(3, "duplicate")]),
        ("name,email\nA,not an address\n", [(2, "bad_email")]),
        ("name,email\nThe assistant,assistant@test.example\n", [(2, "is_staff")]),
        ("name,group\nA,141\n", [(0, "no_header")]),
    ],
)
def test_one_problem_stops_the_whole_roster(cast, text, found):
    kept = upload(cast, text)
    assert problems(cast, text) == found
    with pytest.raises(RosterRefused):
        apply_roster(kept, actor=cast.instructor)
    assert Enrolment.objects.count() == 4


def test_a_student_number_of_somebody_else_is_refused(cast):
    apply_roster(upload(cast, TEXT), actor=cast.instructor)
    assert problems(cast, "id,name,email\n017001,Brumă Ana,ana@s.example\n") == [(2, "number_taken")]


def test_a_roster_is_taken_back(cast):
    kept = upload(cast, TEXT)
    apply_roster(kept, actor=cast.instructor)
    kept.refresh_from_db()
    undo_roster(kept, actor=cast.instructor)
    assert not User.objects.filter(email="norel@s.example").exists()
    enrolment = Enrolment.objects.get(user=cast.student)
    assert (enrolment.group, enrolment.number) == ("141", "")
    with pytest.raises(RosterRefused):
        undo_roster(kept, actor=cast.instructor)


def test_a_roster_stays_once_somebody_has_a_mark(cast):
    from decimal import Decimal

    from arena.gradebook.services import enter_mark

    kept = upload(cast, TEXT)
    apply_roster(kept, actor=cast.instructor)
    made = Enrolment.objects.get(user__email="norel@s.example")
    enter_mark(made, component="exam", value=Decimal(7), actor=cast.assistant)
    with pytest.raises(RosterRefused) as caught:
        undo_roster(kept, actor=cast.instructor)
    assert caught.value.code == "has_work"
    assert Enrolment.objects.get(user=cast.student).group == "143"


def test_the_pages_lead_from_the_file_to_the_course(client, cast):
    client.force_login(cast.instructor)
    file = io.BytesIO(TEXT.encode())
    file.name = "roster.csv"
    page = client.post("/courses/ml/roster/", {"roster": file}, follow=True)
    assert "Norel Ion" in page.content.decode()
    pk = RosterImport.objects.get().pk
    client.post(f"/rosters/{pk}/", {"apply": "1"})
    assert "norel@s.example" in client.get("/courses/ml/roster/").content.decode()
    client.post(f"/rosters/{pk}/", {"undo": "1"})
    assert "norel@s.example" not in client.get("/courses/ml/roster/").content.decode()


def test_only_instructors_import_rosters(client, cast):
    kept = upload(cast, TEXT)
    client.force_login(cast.assistant)
    assert client.post(f"/rosters/{kept.pk}/", {"apply": "1"}).status_code == 404
    client.force_login(cast.student)
    assert client.get(f"/rosters/{kept.pk}/").status_code == 404
