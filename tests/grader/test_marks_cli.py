"""`python -m grader grade` and `quiz`: what is printed, and with which exit code."""

import json

import pytest
from openpyxl import Workbook

from grader.cli import main

FIRST = {
    "id": "s1",
    "project": {"rank": 12, "private": 0.81, "deduction": "0", "presented": True, "valid": True},
    "lab_test": "9",
    "other_lab": "8.4",
    "lab_answers": [2, 3, 1],
    "exam": "8.6",
    "quiz_places": [1, 2, 5, 8, 11],
}
RECORDS = {
    "examination": "first",
    "competition": {"direction": "higher", "baseline_private": 0.6, "n_ranked": 158},
    "students": [FIRST],
}


@pytest.fixture
def grade(tmp_path, capsys):
    def run(records, *arguments):
        path = tmp_path / "records.json"
        path.write_text(records if isinstance(records, str) else json.dumps(records), encoding="utf-8")
        code = main(["grade", *(arguments or ("--preset", "unibuc-ml")), "--records", str(path)])
        return code, json.loads(capsys.readouterr().out)

    return run


def test_grade_prints_components_final_mark_and_trace(grade):
    code, printed = grade(RECORDS)
    assert code == 0
    (student,) = printed["students"]
    trace = student.pop("trace")
    assert student == {
        "id": "s1",
        "project": "10",
        "ml_lab": "9.6",
        "lab": "10",
        "exam": "9.5",
        "final": "10",
        "status": "passed",
    }
    assert trace[0] == {
        "rule": "band",
        "params": {"rank": "12", "first": "1", "last": "30"},
        "before": None,
        "after": "10",
        "en": "Rank 12 on the private leaderboard lies between 1 and 30, which gives 10.",
        "ro": "Locul 12 în clasamentul privat se află între 1 și 30, ceea ce dă nota 10.",
    }
    assert trace[-1]["before"] == "9.75"


def test_grade_without_an_exam_prints_null_and_absent(grade):
    _, printed = grade({**RECORDS, "students": [{"id": "s5"}]})
    assert (printed["students"][0]["exam"], printed["students"][0]["final"]) == (None, None)
    assert printed["students"][0]["status"] == "absent"


def test_a_lab_test_is_graded_from_its_requirements_and_score(grade):
    test = {"requirement": "3.5", "score": 0.81, "target": 0.9}
    code, printed = grade({**RECORDS, "students": [{**FIRST, "lab_test": test}]})
    # 3.5 + 6 x 0.9 = 8.9; 0.6 x 10 + 0.4 x 8.9 = 9.56
    assert (code, printed["students"][0]["ml_lab"]) == (0, "9.56")
    assert printed["students"][0]["trace"][2]["en"] == (
        "The lab test has 3.5 points for requirements and, for the score 0.81 of 0.9, 5.4 of 6 points: 8.9."
    )


