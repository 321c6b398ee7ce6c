"""Tables of marks: imported whole or not at all, exported harmlessly, and the same after a round trip."""

import csv
import io
from decimal import Decimal

import pytest
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from arena.gradebook.exporting import export
from arena.gradebook.importing import apply_import, dry_run, keep_upload
from arena.gradebook.models import EnteredMark, MarkImport
from arena.gradebook.services import Refused, enter_marks, undo
from arena.gradebook.tables import NoMark, parse_mark, plan_import, read_rows

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture
def course(cast):
    """The cast with student numbers and names of two people."""
    for enrolment, number, name in (
        (cast.student_enrolment, "017001", "Zăpadă Ștefan"),
        (cast.classmate_enrolment, "017002", "Norel Ion"),
    ):
        enrolment.number, enrolment.user.name = number, name
        enrolment.save()
        enrolment.user.save()
    return cast


def upload(cast, text, name="marks.csv"):
    data = text if isinstance(text, bytes) else text.encode()
    return keep_upload(cast.course, examination="first", name=name, data=data, actor=cast.assistant)


def planned(cast, text, name="marks.csv"):
    plan = dry_run(upload(cast, text, name))
    return {(c.enrolment.user.email, c.component): c.after for c in plan.changes}, [
        (p.line, p.code) for p in plan.problems
    ]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("9,50", "9.50"),
        ("9.5", "9.5"),
        (" 10 ", "10"),
        ("0", "0"),
        ("-", None),
        ("", None),
        ("absent", None),
        ("EX", None),
    ],
)
def test_a_mark_is_read_with_a_comma_or_a_point(text, value):
    assert parse_mark(text) == (None if value is None else D(value))


@pytest.mark.parametrize("text", ["9,5x", "nine", "1e1", "9,5,1", "٩", "1_0", "=1", "10%", "+9", "--"])
def test_what_is_no_mark_is_refused(text):
    with pytest.raises(NoMark):
        parse_mark(text)


def test_a_romanian_spreadsheet_is_understood(course):
    text = "Nr. crt.;Nume și prenume;Grupa;Nota examen;Test laborator;Observații\r\n1;Zăpadă Ştefan;141;9,50;8;bine\r\n"
    changes, problems = planned(course, text.replace("ș", "ş").replace("ț", "ţ").encode("cp1250"))
    assert problems == []
    assert changes == {("student@test.example", "exam"): D("9.50"), ("student@test.example", "lab_test"): D(8)}


def test_a_gradebook_of_moodle_is_understood(course):
    text = (
        'First name,Surname,"ID number","Email address","Assignment: Exam",Course total\n'
        "Ștefan,Zăpadă,,student@test.example,56.00,1\nIon,Norel,017002,classmate@test.example,-,-\n"
    )
    kept = upload(course, text)
    assert [c.header for c in dry_run(kept).columns] == ["Assignment: Exam", "Course total"]
    kept.columns = {"4": "exam"}
    assert [(p.line, p.code) for p in dry_run(kept).problems] == [(2, "out_of_range")]


def test_a_gradebook_of_canvas_is_understood(course):
    text = (
        "Student,ID,SIS User ID,SIS Login ID,Section,exam (8677368)\n    Points Possible,,,,,10\n"
        '"Norel, Ion",77,017002,norel,141,7.5\n"Student, Test",78,,abc,141,\n'
    )
    changes, problems = planned(course, text)
    assert (changes, problems) == ({("classmate@test.example", "exam"): D("7.5")}, [])


def test_every_problem_is_named_and_nothing_is_entered(course):
    text = (
        "E-mail;exam\nstudent@test.example;11\nclassmate@test.example;9,5x\nnobody@test.example;7\n"
        "student@test.example;8\n;9\n"
    )
    kept = upload(course, text)
    assert [(p.line, p.code) for p in dry_run(kept).problems] == [
        (2, "out_of_range"),
        (3, "no_mark"),
        (4, "unknown_student"),
        (5, "duplicate_student"),
        (6, "unknown_student"),
    ]
    with pytest.raises(Refused) as caught:
        apply_import(kept, actor=course.assistant, reason="")
    assert caught.value.code == "import_problems"
    assert not EnteredMark.objects.exists()


@pytest.mark.parametrize(
    ("text", "code"),
    [("a,b\n1,2\n", "no_header"), ("E-mail,note\nstudent@test.example,7\n", "no_column")],
)
def test_a_table_that_says_too_little_is_refused(course, text, code):
    assert planned(course, text)[1] == [(0, code)]


def test_a_name_that_two_students_have_is_refused(course):
    course.classmate.name = "Zăpadă Ștefan"
    course.classmate.save()
    assert planned(course, "Name,exam\nZapada Stefan,7\n")[1] == [(2, "several_students")]


