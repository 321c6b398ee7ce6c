"""Nicknames and students: what is matched, and what is left to a person."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.name_matching import RosterEntry, fold, match

ROSTER = [
    RosterEntry(id="a", name="Zăpadă Ștefan", group="141"),
    RosterEntry(id="b", name="Norel Ion", group="141"),
    RosterEntry(id="c", name="Norel Ana", group="142"),
    RosterEntry(id="d", name="Furtună-Brumă Țintea", group="144"),
    RosterEntry(id="e", name="Ploaie Călin", group="144"),
]


def one(nickname, roster=ROSTER, **more):
    return match([nickname], roster, **more)[0]


@pytest.mark.parametrize(
    ("nickname", "student", "method"),
    [
        ("Zapada Stefan", "a", "exact"),
        ("ştefan ZĂPADĂ", "a", "exact"),
        ("141zapada", "a", "surname"),
        ("141_Zăpadă", "a", "surname"),
        ("Zapada-141", "a", "surname"),
        ("144_PLOAIE", "e", "surname"),
        ("ploaieC", "e", "surname"),
        ("ploaiec", "e", "surname"),
        ("PloaieCalin", "e", "exact"),
        ("Furtuna Bruma", "d", "surname"),
        ("141norel", "b", "surname"),
        ("Norel.142", "c", "surname"),
        ("NorelA", "c", "surname"),
        ("norel a", "c", "surname"),
        ("ploaei144", "e", "fuzzy"),
        ("Zapda Stefan", "a", "fuzzy"),
    ],
)
def test_a_nickname_finds_its_student(nickname, student, method):
    found = one(nickname)
    assert (found.student_id, found.method) == (student, method)


@pytest.mark.parametrize("nickname", ["Norel", "norl", "Brave Otter", "141", "😀", "", "N", "i n", "Zapada Ion"])
def test_what_fits_nobody_or_two_is_left_to_a_person(nickname):
    assert one(nickname).student_id is None
    assert one(nickname).method == "none"


def test_the_candidates_of_a_doubtful_nickname_are_named():
    assert one("Norel").candidates == ("b", "c")


def test_a_wrong_group_still_finds_the_only_surname_but_with_less_confidence():
    assert one("142zapada").student_id == "a"
    assert one("142zapada").confidence < one("141zapada").confidence < one("Zapada Stefan").confidence


def test_two_students_of_one_name_are_never_guessed_between():
    roster = [*ROSTER, RosterEntry(id="f", name="Ștefan Zăpadă", group="142")]
    assert one("Zapada Stefan", roster).student_id is None
    assert one("142 Zapada Stefan", roster).student_id == "f"


def test_what_a_person_has_resolved_is_remembered_for_similar_spellings():
    aliases = {"141_Fulg": "b", "😀": "c", "left": "gone"}
    assert (one("141fulg", aliases=aliases).student_id, one("141fulg", aliases=aliases).method) == ("b", "alias")
    assert one("😀", aliases=aliases).student_id == "c"
    assert one("🎉", aliases=aliases).student_id is None
    assert one("left", aliases=aliases).student_id is None


def test_both_ways_of_writing_s_and_t_with_a_mark_below_fold_alike():
    assert fold("şţ ŞŢ") == fold("șț ȘȚ") == "st st"


def test_a_student_may_have_several_names_in_the_roster():
    roster = [*ROSTER, RosterEntry(id="e", name="Ploaie Matei"), RosterEntry(id="e", name="Nour")]
    assert one("ploaie", roster).student_id == "e"
    assert one("nour", roster).student_id == "e"
    assert one("ploaiie", roster).student_id == "e"


def test_an_empty_roster_matches_nobody():
    assert one("ana", []).student_id is None


@given(st.lists(st.text(max_size=30), max_size=5))
def test_any_nickname_gets_one_answer_out_of_the_roster(nicknames):
    found = match(nicknames, ROSTER)
    assert [one.nickname for one in found] == nicknames
    for answer in found:
        assert answer.student_id in {None, "a", "b", "c", "d", "e"}
        assert 0 <= answer.confidence <= 1
        assert (answer.method == "none") == (answer.student_id is None)
