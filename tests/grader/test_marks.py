"""Marks from records: the worked examples and every alternative of the scheme."""

from dataclasses import replace
from decimal import Decimal

import pytest

from grader.marks import (
    CompetitionFacts,
    ProjectRecord,
    StudentRecord,
    band_of,
    compute,
    places_to_next_band,
    project_mark,
)
from grader.schemes import preset

D = Decimal
SCHEME = preset("unibuc-ml")
FACTS = CompetitionFacts(direction="higher", baseline_private=0.6, n_ranked=158)


def project(rank, deduction="0", private=0.81, **more):
    return ProjectRecord(rank=rank, private=private, deduction=D(deduction), **more)


def sheet(scheme=SCHEME, examination="first", facts=FACTS, **record):
    return compute([StudentRecord(id="s1", **record)], competition=facts, examination=examination, scheme=scheme)[0]


def rules(found):
    return [line.rule for line in found.trace]


WORKED = [
    (
        {
            "project": project(12),
            "lab_test": D(9),
            "other_lab": D("8.4"),
            "lab_answers": (2, 3, 1),
            "exam": D("8.6"),
            "quiz_places": (1, 2, 5, 8, 11),
        },
        ("10", "9.6", "10", "9.5", "10", "passed"),
    ),
    (
        {
            "project": project(31, "0.5"),
            "lab_test": D("7.25"),
            "other_lab": D(6),
            "lab_answers": (1,),
            "exam": D("6.3"),
            "quiz_places": (1, 2, 3, 3),
        },
        ("8.5", "8", "7.2", "7.3", "7", "passed"),
    ),
    (
        {"project": project(91, "1"), "lab_test": D(5), "other_lab": D(9), "exam": D("4.8"), "quiz_places": (9,)},
        ("6", "5.6", "7.3", "4.9", "4", "failed"),
    ),
    (
        {
            "project": ProjectRecord(rank=None, private=None, valid=False),
            "lab_test": D(9),
            "other_lab": D(7),
            "lab_answers": (5,),
            "exam": D(6),
        },
        ("0", "3.6", "5.7", "6", "6", "passed"),
    ),
    ({"project": project(121), "lab_test": D("6.5"), "other_lab": D("6.8")}, ("6", "6.2", "6.5", None, None, "absent")),
]


@pytest.mark.parametrize(("record", "expected"), WORKED, ids=["1", "2", "3", "4", "5"])
def test_the_worked_examples_come_out_as_by_hand(record, expected):
    found = sheet(**record)
    values = (found.project, found.ml_lab, found.lab, found.exam, found.final)
    assert values == tuple(None if value is None else D(value) for value in expected[:5])
    assert found.status == expected[5]


def test_the_second_worked_example_traces_each_step():
    lines = {line.rule: line for line in sheet(**WORKED[1][0]).trace}
    assert list(lines) == [
        "band",
        "deduction",
        "baseline_passed",
        "ml_lab",
        "course_bonus_cap",
        "lab_mean",
        "lab_bonus",
        "course_bonus",
        "final",
    ]
    assert lines["course_bonus_cap"].text("en") == (
        "The bonus for lecture quizzes is at most 1, so 1.2 points count as 1."
    )
    assert (lines["final"].before, lines["final"].after) == (D("7.25"), D("7"))


@pytest.mark.parametrize(
    ("rank", "mark"),
    [(1, 10), (30, 10), (31, 9), (50, 9), (51, 8), (90, 8), (91, 7), (120, 7), (121, 6), (150, 6), (151, 5), (9999, 5)],
)
def test_a_rank_falls_in_its_band(rank, mark):
    assert band_of(rank, n_ranked=158, scheme=SCHEME).mark == mark


def test_scaled_bands_round_their_edges_half_up():
    scheme = replace(SCHEME, band_policy="scaled")
    # 30 x 79 / 158 = 15 and 50 x 79 / 158 = 25; 30 x 68 / 158 = 12.9 -> 13
    assert band_of(15, n_ranked=79, scheme=scheme).mark == 10
    assert (band_of(16, n_ranked=79, scheme=scheme).first, band_of(16, n_ranked=79, scheme=scheme).last) == (16, 25)
    assert band_of(13, n_ranked=68, scheme=scheme).mark == 10
    assert band_of(14, n_ranked=68, scheme=scheme).mark == 9
    halves = replace(scheme, reference_participants=60)
    assert band_of(1, n_ranked=3, scheme=halves).last == 2  # 30 x 3 / 60 = 1.5