def test_an_import_is_applied_once_and_taken_back(course):
    kept = upload(course, 'Student number,exam\n017001,8\n017002,"7,25"\n')
    batch = apply_import(kept, actor=course.assistant, reason="")
    assert set(EnteredMark.objects.values_list("value", flat=True)) == {D(8), D("7.25")}
    with pytest.raises(Refused):
        apply_import(kept, actor=course.assistant, reason="")
    undo(batch, actor=course.instructor, reason="")
    assert not EnteredMark.objects.exists()


def test_the_pages_lead_from_the_upload_to_the_marks(client, course):
    client.force_login(course.assistant)
    file = io.BytesIO(b"E-mail;Ceva\nstudent@test.example;8,5\n")
    file.name = "note.csv"
    page = client.post("/courses/ml/marks/import/", {"table": file}, follow=True)
    assert "No column is chosen" in page.content.decode()
    url = page.redirect_chain[-1][0]
    assert "would change" in client.post(url, {"column-1": "exam"}).content.decode()
    client.post(url, {"column-1": "exam", "apply": "1"})
    assert EnteredMark.objects.get().value == D("8.5")
    assert MarkImport.objects.get().batch.changes.count() == 1


DANGEROUS = ["=HYPERLINK(1)", "+1", "-1", "@SUM(A1)", "\t=1", "plain"]


@pytest.mark.parametrize("name", DANGEROUS)
@pytest.mark.parametrize("language", ["en", "ro"])
def test_no_text_of_an_export_is_a_formula(course, name, language):
    course.student.name = name
    course.student.save()
    with translation.override(language):
        for format in ("csv", "moodle", "canvas"):
            text = export(course.course, format=format, examination="first").data.decode("utf-8-sig")
            cells = [
                cell for row in csv.reader(io.StringIO(text), delimiter=";" if ";" in text else ",") for cell in row
            ]
            assert not [cell for cell in cells if cell.startswith(("=", "+", "@", "\t")) or cell[:1] == "-" != cell]
        book = load_workbook(io.BytesIO(export(course.course, format="xlsx", examination="first").data))
        assert not [cell for row in book.active.iter_rows() for cell in row if cell.data_type == "f"]


def test_a_spreadsheet_holds_marks_as_numbers_and_numbers_of_students_as_text(course):
    enter_marks(course.course, {(course.student_enrolment.pk, "exam"): D("9.50")}, actor=course.assistant)
    book = load_workbook(io.BytesIO(export(course.course, format="xlsx", examination="first").data))
    rows = {row[0].value: row for row in book.active.iter_rows()}
    row = rows["Zăpadă Ștefan"]
    assert (row[1].value, row[1].data_type) == ("017001", "s")
    assert (row[5].value, row[5].data_type) == (9.5, "n")


def test_moodle_gets_a_dash_for_who_was_absent_and_canvas_its_row_of_points(course):
    moodle = export(course.course, format="moodle", examination="first").data.decode().splitlines()
    assert moodle == [
        "Email address,ID number,Final mark",
        "classmate@test.example,017002,-",
        "student@test.example,017001,-",
    ]
    canvas = export(course.course, format="canvas", examination="first").data.decode().splitlines()
    assert canvas[1] == "    Points Possible,,,,,10"


MARK = st.none() | st.decimals(0, 10, places=2)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    marks=st.lists(MARK, min_size=6, max_size=6),
    deductions=st.lists(st.none() | st.decimals(0, 2, places=2), min_size=2, max_size=2),
    language=st.sampled_from(["en", "ro"]),
    format=st.sampled_from(["csv", "xlsx"]),
    names=st.lists(st.text(st.characters(exclude_categories=["C"]), min_size=1, max_size=30), min_size=2, max_size=2),
)
def test_exporting_and_importing_is_the_identity(course, marks, deductions, language, format, names):
    people = (course.student_enrolment, course.classmate_enrolment)
    components = ("exam", "lab_test", "other_lab")
    entries = {(e.pk, c): marks[3 * i + j] for i, e in enumerate(people) for j, c in enumerate(components)}
    entries |= {(e.pk, "deduction"): deductions[i] for i, e in enumerate(people)}
    for enrolment, name in zip(people, names, strict=True):
        enrolment.user.name = name
        enrolment.user.save()
    enter_marks(course.course, entries, actor=course.assistant)
    with translation.override(language):
        found = export(course.course, format=format, examination="first")
        plan = plan_import(course.course, read_rows(found.name, found.data), examination="first")
    assert (plan.problems, plan.changes) == ((), ())
    assert {c.component for c in plan.columns if c.component} >= {*components, "deduction"}
    EnteredMark.objects.all().delete()
    with translation.override(language):
        plan = plan_import(course.course, read_rows(found.name, found.data), examination="first")
    expected = {key: value for key, value in entries.items() if value is not None}
    assert {(c.enrolment.pk, c.component): c.after for c in plan.changes} == expected


def test_a_spreadsheet_of_floats_is_read_exactly(course):
    book = Workbook()
    book.active.append(["E-mail", "exam"])
    book.active.append(["student@test.example", 9.55])
    data = io.BytesIO()
    book.save(data)
    assert planned(course, data.getvalue(), "marks.xlsx")[0] == {("student@test.example", "exam"): D("9.55")}
