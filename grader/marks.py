"""From ranks, marks and bonuses to a final mark, with a trace of every rule that acted. Exact decimals throughout."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal

from grader.bonuses import course_bonus, lab_bonus
from grader.schemes import Band, Scheme
from grader.trace import TraceLine, plain

ZERO = Decimal(0)


@dataclass(frozen=True, kw_only=True)
class CompetitionFacts:
    """What the bands and the gate need to know of the competition."""

    direction: str
    baseline_private: float | None
    n_ranked: int


@dataclass(frozen=True, kw_only=True)
class ProjectRecord:
    """A student's project: rank and private score, the deduction (0..2), whether presented and valid."""

    rank: int | None
    private: float | None
    deduction: Decimal = ZERO
    presented: bool = True
    valid: bool = True


@dataclass(frozen=True, kw_only=True)
class StudentRecord:
    """All that a final mark is made of. None is a mark that is missing."""

    id: str
    project: ProjectRecord | None = None
    lab_test: Decimal | None = None
    other_lab: Decimal | None = None
    lab_answers: tuple[int, ...] = ()
    exam: Decimal | None = None
    quiz_places: tuple[Decimal | int, ...] = ()


@dataclass(frozen=True, kw_only=True)
class MarkSheet:
    """The result. `final` is None for somebody absent; `status` is passed, failed or absent."""

    id: str
    project: Decimal
    ml_lab: Decimal
    lab: Decimal
    exam: Decimal | None
    final: Decimal | None
    status: str
    trace: tuple[TraceLine, ...]


def band_of(rank: int, *, n_ranked: int, scheme: Scheme) -> Band:
    """The band of a rank, under the scheme's policy for the number of participants."""
    first = 1
    for band in scheme.bands:
        last = band.last
        if last is not None and scheme.band_policy == "scaled":
            edge = Decimal(last) * n_ranked / scheme.reference_participants
            last = int(edge.quantize(Decimal(1), rounding=ROUND_HALF_UP))
        if last is None or rank <= last:
            return Band(mark=band.mark, first=first, last=last)
        first = last + 1
    raise AssertionError("the last band is open")


def exceeds_baseline(score: float, *, competition: CompetitionFacts) -> bool:
    """Strictly better than the baseline, in the metric's direction; without a baseline there is no gate."""
    baseline = competition.baseline_private
    if baseline is None:
        return True
    return score > baseline if competition.direction == "higher" else score < baseline


def project_mark(
    record: ProjectRecord | None, *, competition: CompetitionFacts, scheme: Scheme
) -> tuple[Decimal, list[TraceLine]]:
    """The project's mark after deduction and gate, and the rules that acted."""
    if record is None:
        return ZERO, [TraceLine(rule="no_project", after=ZERO)]
    if not record.valid or record.rank is None or record.private is None:
        return scheme.invalid, [TraceLine(rule="invalid_project", after=scheme.invalid)]
    if not record.presented:
        return ZERO, [TraceLine(rule="not_presented", after=ZERO)]
    band = band_of(record.rank, n_ranked=competition.n_ranked, scheme=scheme)
    mark = band.mark
    params = {"rank": str(record.rank), "first": str(band.first), "last": str(band.last or "…")}
    trace = [TraceLine(rule="band", params=params, after=mark)]
    deduction = min(max(record.deduction, ZERO), scheme.max_deduction)
    if deduction:
        after = max(mark - deduction, scheme.floor)
        trace.append(TraceLine(rule="deduction", params={"points": plain(deduction)}, before=mark, after=after))
        mark = after
    if competition.baseline_private is not None:
        passed = exceeds_baseline(record.private, competition=competition)
        scores = {"score": f"{record.private:.6g}", "baseline": f"{competition.baseline_private:.6g}"}
        capped = mark if passed else min(mark, scheme.gate_cap)
        rule = "baseline_passed" if passed else "baseline_gate"
        trace.append(TraceLine(rule=rule, params=scores, before=mark, after=capped))
        mark = capped
    return mark, trace


def compute(
    students: Sequence[StudentRecord], *, competition: CompetitionFacts, examination: str, scheme: Scheme
) -> list[MarkSheet]:
    """A mark sheet per student, in the given order. `examination` is `first` or `re-examination`."""
    return [_sheet(s, competition=competition, examination=examination, scheme=scheme) for s in students]


