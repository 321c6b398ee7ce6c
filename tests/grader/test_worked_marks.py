"""Marks worked out by hand, one for each alternative and edge of the rules.

Unless a row says otherwise: rank 60 of 158 gives 8, lab test 8 and other lab 8, so every lab mark is 8; the exam is 7, and
(7 + 8) / 2 = 7.5 gives 8.
"""

from dataclasses import replace
from decimal import Decimal

import pytest

from grader.lab_tests import LabTest
from grader.marks import CompetitionFacts, ProjectRecord, StudentRecord, compute
from grader.schemes import Extra, preset

D = Decimal
SCHEME = preset("unibuc-ml")
FACTS = CompetitionFacts(direction="higher", baseline_private=0.6, n_ranked=158)
LOWER = CompetitionFacts(direction="lower", baseline_private=0.6, n_ranked=158)


def project(rank=60, private=0.7, **more):
    return ProjectRecord(rank=rank, private=private, **more)


def scored(score, **more):
    return LabTest(requirement=D("3.5"), score=score, target=0.9, **more)


HOMEWORK = {"project_weight": D("0.5"), "test_weight": D("0.3"), "extra": (Extra(name="homework", weight=D("0.2")),)}
PLAIN_FIVE = {"project": project(151), "lab_test": D(5)}
BOTH = ("first", "re-examination")