def test_marks_as_json_numbers_are_taken_exactly(grade):
    _, printed = grade({**RECORDS, "students": [{**FIRST, "exam": 8.6}]})
    assert printed["students"][0]["exam"] == "9.5"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"exam": "11"}, "Student s1: exam is 11, but must lie in 0..10."),
        ({"exam": "9,5"}, "Student s1: exam is “9,5”, which is no decimal number such as “8.6”."),
        ({"exam": "NaN"}, "Student s1: exam is “NaN”, which is no decimal number such as “8.6”."),
        ({"quiz_places": [0]}, "Student s1: quiz_places is 0, but must lie in 1..1000000."),
        ({"lab_answers": [True]}, "Student s1: lab_answers must be counts such as [2, 3, 1]."),
        (
            {"project": {"rank": 0, "private": 1}},
            "Student s1: project.rank must be a whole number of at least 1, or null.",
        ),
        (
            {"project": {"rank": 1, "private": 1, "deduction": "2.5"}},
            "Student s1: project.deduction is 2.5, but must lie in 0..2.",
        ),
        ({"exam": "9,5x"}, "Student s1: exam is “9,5x”, which is no decimal number such as “8.6”."),
        (
            {"lab_test": {"score": 0.5}},
            "Student s1: lab_test.target is missing: it is the score that gives the full points.",
        ),
        (
            {"lab_test": {"score": 0.5, "target": 1, "requirement": "5"}},
            "Student s1: lab_test.requirement is 5, but must lie in 0..4.",
        ),
        ({"lab_test": {"score": "0.5", "target": 1}}, "Student s1: lab_test.score must be a number or null."),
        ({"extra": {"homework": "9"}}, "Student s1: extra.homework is no component of the scheme."),
        (
            {"project": {"rank": 1, "private": 1, "plagiarism": "maybe"}},
            "Student s1: project.plagiarism must be “none”, “open”, “confirmed” or “penalty”.",
        ),
        (
            {"project": {"rank": 1, "private": 1, "decided": "11"}},
            "Student s1: project.decided is 11, but must lie in 0..10.",
        ),
        (
            {"project": {"rank": 1, "private": 1, "presented": "yes"}},
            "Student s1: project.presented must be true or false.",
        ),
    ],
)
def test_a_wrong_record_names_the_student_and_the_field(grade, change, message):
    code, printed = grade({**RECORDS, "students": [{**FIRST, **change}]})
    assert (code, printed["verdict"], printed["message"]) == (2, "invalid_records", message)


@pytest.mark.parametrize(
    "records",
    [
        "{",
        "[]",
        '{"students": []}',
        '{"students": [{"id": "a"}, {"id": "a"}], "examination": "first"}',
        "[" * 100_000,
        {**RECORDS, "competition": {"direction": "up", "n_ranked": 1}},
        {**RECORDS, "competition": {"direction": "higher", "n_ranked": None}},
        {**RECORDS, "examination": ["first"]},
        json.dumps(RECORDS).replace("0.81", "Infinity"),
    ],
)
def test_records_that_are_none_exit_with_two(grade, records):
    code, printed = grade(records)
    assert (code, printed["verdict"]) == (2, "invalid_records")


def test_a_wrong_scheme_names_its_line(grade, tmp_path):
    (tmp_path / "mine.toml").write_text('name = "mine"\n[final]\nexam_weight = 0.5\n', encoding="utf-8")
    code, printed = grade(RECORDS, "--scheme", str(tmp_path / "mine.toml"))
    assert (code, printed["verdict"], printed["line"]) == (2, "invalid_scheme", 3)
    assert grade(RECORDS, "--preset", "other")[1]["code"] == "invalid_scheme"
    assert grade(RECORDS, "--scheme", str(tmp_path / "gone.toml"))[1]["code"] == "no_file"


@pytest.fixture
def report(tmp_path):
    book = Workbook()
    page = book.active
    page.title = "Final Scores"
    for row in (
        ["Quiz 1"],
        ["Final Scores"],
        ["Rank", "Player", "Total Score (points)"],
        [1, "141zapada", 5655],
        [2, "Brave Otter", 5655],
        [3, "144_Ploaie", 0],
    ):
        page.append(row)
    book.save(tmp_path / "report.xlsx")
    return str(tmp_path / "report.xlsx")


