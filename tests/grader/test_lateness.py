"""What lateness costs, to the second and to the hundredth."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from grader.lateness import late_points, started_days
from grader.project_marks import CompetitionFacts, ProjectRecord, project_mark
from grader.schemes import preset


@pytest.mark.parametrize(
    ("late", "days"),
    [
        (timedelta(hours=-5), 0),
        (timedelta(0), 0),
        (timedelta(microseconds=1), 1),
        (timedelta(hours=24), 1),
        (timedelta(hours=24, microseconds=1), 2),
        (timedelta(days=3), 3),
    ],
)
def test_a_day_counts_as_soon_as_it_has_begun(late, days):
    assert started_days(late) == days


def test_points_are_exact_decimals_and_stop_at_the_cap():
    late = timedelta(days=2, hours=1)
    assert str(late_points(late, per_day=Decimal("0.1"))) == "0.3"
    assert late_points(late, per_day=Decimal("0.5"), most=Decimal("1.25")) == Decimal("1.25")
    assert late_points(timedelta(0), per_day=Decimal(1)) == 0


def mark(**changes):
    record = ProjectRecord(rank=1, private=0.9, **changes)
    facts = CompetitionFacts(direction="higher", baseline_private=0.6, n_ranked=3)
    found = project_mark(record, competition=facts, scheme=preset("unibuc-ml"))
    return str(found.value), [(line.rule, str(line.before), str(line.after)) for line in found.trace]


def test_the_trace_says_what_lateness_took_after_the_presentation_s_deduction():
    assert mark(deduction=Decimal("0.5"), late_days=2, late_points=Decimal("1.5")) == (
        "8.0",
        [("band", "None", "10"), ("deduction", "10", "9.5"), ("late", "9.5", "8.0"), ("baseline_passed", "8.0", "8.0")],
    )


def test_what_is_late_at_no_cost_is_flagged_and_keeps_its_mark():
    value, trace = mark(late_days=1)
    assert (value, trace[1]) == ("10", ("late_noted", "10", "10"))


def test_lateness_takes_no_mark_below_the_scheme_s_floor():
    assert mark(late_days=20, late_points=Decimal(20))[0] == "1"


def test_the_baseline_s_gate_still_caps_what_lateness_left():
    record = ProjectRecord(rank=1, private=0.5, late_days=1, late_points=Decimal("0.5"))
    facts = CompetitionFacts(direction="higher", baseline_private=0.6, n_ranked=3)
    assert project_mark(record, competition=facts, scheme=preset("unibuc-ml")).value == 4


def test_the_sentence_is_said_in_both_languages():
    record = ProjectRecord(rank=1, private=0.9, late_days=2, late_points=Decimal("1.5"))
    facts = CompetitionFacts(direction="higher", baseline_private=0.6, n_ranked=3)
    line = project_mark(record, competition=facts, scheme=preset("unibuc-ml")).trace[1]
    assert line.text("en") == (
        "What counts was handed in late (days begun since the deadline: 2), so 1.5 points are deducted: 10 becomes 8.5."
    )
    assert line.text("ro") == (
        "Ceea ce se punctează a fost predat cu întârziere (zile începute după termen: 2), "
        "deci se scad 1,5 puncte: 10 devine 8,5."
    )