# what it shows, settings, record, (project, subject's lab, lab, exam, final, status)
CASES = [
    ("the plain record", {}, {}, "8 8 8 7 8 passed"),
    ("half a point below is not rounded up", {}, {"exam": D("6.98")}, "8 8 8 6.98 7 passed"),  # 7.49
    ("floor", {"rounding": "floor"}, {}, "8 8 8 7 7 passed"),
    ("two decimals", {"rounding": "two_decimals"}, {"exam": D("6.99")}, "8 8 8 6.99 7.50 passed"),  # 7.495
    ("two decimals, failed", {"rounding": "two_decimals"}, {"exam": D("4.99")}, "8 8 8 4.99 4 failed"),
    ("two decimals below the cap", {"rounding": "two_decimals"}, {"exam": D("1.5"), **PLAIN_FIVE, "other_lab": D(5)},
     "5 5 5 1.5 3.25 failed"),
    ("exactly five passes", {}, {"exam": D(5)}, "8 8 8 5 7 passed"),  # 6.5
    ("exactly five is not above five", {"is_strict": True}, {"exam": D(5)}, "8 8 8 5 4 failed"),
    ("just above five", {"is_strict": True}, {"exam": D("5.01")}, "8 8 8 5.01 7 passed"),  # 6.505
    ("a bonus lifts the exam to five", {}, {"exam": D("4.8"), "quiz_places": (5,)}, "8 8 8 5.0 7 passed"),
    ("but not where it is asked before", {"threshold_on": "before_bonus"}, {"exam": D("4.8"), "quiz_places": (5,)},
     "8 8 8 5.0 4 failed"),
    # ML 5, mean (5 + 4.8) / 2 = 4.9, with one answer 5.1; (6 + 5.1) / 2 = 5.55
    ("a bonus lifts the lab over five", {}, {**PLAIN_FIVE, "other_lab": D("4.8"), "lab_answers": (1,), "exam": D(6)},
     "5 5 5.1 6 6 passed"),
    ("and the lab is asked before too", {"threshold_on": "before_bonus"},
     {**PLAIN_FIVE, "other_lab": D("4.8"), "lab_answers": (1,), "exam": D(6)}, "5 5 5.1 6 4 failed"),
    # mean (5 + 4.98) / 2 = 4.99; (10 + 4.99) / 2 = 7.495
    ("a lab mark of 4.99 fails the best exam", {}, {**PLAIN_FIVE, "other_lab": D("4.98"), "exam": D(10)},
     "5 5 4.99 10 4 failed"),
    ("who fails keeps less than four", {}, {"project": None, "lab_test": None, "other_lab": None, "exam": D(5)},
     "0 0 0 5 3 failed"),  # 2.5
    ("nothing at all is one", {}, {"project": None, "lab_test": None, "other_lab": None, "exam": D(0)},
     "0 0 0 0 1 failed"),
    ("no exam is absent", {}, {"exam": None}, "8 8 8 - - absent"),
    ("another pass mark", {"pass_mark": D(6)}, {"exam": D("5.5")}, "8 8 8 5.5 4 failed"),
    ("other weights", {"exam_weight": D("0.6"), "lab_weight": D("0.4")}, {}, "8 8 8 7 7 passed"),  # 7.4
    # between baseline 0.6 and best 0.8, 0.7 is half way from 5 to 10; 0.6 x 7.5 + 3.2 = 7.7; 7.85; 7.425
    ("linear in the score", {"mark_from": "linear_in_score"}, {}, "7.50 7.7 7.85 7 7 passed"),
    ("linear in the score at the best", {"mark_from": "linear_in_score"}, {"project": project(1, 0.8)},
     "10 9.2 8.6 7 8 passed"),
    ("linear in the score below the baseline is capped", {"mark_from": "linear_in_score"},
     {"project": project(158, 0.5)}, "4 5.6 6.8 7 7 passed"),
    # rank 71 lies 20 of 40 places into the band from 8 to 7
    ("linear inside a band", {"mark_from": "linear_in_band"}, {"project": project(71)}, "7.50 7.7 7.85 7 7 passed"),
    ("linear inside the open band is flat", {"mark_from": "linear_in_band"}, {"project": project(155)},
     "5 6.2 7.1 7 7 passed"),
    # nobody deducts more than two points
    ("a deduction is at most two", {}, {"project": project(deduction=D(5))}, "6 6.8 7.4 7 7 passed"),
    ("a deduction stops at the floor", {"max_deduction": D(10)}, {"project": project(151, deduction=D(9))},
     "1 3.8 5.9 7 6 passed"),
    ("another floor", {"max_deduction": D(10), "floor": D(3)}, {"project": project(151, deduction=D(9))},
     "3 5 6.5 7 7 passed"),
    ("equal to the baseline does not exceed it", {}, {"project": project(1, 0.6)}, "4 5.6 6.8 7 7 passed"),
    ("the gate caps after the deduction", {}, {"project": project(151, 0.5, deduction=D(2))}, "3 5 6.5 7 7 passed"),
    ("another cap of the gate", {"gate_cap": D(3)}, {"project": project(1, 0.5)}, "3 5 6.5 7 7 passed"),
    ("not presented has no mark", {}, {"project": project(presented=False)}, "0 3.2 5.6 7 6 passed"),
    ("not presented loses two points only", {"not_presented": "deduction"}, {"project": project(presented=False)},
     "6 6.8 7.4 7 7 passed"),
    ("nothing valid is zero", {}, {"project": project(None, None, valid=False)}, "0 3.2 5.6 7 6 passed"),
    ("nothing valid is one", {"invalid": D(1)}, {"project": project(None, None, valid=False)}, "1 3.8 5.9 7 6 passed"),
    ("disqualified", {}, {"project": project(1, disqualified=True)}, "0 3.2 5.6 7 6 passed"),
    # 3.5 + 6 x 0.81 / 0.9 = 8.9; ML 4.8 + 3.56
    ("a test scored from zero", {}, {"lab_test": scored(0.81)}, "8 8.36 8.18 7 8 passed"),
    # 3.5 + 6 x 0.36 / 0.45 = 8.3
    ("a test scored from the baseline", {"test_counted_from": "baseline"},
     {"lab_test": scored(0.81, baseline=0.45)}, "8 8.12 8.06 7 8 passed"),
    # 3.5 + 6 x 0.71 / 0.8 = 3.5 + 5.325 -> 8.83
    ("a test scored from chance level", {"test_counted_from": "chance"}, {"lab_test": scored(0.81, chance=0.1)},
     "8 8.332 8.166 7 8 passed"),
    ("a test above its target has the full points", {}, {"lab_test": scored(0.95)}, "8 8.6 8.3 7 8 passed"),
    ("a test below the baseline has none for accuracy", {"test_counted_from": "baseline"},
     {"lab_test": scored(0.3, baseline=0.45)}, "8 6.2 7.1 7 7 passed"),
    ("a test without a score has its requirements", {}, {"lab_test": scored(None)}, "8 6.2 7.1 7 7 passed"),
    # an error: 3.5 + 6 x 0.2 / 0.25 = 8.3
    ("a test by an error", {},
     {"lab_test": LabTest(requirement=D("3.5"), score=0.25, target=0.2, direction="lower")}, "8 8.12 8.06 7 8 passed"),
    ("a mean place counts as the one below", {}, {"quiz_places": (D("3.5"),)}, "8 8 8 7.2 8 passed"),  # 7.6
    ("the tenth place earns nothing", {}, {"quiz_places": (10,)}, "8 8 8 7 8 passed"),
    ("quizzes add at most one", {}, {"quiz_places": (1, 1, 1, 1)}, "8 8 8 8 8 passed"),
    ("other groups of places", {"quiz_points": (D("0.5"), D("0.25")), "quiz_group_size": 2}, {"quiz_places": (3,)},
     "8 8 8 7.25 8 passed"),  # 7.625
    ("two answers a lab count", {}, {"lab_answers": (5,)}, "8 8 8.4 7 8 passed"),
    ("answers add at most one", {}, {"lab_answers": (2, 2, 2)}, "8 8 9 7 8 passed"),
    ("answers on this subject's mark alone", {"answers_count_on": "ml_lab"}, {"lab_answers": (2, 2)},
     "8 8.8 8.4 7 8 passed"),
    # 0.6 of the quizzes leaves 0.4 for the answers
    ("pooled bonuses", {"bonus_caps": "pooled"}, {"quiz_places": (1, 2), "lab_answers": (2, 2)},
     "8 8 8.4 7.6 8 passed"),
    ("no bonus lifts a mark above ten", {}, {"exam": D("9.9"), "quiz_places": (1,)}, "8 8 8 10 9 passed"),
    ("another common cap", {"mark_cap": D(9)}, {"exam": D("8.9"), "quiz_places": (1,)}, "8 8 8 9 9 passed"),  # 8.5
    ("an open case changes nothing", {}, {"project": project(plagiarism="open")}, "8 8 8 7 8 passed"),
    ("a confirmed case waits for a decision", {}, {"project": project(plagiarism="confirmed")}, "8 8 8 7 8 passed"),
    ("a decision about a confirmed case", {}, {"project": project(plagiarism="confirmed", decided=D(1))},
     "1 3.8 5.9 7 6 passed"),
    ("a penalty of a case takes the project", {}, {"project": project(plagiarism="penalty")}, "0 3.2 5.6 7 6 passed"),
    ("a mark set by a person stands above a penalty", {}, {"project": project(plagiarism="penalty", decided=D(1))},
     "1 3.8 5.9 7 6 passed"),
    ("a confirmed case takes the project", {"plagiarism": "project"}, {"project": project(plagiarism="confirmed")},
     "0 3.2 5.6 7 6 passed"),
    ("a confirmed case leaves one", {"plagiarism": "project", "plagiarism_project": D(1)},
     {"project": project(plagiarism="confirmed")}, "1 3.8 5.9 7 6 passed"),
    ("a confirmed case fails the course", {"plagiarism": "course"}, {"project": project(plagiarism="confirmed")},
     "8 8 8 7 4 failed"),
    ("a mark set by a person", {}, {"project": project(decided=D("9.5"))}, "9.5 8.9 8.45 7 8 passed"),  # 7.725
    # 0.5 x 8 + 0.3 x 8 + 0.2 x 9 = 8.2
    ("a further component", HOMEWORK, {"extra": {"homework": D(9)}}, "8 8.2 8.1 7 8 passed"),
    ("a further component that is missing", HOMEWORK, {}, "8 6.4 7.2 7 7 passed"),
    ("without the other subject", {"lab_own_weight": D(1), "lab_other_weight": D(0)}, {"other_lab": None},
     "8 8 8 7 8 passed"),
    ("without a lab test", {"project_weight": D(1), "test_weight": D(0)}, {"lab_test": None}, "8 8 8 7 8 passed"),
    ("without a project", {"project_weight": D(0), "test_weight": D(1)}, {"project": None}, "0 8 8 7 8 passed"),
    ("a lab mark of unequal halves", {"lab_own_weight": D("0.7"), "lab_other_weight": D("0.3")}, {"other_lab": D(6)},
     "8 8 7.4 7 7 passed"),
]  # fmt: skip