def test_quiz_prints_places_and_whom_the_names_belong_to(report, tmp_path, capsys):
    roster = tmp_path / "roster.csv"
    roster.write_bytes("Name;ID;Group\r\nZăpadă Ștefan;017001;141\r\nPloaie Călin;017002;144\r\n".encode())
    assert main(["quiz", report, "--roster", str(roster)]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed["title"] == "Quiz 1"
    assert [(p["place"], p["student"], p["method"]) for p in printed["players"]] == [
        ("1", "017001", "surname"),
        ("1", None, "none"),
        (None, "017002", "surname"),
    ]
    assert printed["unmatched"] == ["Brave Otter"]
    assert printed["matched"] == ["141zapada", "144_Ploaie"]
    assert main(["quiz", report, "--ties", "tool"]) == 0
    assert [p["place"] for p in json.loads(capsys.readouterr().out)["players"]] == ["1", "2", None]


@pytest.mark.parametrize("roster", ["a,b\n", "", "id,name\n,Ana\n"])
def test_a_wrong_roster_exits_with_two(report, tmp_path, capsys, roster):
    (tmp_path / "roster.csv").write_text(roster)
    assert main(["quiz", report, "--roster", str(tmp_path / "roster.csv")]) == 2
    assert json.loads(capsys.readouterr().out)["verdict"] == "invalid_roster"


def test_a_wrong_report_exits_with_two(tmp_path, capsys):
    (tmp_path / "report.xlsx").write_bytes(b"no")
    assert main(["quiz", str(tmp_path / "report.xlsx")]) == 2
    assert json.loads(capsys.readouterr().out)["code"] == "unreadable"
    assert main(["quiz", str(tmp_path / "gone.csv")]) == 2


def _report(path, rows):
    book = Workbook()
    page = book.active
    page.title = "Final Scores"
    for row in [["Quiz"], ["Final Scores"], ["Rank", "Player", "Total Score (points)"], *rows]:
        page.append(row)
    book.save(path)
    return str(path)


def test_two_reports_of_one_lecture_are_joined_as_the_scheme_says(tmp_path, capsys):
    roster = tmp_path / "roster.csv"
    roster.write_text("ID,Name\n1,Ploaie Calin\n2,Zapada Stefan\n", encoding="utf-8")
    a = _report(tmp_path / "a.xlsx", [[1, "ploaie", 900], [2, "zapada", 800], [3, "guest", 100]])
    b = _report(tmp_path / "b.xlsx", [[1, "zapada stefan", 950], [2, "guest", 20]])
    assert main(["quiz", a, b, "--roster", str(roster)]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert [(p["nickname"], p["points"], p["place"]) for p in printed["players"]] == [
        ("zapada stefan", "1750", "1"),
        ("ploaie", "900", "2"),
        ("guest", "120", "3"),
    ]
    assert main(["quiz", a, b, "--roster", str(roster), "--same-lecture", "best"]) == 0
    assert [p["points"] for p in json.loads(capsys.readouterr().out)["players"]] == ["950", "900", "100"]


def test_one_report_given_twice_is_refused(tmp_path, capsys):
    a = _report(tmp_path / "a.xlsx", [[1, "ploaie", 900]])
    assert main(["quiz", a, a]) == 2
    printed = json.loads(capsys.readouterr().out)
    assert (printed["code"], printed["message"]) == ("same_report", "a.xlsx holds the same report as a.xlsx.")


def test_a_nickname_that_fits_two_names_both_and_is_warned_of(tmp_path, capsys):
    roster = tmp_path / "roster.csv"
    roster.write_text("Nr. matricol;Nume și prenume;Grupa\n017;Norel Ana;141\n018;Norel Ion;141\n", encoding="utf-8")
    a = _report(tmp_path / "a.xlsx", [[1, "norel", 900]])
    assert main(["quiz", a, "--roster", str(roster)]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed["players"][0]["candidates"] == ["017", "018"]
    assert printed["warnings"] == ["“norel” could be several students: 017, 018."]
    assert printed["unmatched"] == ["norel"]


def test_one_student_with_two_nicknames_in_one_report_is_warned_of(tmp_path, capsys):
    roster = tmp_path / "roster.csv"
    roster.write_text("id,name\n1,Ploaie Calin\n", encoding="utf-8")
    a = _report(tmp_path / "a.xlsx", [[1, "ploaie", 900], [2, "dan", 800], [3, "ploaieC", 700]])
    assert main(["quiz", a, "--roster", str(roster)]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed["warnings"] == ["“ploaie” and “ploaieC” are the same student; the better result counts."]
    assert [(p["nickname"], p["place"]) for p in printed["players"]] == [
        ("ploaie", "1"),
        ("dan", "2"),
        ("ploaieC", None),
    ]
