"""Marks worked out by hand, one for each alternative and edge of the rules.

Unless a row says otherwise: rank 60 of 158 gives 8, lab test 8 and other lab 8, so every lab mark is 8; the exam is 7, and
(7 + 8) / 2 = 7.5 gives 8.
"""

import re
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from grader.bonuses import lecture_points, places
from grader.lab_tests import LabTest
from grader.marks import CompetitionFacts, ProjectRecord, StudentRecord, compute
from grader.schemes import Extra, preset, preset_text
from grader.schemes import scheme as scheme_file

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
    # the exam is asked at 4.9, not at 5.2
    ("strictly above five before the bonus", {"is_strict": True, "threshold_on": "before_bonus"},
     {"exam": D("4.9"), "quiz_places": (1,)}, "8 8 8 5.2 4 failed"),
    # mean (5 + 4.99) / 2; (10 + 4.995) / 2 = 7.4975
    ("a lab mark of 4.995 is not rounded first", {}, {**PLAIN_FIVE, "other_lab": D("4.99"), "exam": D(10)},
     "5 5 4.995 10 4 failed"),
    # mean (10 + 9.8) / 2 = 9.9, and 0.4
    ("no bonus lifts the lab above ten", {},
     {"project": project(1), "lab_test": D(10), "other_lab": D("9.8"), "lab_answers": (2,)}, "10 10 10 7 9 passed"),
    # 6 + 3.8 = 9.8, and 0.8; (10 + 8) / 2
    ("answers on this subject's mark stop at ten", {"answers_count_on": "ml_lab"},
     {"project": project(1), "lab_test": D("9.5"), "lab_answers": (2, 2)}, "10 10 9 7 8 passed"),
    # 1.2 of the quizzes is cut at the common 1, which leaves nothing for the answers
    ("quizzes alone fill the common cap", {"bonus_caps": "pooled", "quiz_cap": D(2)},
     {"quiz_places": (1, 1, 1, 1), "lab_answers": (2,)}, "8 8 8 8 8 passed"),
    # 4.8; 2.4; 1.2
    ("a failed course keeps what is less than four", {"plagiarism": "course"},
     {"project": project(plagiarism="confirmed"), "lab_test": D(0), "other_lab": D(0), "exam": D(0)},
     "8 4.8 2.4 0 1 failed"),
    ("floor, failed", {"rounding": "floor"}, {"exam": D("1.9"), **PLAIN_FIVE, "other_lab": D(5)},
     "5 5 5 1.9 3 failed"),  # 3.45
    ("nine and a half is ten", {}, {"project": project(1), "lab_test": D(10), "exam": D(10)},
     "10 10 9 10 10 passed"),
    ("two decimals of a bonus", {"rounding": "two_decimals"}, {"quiz_places": (8,)}, "8 8 8 7.1 7.55 passed"),
    ("linear inside a band at its first rank", {"mark_from": "linear_in_band"}, {"project": project(51)},
     "8 8 8 7 8 passed"),
    # 8 - 39 / 40 = 7.025 -> 7.03; 4.218 + 3.2 = 7.418; 7.709; 7.3545
    ("linear inside a band at its last rank", {"mark_from": "linear_in_band"}, {"project": project(90)},
     "7.03 7.418 7.709 7 7 passed"),
    # 3.5 + 6 x (0.3 - 0.4) / (0.2 - 0.4) = 6.5; 4.8 + 2.6
    ("a test by an error from the baseline", {"test_counted_from": "baseline"},
     {"lab_test": LabTest(requirement=D("3.5"), score=0.3, target=0.2, baseline=0.4, direction="lower")},
     "8 7.4 7.7 7 7 passed"),
    ("requirement points are capped too", {}, {"lab_test": LabTest(requirement=D(5), score=0.9, target=0.9)},
     "8 8.8 8.4 7 8 passed"),
    # the rules say 4; 5.4 + 3.2 = 8.6
    ("a person's decision stands above the gate", {}, {"project": project(1, 0.5, decided=D(9))},
     "9 8.6 8.3 7 8 passed"),
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


def test_scaled_bands_for_twice_as_many_participants():
    # the edges are 60, 100, ...
    facts = replace(FACTS, n_ranked=316)
    assert graded({"band_policy": "scaled"}, {"project": project(60)}, facts).project == 10
    assert graded({"band_policy": "scaled"}, {"project": project(61)}, facts).project == 9
    assert graded({}, {"project": project(60)}, facts).project == 8


