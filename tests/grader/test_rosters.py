"""Rosters as universities and learning platforms write them; a bad one is refused whole, with every line."""

import pytest
from openpyxl import Workbook

from grader.rosters import InvalidRoster, RosterRow, read_roster
from grader.spreadsheet import UnreadableFile


@pytest.fixture
def roster(tmp_path):
    def write(content, encoding="utf-8", name="roster.csv"):
        path = tmp_path / name
        path.write_bytes(content.encode(encoding))
        return path

    return write


def problems(path):
    with pytest.raises(InvalidRoster) as caught:
        read_roster(path)
    return [(p.line, p.code) for p in caught.value.problems]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1250"])
def test_a_romanian_spreadsheet_is_read_with_its_letters_and_leading_zeros(roster, encoding):
    text = "Nr. crt.;Nr. matricol;Nume și prenume;Grupa;Seria;Adresă de e-mail\r\n1;017001;Zăpadă Ana;141;14;ANA@s.example\r\n"
    text = text.replace("ș", "ş")
    assert read_roster(roster(text, encoding)) == [
        RosterRow(line=2, name="Zăpadă Ana", number="017001", email="ana@s.example", group="141", series="14")
    ]


def test_a_roster_may_have_two_columns_for_the_name(roster):
    rows = read_roster(roster("Nume,Prenume,E-mail\nNorel,Ion,ion@s.example\n"))
    assert (rows[0].name, rows[0].email) == ("Norel Ion", "ion@s.example")


def test_the_participants_of_moodle_are_read(roster):
    text = 'First name,Surname,"ID number","Email address",Groups\nIon,Norel,0042,ion@s.example,141\n'
    assert read_roster(roster(text)) == [
        RosterRow(line=2, name="Norel Ion", number="0042", email="ion@s.example", group="141")
    ]


def test_the_gradebook_of_canvas_is_read_without_its_rows_that_are_no_students(roster):
    text = (
        "Student,ID,SIS User ID,SIS Login ID,Section,Test (1)\n"
        '    Points Possible,,,,,10\n"Norel, Ion",77,0042,ion@s.example,141,9\n"Student, Test",78,,abc,141,\n'
    )
    assert read_roster(roster(text)) == [
        RosterRow(line=3, name="Norel, Ion", number="0042", email="ion@s.example", group="141")
    ]


def test_a_spreadsheet_is_read_below_its_title(tmp_path):
    book = Workbook()
    for row in (["Grupa 141"], [], ["Nume și prenume", "Nr. matricol", "Email"], ["Norel Ion", 17001, "i@s.example"]):
        book.active.append(row)
    book.save(tmp_path / "roster.xlsx")
    assert read_roster(tmp_path / "roster.xlsx") == [
        RosterRow(line=4, name="Norel Ion", number="17001", email="i@s.example")
    ]


def test_every_problem_is_named_with_its_line(roster):
    text = "id,name,email\n1,Ana,ana@s.example\n1,Dan,dan@s.example\n3,,x@s.example\n,Eva,\n5,Ion,not an address\n"
    assert problems(roster(text)) == [(3, "duplicate"), (4, "no_name"), (5, "no_key"), (6, "bad_email")]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("", "no_header"),
        ("a,b\n1,2\n", "no_header"),
        ("name,group\nAna,141\n", "no_header"),
        ("id,name\n", "no_students"),
    ],
)
def test_what_is_no_roster_is_refused(roster, content, code):
    assert problems(roster(content)) == [(0, code)]


def test_a_second_spelling_is_allowed_where_it_is_asked_for(roster):
    path = roster("Name,ID\nJoe Blow,21\nBlow,21\n")
    assert [r.name for r in read_roster(path, may_repeat=True)] == ["Joe Blow", "Blow"]
    assert problems(path) == [(3, "duplicate")]


def test_a_file_of_another_type_is_refused(roster):
    with pytest.raises(UnreadableFile, match=r"\.csv or \.xlsx"):
        read_roster(roster("x", name="roster.pdf"))