def _sheet(student: StudentRecord, *, competition: CompetitionFacts, examination: str, scheme: Scheme) -> MarkSheet:
    project, trace = project_mark(student.project, competition=competition, scheme=scheme)
    test = _or_zero(student.lab_test, "no_test", trace)
    ml_lab = scheme.project_weight * project + scheme.test_weight * test
    weights = {"project_weight": plain(scheme.project_weight), "test_weight": plain(scheme.test_weight)}
    values = {"project": plain(project), "test": plain(test)}
    trace.append(TraceLine(rule="ml_lab", params=weights | values, after=ml_lab))
    other = _or_zero(student.other_lab, "no_other_lab", trace)
    lab = (ml_lab + other) / 2
    trace.append(TraceLine(rule="lab_mean", params={"ml_lab": plain(ml_lab), "other": plain(other)}, after=lab))
    has_bonuses = examination in scheme.bonus_examinations
    if not has_bonuses and (student.lab_answers or student.quiz_places):
        trace.append(TraceLine(rule="no_bonuses"))
    if has_bonuses and (points := lab_bonus(student.lab_answers, scheme=scheme)):
        after = min(lab + points, scheme.mark_cap)
        trace.append(TraceLine(rule="lab_bonus", params={"points": plain(points)}, before=lab, after=after))
        lab = after
    exam = student.exam
    if exam is None:
        trace.append(TraceLine(rule="absent"))
        return _result(student, project, ml_lab, lab, None, None, "absent", trace)
    if has_bonuses and (points := course_bonus(student.quiz_places, scheme=scheme)):
        after = min(exam + points, scheme.mark_cap)
        shown = ", ".join(plain(Decimal(p)) for p in student.quiz_places)
        params = {"points": plain(points), "places": shown}
        trace.append(TraceLine(rule="course_bonus", params=params, before=exam, after=after))
        exam = after
    for name, value in (("exam", exam), ("lab", lab)):
        if value == scheme.pass_mark:
            trace.append(TraceLine(rule="exact_pass", params={"component": name}, after=value))
    return _final(student, project, ml_lab, lab, exam, scheme, trace)


def _final(
    student: StudentRecord,
    project: Decimal,
    ml_lab: Decimal,
    lab: Decimal,
    exam: Decimal,
    scheme: Scheme,
    trace: list[TraceLine],
) -> MarkSheet:
    weighted = scheme.exam_weight * exam + scheme.lab_weight * lab
    rounded = max(_round(weighted, scheme.rounding), Decimal(1))
    params = {"exam_weight": plain(scheme.exam_weight), "lab_weight": plain(scheme.lab_weight)}
    params |= {"exam": plain(exam), "lab": plain(lab)}
    trace.append(TraceLine(rule="final", params=params, before=weighted, after=rounded))
    lower = min(exam, lab)
    has_passed = lower > scheme.pass_mark if scheme.is_strict else lower >= scheme.pass_mark
    if has_passed:
        return _result(student, project, ml_lab, lab, exam, rounded, "passed", trace)
    final = max(min(rounded, scheme.failed_cap), Decimal(1))
    params = {"exam": plain(exam), "lab": plain(lab), "pass_mark": plain(scheme.pass_mark)}
    params["cap"] = plain(scheme.failed_cap)
    trace.append(TraceLine(rule="failed", params=params, before=rounded, after=final))
    return _result(student, project, ml_lab, lab, exam, final, "failed", trace)


def _result(
    student: StudentRecord,
    project: Decimal,
    ml_lab: Decimal,
    lab: Decimal,
    exam: Decimal | None,
    final: Decimal | None,
    status: str,
    trace: list[TraceLine],
) -> MarkSheet:
    return MarkSheet(
        id=student.id,
        project=project,
        ml_lab=ml_lab,
        lab=lab,
        exam=exam,
        final=final,
        status=status,
        trace=tuple(trace),
    )


def _or_zero(value: Decimal | None, rule: str, trace: list[TraceLine]) -> Decimal:
    if value is None:
        trace.append(TraceLine(rule=rule, after=ZERO))
        return ZERO
    return value


def _round(value: Decimal, rounding: str) -> Decimal:
    if rounding == "two_decimals":
        return value.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
    return value.quantize(Decimal(1), rounding=ROUND_FLOOR if rounding == "floor" else ROUND_HALF_UP)