def test_places_to_the_next_band_are_counted_to_its_last_rank():
    assert places_to_next_band(31, n_ranked=158, scheme=SCHEME) == 1
    assert places_to_next_band(90, n_ranked=158, scheme=SCHEME) == 40
    assert places_to_next_band(30, n_ranked=158, scheme=SCHEME) is None


def test_a_rank_below_one_is_a_broken_promise():
    with pytest.raises(ValueError, match="start at 1"):
        band_of(0, n_ranked=158, scheme=SCHEME)


@pytest.mark.parametrize(
    ("direction", "private", "expected"),
    [("higher", 0.6, 4), ("higher", 0.59, 4), ("higher", 0.61, 8), ("lower", 0.6, 4), ("lower", 0.59, 8)],
)
def test_the_baseline_must_be_exceeded_strictly_in_the_direction_of_the_metric(direction, private, expected):
    facts = CompetitionFacts(direction=direction, baseline_private=0.6, n_ranked=68)
    assert project_mark(project(51, private=private), competition=facts, scheme=SCHEME).value == expected


def test_the_gate_caps_after_the_deduction():
    assert project_mark(project(151, "2", private=0.5), competition=FACTS, scheme=SCHEME).value == 3
    assert project_mark(project(10, "2", private=0.5), competition=FACTS, scheme=SCHEME).value == 4
    other = replace(SCHEME, gate_cap=D("2.5"))
    assert project_mark(project(10, private=0.5), competition=FACTS, scheme=other).value == D("2.5")


def test_without_a_baseline_there_is_no_gate_but_a_flag():
    facts = replace(FACTS, baseline_private=None)
    found = sheet(facts=facts, project=project(1), lab_test=D(5), other_lab=D(6), exam=D(7))
    assert found.project == 10
    assert found.flags == ("no_baseline",)


def test_the_deduction_stops_at_the_most_that_is_allowed_and_at_the_floor():
    assert project_mark(project(1, "5"), competition=FACTS, scheme=SCHEME).value == 8
    harsh = replace(SCHEME, max_deduction=D(10))
    assert project_mark(project(151, "7"), competition=FACTS, scheme=harsh).value == 1


def test_an_invalid_project_counts_what_the_scheme_says():
    invalid = ProjectRecord(rank=None, private=None, valid=False)
    assert project_mark(invalid, competition=FACTS, scheme=SCHEME).value == 0
    assert project_mark(invalid, competition=FACTS, scheme=replace(SCHEME, invalid=D(1))).value == 1


def test_what_is_missing_counts_zero_with_a_line_and_a_flag():
    found = sheet(exam=D(8))
    assert (found.project, found.ml_lab, found.lab) == (0, 0, 0)
    assert found.flags == ("no_project", "no_test", "no_other_lab")
    unpresented = sheet(project=project(1, presented=False), lab_test=D(9), other_lab=D(9), exam=D(8))
    assert (unpresented.project, unpresented.flags) == (0, ("not_presented",))


def test_marks_in_proportion_inside_a_band_fall_towards_the_next_one():
    scheme = replace(SCHEME, mark_from="linear_in_band")
    marks = [project_mark(project(r), competition=FACTS, scheme=scheme).value for r in (1, 16, 30, 31, 41, 151, 158)]
    # 10 - 15/30 = 9.5; 10 - 29/30 = 9.03; 9 - 10/20 = 8.5
    assert marks == [D("10"), D("9.5"), D("9.03"), D("9"), D("8.5"), D("5"), D("5")]


def test_marks_in_proportion_to_the_score_run_from_the_baseline_to_the_best():
    scheme = replace(SCHEME, mark_from="linear_in_score")
    records = [StudentRecord(id=str(i), project=project(i, private=p)) for i, p in enumerate((0.8, 0.7, 0.65, 0.6), 1)]
    found = compute(records, competition=FACTS, examination="first", scheme=scheme)
    assert [s.project for s in found] == [D("10.00"), D("7.50"), D("6.25"), D("4")]
    lower = CompetitionFacts(direction="lower", baseline_private=0.6, n_ranked=2)
    errors = [StudentRecord(id=str(i), project=project(i, private=p)) for i, p in enumerate((0.2, 0.4), 1)]
    found = compute(errors, competition=lower, examination="first", scheme=scheme)
    assert [s.project for s in found] == [D("10.00"), D("7.50")]


