"""Quiz reports of several years, by hand and damaged."""

import zipfile
from contextlib import suppress
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from grader.quiz_report import InvalidReport, QuizPlayer, read_report

D = Decimal
HEADER = ["Rank", "Player", "Total Score (points)", "Correct Answers", "Incorrect Answers"]
TOP = [["Lecture 3: k-NN"], ["Final Scores"], HEADER]


@pytest.fixture
def xlsx(tmp_path):
    def write(rows, sheet="Final Scores", name="report.xlsx"):
        book = Workbook()
        book.active.title = "Overview"
        page = book.create_sheet(sheet)
        for row in rows:
            page.append(row)
        book.save(tmp_path / name)
        return tmp_path / name

    return write


@pytest.fixture
def text_file(tmp_path):
    def write(content, name="report.csv", encoding="utf-8"):
        path = tmp_path / name
        path.write_bytes(content.encode(encoding))
        return path

    return write


def codes(path):
    with pytest.raises(InvalidReport) as caught:
        read_report(path)
    return caught.value.code


def test_a_report_gives_its_title_and_players_in_order(xlsx):
    found = read_report(xlsx([*TOP, [1, "141ana", 5781, 6, 0], [2, "Bob", 5700, 5, 1]]))
    assert found.title == "Lecture 3: k-NN"
    assert found.players == (
        QuizPlayer(nickname="141ana", points=D(5781), rank=1, correct=6, incorrect=0),
        QuizPlayer(nickname="Bob", points=D(5700), rank=2, correct=5, incorrect=1),
    )
    assert found.warnings == ()


def test_the_layout_of_2019_and_the_one_with_an_identifier_are_read(xlsx):
    old = [HEADER[0], "Players", *HEADER[2:]]
    assert read_report(xlsx([["T"], ["Final Scores"], old, [1, "ana", 10, 1, 0]])).players[0].points == 10
    new = ["Rank", "Player", "Player Identifier", *HEADER[2:]]
    found = read_report(xlsx([["T"], ["Final Scores"], new, [1, "ana", "a@b.example", 10, 1, 0]], name="b.xlsx"))
    assert found.players == (
        QuizPlayer(nickname="ana", points=D(10), identifier="a@b.example", rank=1, correct=1, incorrect=0),
    )


def test_the_sheet_is_found_without_regard_to_case_and_spaces(xlsx):
    assert len(read_report(xlsx([*TOP, [1, "ana", 10, 1, 0]], sheet=" final scores ")).players) == 1


@pytest.mark.parametrize(
    ("cell", "points"),
    [
        ("5781", "5781"),
        (" 5,781 ", "5781"),
        ("5 781", "5781"),
        ("5.781", "5781"),
        ("5\u00a0781", "5781"),
        (5781.0, "5781"),
        ("12,5", "12.5"),
        (0, "0"),
    ],
)
def test_points_are_read_as_numbers_and_as_text(xlsx, cell, points):
    assert read_report(xlsx([*TOP, ["1", "ana", cell, 1, 0]])).players[0].points == D(points)


@pytest.mark.parametrize("cell", ["-", "", None, "abc", "1e5", "٣٤", "NaN", True, -5])
def test_a_row_without_points_is_left_out_with_a_warning(xlsx, cell):
    found = read_report(xlsx([*TOP, [1, "ana", 10, 1, 0], [2, "dan", cell, 1, 0]]))
    assert [p.nickname for p in found.players] == ["ana"]
    assert found.warnings[0].startswith("Line 5 was left out, for it is no player with points: “2 dan")


def test_a_footer_below_the_data_is_no_player(xlsx):
    found = read_report(
        xlsx([*TOP, [1, "ana", 10, 1, 0], [], [None, "Average", 5, None, None], [None, "some remark"], ["x"]])
    )
    assert [p.nickname for p in found.players] == ["ana"]
    assert len(found.warnings) == 3


def test_a_row_typed_in_by_hand_counts_with_a_warning(xlsx):
    found = read_report(xlsx([*TOP, [1, "ana", 10, 1, 0], [None, "dan", "7"], [], [3, "eva", 5, 1, 0]]))
    assert [(p.nickname, p.points, p.rank) for p in found.players] == [("ana", 10, 1), ("dan", 7, None), ("eva", 5, 3)]
    assert found.warnings == (
        "Line 5 (“dan”) looks typed in by hand; it counts, please check it.",
        "Line 7 (“eva”) looks typed in by hand; it counts, please check it.",
    )


def test_somebody_who_reconnected_counts_once_with_the_better_result(xlsx):
    found = read_report(xlsx([*TOP, [1, "ana", 10, 1, 0], [2, "dan", 8, 1, 0], [3, "ana", 4, 1, 0]]))
    assert [(p.nickname, p.points) for p in found.players] == [("ana", 10), ("dan", 8)]
    assert found.warnings == ("“ana” appears twice; the better result counts.",)