def test_linear_in_an_error_runs_down_to_the_lowest():
    # baseline 0.6, best 0.2: 0.4 is half way from 5 to 10
    students = [StudentRecord(id="s", project=project(2, 0.4)), StudentRecord(id="top", project=project(1, 0.2))]
    scheme = replace(SCHEME, mark_from="linear_in_score")
    found = compute(students, competition=LOWER, examination="first", scheme=scheme)
    assert [sheet.project for sheet in found] == [D("7.5"), 10]


def test_linear_in_the_score_without_a_baseline_takes_the_bands():
    facts = replace(FACTS, baseline_private=None)
    found = graded({"mark_from": "linear_in_score"}, {}, facts)
    assert (found.project, found.flags) == (8, ("no_baseline",))


def test_equal_to_the_baseline_of_an_error_does_not_exceed_it():
    assert graded({}, {"project": project(1, 0.6)}, LOWER).project == 4


def test_after_a_shared_rank_the_next_one_is_skipped():
    # 29, 30, 30 and 32: the last one is no 31st
    tied = [StudentRecord(id=f"t{i}", project=project(30 + i, 0.72)) for i in range(2)]
    found = graded({"rank_ties": "shared"}, {"project": project(32, 0.71)}, others=tied)
    assert found.project == 9
    assert found.trace[0].params["rank"] == 32


def test_nothing_is_carried_over_to_the_re_examination():
    # an exam of 6 alone: (6 + 0) / 2 = 3
    missing = {"project": None, "lab_test": None, "other_lab": None, "exam": D(6)}
    assert shown(graded({}, missing, examination="re-examination")) == expected("0 0 0 6 3 failed")


QUIZZES = [{"a": D(950), "b": D(800), "c": D(700), "s": D(500)}, {"s": D(900), "a": D(100), "b": D(50), "c": D(20)}]


@pytest.mark.parametrize(
    ("policy", "quiz_places", "marks"),
    [  # sums 1400, 1050, 850, 720; best 950, 900, 800, 700; fourth of the one quiz and first of the other
        ("summed", (1,), "8 8 8 7.3 8 passed"),
        ("best", (2,), "8 8 8 7.3 8 passed"),
        ("each", (4, 1), "8 8 8 7.5 8 passed"),
    ],
)
def test_two_quizzes_of_one_lecture(policy, quiz_places, marks):
    found = tuple(
        dict(zip(quiz, places(list(quiz.values()), policy="shared"), strict=True))["s"]
        for quiz in lecture_points(QUIZZES, policy=policy)
    )
    assert found == quiz_places
    assert shown(graded({}, {"quiz_places": found})) == expected(marks)


@pytest.mark.parametrize(
    ("ties", "place", "marks"),
    [  # the third and fourth of six are equal, and this is the fourth
        ("shared", D(3), "8 8 8 7.3 8 passed"),
        ("tool", D(4), "8 8 8 7.2 8 passed"),
        ("mean", D("3.5"), "8 8 8 7.2 8 passed"),
    ],
)
def test_a_tie_in_a_quiz(ties, place, marks):
    points = [5781, 5700, 5655, 5655, 5650, 5595]
    found = places(points, policy=ties)[3]
    assert found == place
    assert shown(graded({}, {"quiz_places": (found,)})) == expected(marks)


def test_a_nickname_of_nobody_holds_its_place():
    # a stranger at 800 keeps the third place, so this student is fourth: 0.2
    points = {"a": D(950), "b": D(900), "nobody: Llama": D(800), "s": D(700)}
    place = dict(zip(points, places(list(points.values()), policy="shared"), strict=True))["s"]
    assert shown(graded({}, {"quiz_places": (place,)})) == expected("8 8 8 7.2 8 passed")


def test_every_choice_of_the_language_has_an_example():
    source = (Path(scheme_file.__file__)).read_text(encoding="utf-8")
    choices = re.findall(r'read\.choice\("([\w.]+)", ([^)]+)\)', source)
    assert len(choices) > 12
    preset_values = set(preset_text("unibuc-ml").split('"')[1::2])
    examples = Path(__file__).read_text(encoding="utf-8").split('"')[1::2]
    options = {(key, option) for key, listed in choices for option in re.findall(r'"([^"]+)"', listed)}
    assert {one for one in options if one[1] not in preset_values and one[1] not in examples} == set()


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