def graded(settings, record, facts=FACTS, examination="first", others=()):
    plain = {"project": project(), "lab_test": D(8), "other_lab": D(8), "exam": D(7)}
    student = StudentRecord(id="s", **{**plain, **record})
    # somebody at the very top, for the best private score
    top = StudentRecord(id="top", project=project(1, 0.8))
    scheme = replace(SCHEME, **settings)
    return compute([student, *others, top], competition=facts, examination=examination, scheme=scheme)[0]


def shown(sheet):
    marks = (sheet.project, sheet.ml_lab, sheet.lab, sheet.exam, sheet.final)
    return (*marks, sheet.status)


def expected(text):
    *marks, status = text.split()
    return (*(None if mark == "-" else D(mark) for mark in marks), status)


@pytest.mark.parametrize(("rules", "record", "marks"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_marks_come_out_as_by_hand(rules, record, marks):
    assert shown(graded(rules, record)) == expected(marks)


@pytest.mark.parametrize(
    ("rank", "marks"),
    [  # of 79 instead of 158 the edges are 15, 25, 45, 60 and 75
        (15, "10 9.2 8.6 7 8 passed"),
        (25, "9 8.6 8.3 7 8 passed"),
        (26, "8 8 8 7 8 passed"),
        (60, "7 7.4 7.7 7 7 passed"),
        (75, "6 6.8 7.4 7 7 passed"),
        (76, "5 6.2 7.1 7 7 passed"),
    ],
)
def test_scaled_bands_for_half_as_many_participants(rank, marks):
    facts = replace(FACTS, n_ranked=79)
    assert shown(graded({"band_policy": "scaled"}, {"project": project(rank)}, facts)) == expected(marks)


def test_the_gate_follows_the_direction_of_an_error():
    assert graded({}, {"project": project(1, 0.7)}, LOWER).project == 4
    assert graded({}, {"project": project(1, 0.5)}, LOWER).project == 10


def test_bonuses_at_the_re_examination():
    record = {"quiz_places": (1,), "lab_answers": (1,)}
    assert shown(graded({}, record, examination="re-examination")) == expected("8 8 8 7 8 passed")
    found = graded({"bonus_examinations": BOTH}, record, examination="re-examination")
    assert shown(found) == expected("8 8 8.2 7.3 8 passed")  # 7.75


def test_rule_three_holds_at_the_re_examination_too():
    assert graded({}, {"exam": D("4.9")}, examination="re-examination").status == "failed"
    assert graded({}, {"exam": None}, examination="re-examination").status == "absent"


def test_ranks_close_up_below_who_is_disqualified():
    gone = StudentRecord(id="gone", project=project(10, 0.75, disqualified=True))
    found = graded({}, {"project": project(31)}, others=[gone])
    assert (found.project, found.trace[0].rule) == (10, "closed_up")
    assert found.trace[0].text("en") == "Disqualified participants left the ranking, so rank 31 became rank 30."
    assert graded({}, {"project": project(31)}).project == 9


def test_closing_up_shortens_scaled_bands_too():
    # 158 less one gives 30 x 157 / 158 = 29.8 -> 30, and 50 x 157 / 158 = 49.7 -> 50; less nine: 28.3 -> 28
    gone = [StudentRecord(id=f"g{i}", project=project(100 + i, 0.65, disqualified=True)) for i in range(9)]
    found = graded({"band_policy": "scaled"}, {"project": project(29)}, others=gone)
    assert found.project == 9
    assert graded({"band_policy": "scaled"}, {"project": project(29)}).project == 10


def test_only_the_enrolled_are_ranked_where_the_scheme_says_so():
    guests = [StudentRecord(id=f"g{i}", project=project(20 + i, 0.75, enrolled=False)) for i in range(10)]
    record = {"project": project(60)}
    assert graded({}, record, others=guests).project == 8
    found = graded({"ranked": "enrolled"}, record, others=guests)  # second of the two enrolled
    assert (found.project, found.trace[0].rule) == (10, "enrolled_rank")


def test_the_public_board_counts_where_the_scheme_says_so():
    record = {"project": project(60, public_rank=20, public=0.9)}
    top = StudentRecord(id="a", project=project(1, 0.8, public_rank=1, public=0.95))
    scheme = replace(SCHEME, board="public")
    found = compute([StudentRecord(id="s", **record), top], competition=FACTS, examination="first", scheme=scheme)[0]
    assert (found.project, found.trace[0].rule) == (10, "public_rank")
    assert graded({}, record).project == 8


def test_the_public_board_without_a_public_rank_is_a_broken_promise():
    with pytest.raises(ValueError, match="public rank"):
        graded({"board": "public"}, {})


def test_a_test_counted_from_a_score_that_is_missing_is_a_broken_promise():
    with pytest.raises(ValueError, match="baseline, which is missing"):
        graded({"test_counted_from": "baseline"}, {"lab_test": scored(0.5)})


def test_a_tie_shares_the_better_rank_or_goes_to_the_earlier():
    first = StudentRecord(id="a", project=project(30, 0.72))
    record = {"project": project(31, 0.72)}
    assert graded({}, record, others=[first]).project == 9
    assert graded({"rank_ties": "shared"}, record, others=[first]).project == 10


@pytest.mark.parametrize(
    ("rules", "record", "flags"),
    [
        ({}, {"project": project(plagiarism="open")}, ("plagiarism_open",)),
        ({}, {"project": project(plagiarism="confirmed")}, ("plagiarism_undecided",)),
        ({}, {"project": project(plagiarism="penalty")}, ()),
        ({}, {"project": project(presented=False)}, ("not_presented",)),
        ({"not_presented": "deduction"}, {"project": project(presented=False)}, ("not_presented_deduction",)),
        ({}, {"project": project(disqualified=True)}, ("disqualified",)),
        (HOMEWORK, {}, ("no_extra",)),
        ({"lab_own_weight": D(1), "lab_other_weight": D(0)}, {"other_lab": None}, ()),
        ({"project_weight": D(1), "test_weight": D(0)}, {"lab_test": None}, ()),
        ({"project_weight": D(0), "test_weight": D(1)}, {"project": None}, ()),
        ({}, {"exam": D("5.00")}, ("exact_pass_exam",)),
    ],
)
def test_what_a_person_should_look_at_is_flagged_and_nothing_else(rules, record, flags):
    assert graded(rules, record).flags == flags


def test_the_trace_names_every_component():
    line = next(x for x in graded(HOMEWORK, {"extra": {"homework": D(9)}}).trace if x.rule == "ml_lab_parts")
    assert line.text("en") == (
        "The lab mark of this subject is 0.5 × 8 (project) + 0.3 × 8 (lab test) + 0.2 × 9 (homework) = 8.2."
    )
    assert line.text("ro") == (
        "Nota de laborator la această materie este "
        "0,5 × 8 (proiect) + 0,3 × 8 (test de laborator) + 0,2 × 9 (homework) = 8,2."
    )