def test_a_nickname_of_digits_alone_is_kept_as_text(xlsx):
    assert read_report(xlsx([*TOP, [1, 141, 10, 1, 0]])).players[0].nickname == "141"


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_csv_is_read_with_any_usual_separator(text_file, separator):
    rows = [["Rank", "Player", "Total Score (points)"], ["1", "Țăran", "10"]]
    content = "\r\n".join(separator.join(row) for row in rows)
    assert read_report(text_file("\ufeff" + content)).players[0].nickname == "Țăran"


def test_a_csv_from_an_older_windows_is_read_in_its_encoding(text_file):
    path = text_file("Player;Score\nŞerban;12,5\n", encoding="cp1250")
    assert read_report(path).players == (QuizPlayer(nickname="Şerban", points=D("12.5")),)


def test_what_is_no_report_is_refused_with_its_code(xlsx, text_file, tmp_path):
    assert codes(text_file("x", name="report.xls")) == "wrong_type"
    assert codes(text_file("this is no zip", name="a.xlsx")) == "unreadable"
    assert codes(text_file("Player,Score\nana,1\n", encoding="utf-16")) == "unreadable"
    assert codes(text_file("a,b\n1,2\n")) == "no_header"
    assert codes(text_file("")) == "no_header"
    assert codes(xlsx([*TOP])) == "no_players"
    assert codes(xlsx([*TOP], sheet="Scores")) == "no_final_scores"
    with zipfile.ZipFile(tmp_path / "b.xlsx", "w") as archive:
        archive.writestr("[Content_Types].xml", "<broken")
    assert codes(tmp_path / "b.xlsx") == "unreadable"


def test_a_spreadsheet_that_unpacks_to_too_much_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "bomb.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"\0" * (201 * 2**20))
    assert codes(tmp_path / "bomb.xlsx") == "too_big"


RAW = ["Question Number", "Question", "Player", "Answer", "Correct / Incorrect", "Correct", "Incorrect", "Score (points)",
       "Score without Answer Streak Bonus (points)", "Current Total Score (points)"]  # fmt: skip


def raw(question, player, score, *, total, correct=1):
    return [question, "What is <b>k</b>?", player, "✔︎ Five", "Correct", correct, 1 - correct, score, 0, total]


def test_without_final_scores_the_answers_of_the_raw_data_are_added_up(xlsx):
    # the questions were shuffled, so the running totals make no sense, and the second number is a text
    rows = [
        RAW,
        raw("1 Quiz", "ana", 900, total=1700),
        raw("1 Quiz", "dan", "950", total=950),
        raw("2 Quiz", "dan", 0, total=950, correct=0),
        raw("2 Quiz", "ana", 800, total=800),
        [None, "some remark"],
    ]
    found = read_report(xlsx(rows, sheet="RawReportData Data"))
    assert found.players == (
        QuizPlayer(nickname="ana", points=D(1700), correct=2, incorrect=0),
        QuizPlayer(nickname="dan", points=D(950), correct=1, incorrect=1),
    )
    assert [w.code for w in found.warnings] == ["raw_data", "no_player"]


def test_who_answered_twice_in_the_raw_data_keeps_the_better_answer(xlsx):
    rows = [RAW, raw("1 Quiz", "ana", 500, total=500), raw("1 Quiz", "ana", 900, total=900)]
    found = read_report(xlsx(rows, sheet="RawReportData Data"))
    assert [(p.nickname, p.points) for p in found.players] == [("ana", 900)]
    assert [w.code for w in found.warnings] == ["raw_data", "twice"]


def test_the_final_scores_go_before_the_raw_data(tmp_path):
    book = Workbook()
    book.active.title = "RawReportData Data"
    book.active.append(RAW)
    book.active.append(raw("1 Quiz", "ana", 500, total=500))
    final = book.create_sheet("Final Scores")
    for row in (*TOP, [1, "ana", 700, 1, 0]):
        final.append(row)
    book.save(tmp_path / "both.xlsx")
    found = read_report(tmp_path / "both.xlsx")
    assert ([(p.nickname, p.points) for p in found.players], found.warnings) == ([("ana", 700)], ())


def test_a_changed_column_is_told_with_what_is_there(xlsx):
    with pytest.raises(InvalidReport) as caught:
        read_report(xlsx([["Title"], ["Loc", "Jucător", "Punctaj"], [1, "ana", 5]]))
    assert caught.value.params == {"found": "“Loc”, “Jucător”, “Punctaj”"}


def test_raw_data_with_a_changed_column_is_refused(xlsx):
    assert codes(xlsx([[*RAW[:7], "Marks"], raw("1", "ana", 5, total=5)], sheet="RawReportData Data")) == "no_header"
    assert codes(xlsx([RAW], sheet="RawReportData Data", name="b.xlsx")) == "no_players"


@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(tmp_path_factory, data):
    folder = tmp_path_factory.mktemp("any")
    for name in ("a.csv", "a.xlsx"):
        (folder / name).write_bytes(b"Player,Score\n" + data if name == "a.csv" else data)
        with suppress(InvalidReport):
            assert read_report(folder / name).players