def test_rank_is_shared_on_a_tie_where_the_scheme_says_so():
    records = [StudentRecord(id=str(r), project=project(r, private=p)) for r, p in ((30, 0.7), (31, 0.7), (32, 0.69))]
    earlier = compute(records, competition=FACTS, examination="first", scheme=SCHEME)
    assert [s.project for s in earlier] == [10, 9, 9]
    shared = compute(records, competition=FACTS, examination="first", scheme=replace(SCHEME, rank_ties="shared"))
    assert [s.project for s in shared] == [10, 10, 9]
    assert rules(shared[1])[:2] == ["shared_rank", "band"]


PASSING = {"project": project(60), "lab_test": D(8), "other_lab": D(8)}


def test_exactly_five_passes_and_is_flagged_unless_the_scheme_is_strict():
    found = sheet(exam=D("5.00"), **PASSING)
    assert (found.status, found.final, found.flags) == ("passed", 7, ("exact_pass_exam",))
    strict = sheet(exam=D("5.00"), scheme=replace(SCHEME, is_strict=True), **PASSING)
    assert (strict.status, strict.final) == ("failed", 4)
    assert rules(strict)[-1] == "failed_strict"


def test_a_mark_just_below_five_is_not_rounded_up_to_pass():
    found = sheet(exam=D("4.99"), **PASSING)
    assert (found.status, found.final) == ("failed", 4)


def test_the_threshold_can_be_asked_before_the_bonus():
    record = dict(exam=D("4.8"), quiz_places=(1,), **PASSING)
    assert sheet(**record).status == "passed"
    assert sheet(scheme=replace(SCHEME, threshold_on="before_bonus"), **record).status == "failed"


def test_bonuses_count_only_at_the_first_examination():
    record = dict(exam=D("6"), quiz_places=(1,), lab_answers=(1,), **PASSING)
    again = sheet(examination="re-examination", **record)
    assert (again.exam, again.lab) == (6, 8)
    assert "no_bonuses" in rules(again)
    with pytest.raises(ValueError, match="no examination"):
        sheet(examination="third", **record)


def test_the_lab_bonus_can_count_on_the_own_lab_mark_alone():
    record = dict(exam=D(6), lab_answers=(2, 2), **PASSING)
    assert (sheet(**record).ml_lab, sheet(**record).lab) == (8, D("8.8"))
    own = sheet(scheme=replace(SCHEME, answers_count_on="ml_lab"), **record)
    assert (own.ml_lab, own.lab) == (D("8.8"), D("8.4"))


def test_pooled_bonuses_share_one_cap_the_course_bonus_first():
    record = dict(exam=D(6), lab_answers=(2, 2), quiz_places=(1, 2), **PASSING)
    found = sheet(scheme=replace(SCHEME, bonus_caps="pooled"), **record)
    assert (found.exam, found.lab) == (D("6.6"), D("8.4"))
    assert "pooled_cap" in rules(found)


def test_bonuses_never_lift_a_mark_above_ten():
    found = sheet(
        project=project(1), lab_test=D(10), other_lab=D(10), lab_answers=(2,), exam=D("9.9"), quiz_places=(1,)
    )
    assert (found.lab, found.exam, found.final) == (10, 10, 10)
    assert rules(found).count("mark_cap") == 2


@pytest.mark.parametrize(
    ("rounding", "exam", "final"),
    [
        ("half_up", "7", "8"),
        ("half_up", "6.99", "7"),
        ("floor", "7", "7"),
        ("two_decimals", "6.99", "7.50"),
        ("two_decimals", "6.97", "7.49"),
    ],
)
def test_the_final_mark_is_rounded_as_the_scheme_says(rounding, exam, final):
    found = sheet(exam=D(exam), scheme=replace(SCHEME, rounding=rounding), **PASSING)
    assert found.final == D(final)  # (7 + 8) / 2 = 7.5; 7.495 -> 7.50; 7.485 -> 7.49


def test_a_final_mark_of_nothing_is_one():
    assert sheet(exam=D(0)).final == 1
