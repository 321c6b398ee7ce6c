"""From a project's rank, entered marks and bonuses to a final mark, with a trace of every rule that acted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal

from grader.bonuses import Bonus, course_bonus, lab_bonus
from grader.lab_tests import LabTest, lab_test_mark
from grader.project_marks import (
    COPIED,
    CompetitionFacts,
    ProjectMark,
    ProjectRecord,
    band_of,
    exceeds_baseline,
    places_to_next_band,
    project_mark,
)
from grader.project_ranks import Place, places_of
from grader.schemes import Scheme
from grader.trace import TraceLine, plain

__all__ = [
    "CompetitionFacts",
    "LabTest",
    "MarkSheet",
    "ProjectMark",
    "ProjectRecord",
    "StudentRecord",
    "band_of",
    "compute",
    "exceeds_baseline",
    "places_to_next_band",
    "project_mark",
]

ZERO, LOWEST, HIGHEST = Decimal(0), Decimal(1), Decimal(10)
NO_EXTRA: Mapping[str, Decimal] = {}


@dataclass(frozen=True, kw_only=True, slots=True)
class StudentRecord:
    """All that a final mark is made of. Marks lie in 0..10; None is one that is missing. `extra` is by component."""

    id: str
    project: ProjectRecord | None = None
    lab_test: Decimal | LabTest | None = None
    other_lab: Decimal | None = None
    lab_answers: tuple[int, ...] = ()
    exam: Decimal | None = None
    quiz_places: tuple[Decimal | int, ...] = ()
    extra: Mapping[str, Decimal] = field(default_factory=lambda: NO_EXTRA)


@dataclass(frozen=True, kw_only=True, slots=True)
class MarkSheet:
    """`project` is after deduction and gate, `lab` and `exam` after their bonuses. `final` lies in 1..10, or is None.

    `status` is `passed`, `failed`, or `absent` (no exam mark, so `exam` and `final` are None).
    """

    id: str
    project: Decimal
    ml_lab: Decimal
    lab: Decimal
    exam: Decimal | None
    final: Decimal | None
    status: str
    trace: tuple[TraceLine, ...]

    @property
    def flags(self) -> tuple[str, ...]:
        """The codes of the rules that a person should look at."""
        return tuple(line.rule for line in self.trace if line.is_flagged)


def compute(
    students: Sequence[StudentRecord], *, competition: CompetitionFacts, examination: str, scheme: Scheme
) -> list[MarkSheet]:
    """A mark sheet per student, in the given order. `examination` is `first` or `re-examination`, else ValueError."""
    if examination not in {"first", "re-examination"}:
        raise ValueError(f"no examination is called {examination!r}")
    places, n_ranked = places_of([s.project for s in students], n_ranked=competition.n_ranked, scheme=scheme)
    best = competition.best_private
    competition = replace(
        competition, n_ranked=n_ranked, best_private=_best(places, competition) if best is None else best
    )
    return [
        _sheet(student, place, competition, examination, scheme)
        for student, place in zip(students, places, strict=True)
    ]


def _best(places: Sequence[Place | None], competition: CompetitionFacts) -> float | None:
    records = [place.record for place in places if place]
    scores = [p.private for p in records if p.valid and p.rank and p.private is not None and not p.disqualified]
    if not scores:
        return None
    return max(scores) if competition.direction == "higher" else min(scores)


def _sheet(
    student: StudentRecord, place: Place | None, competition: CompetitionFacts, examination: str, scheme: Scheme
) -> MarkSheet:
    trace: list[TraceLine] = []
    record = place.record if place else None
    project = ZERO
    if scheme.project_weight:
        found = project_mark(record, competition=competition, scheme=scheme)
        trace.extend(place.trace if place else ())
        trace.extend(found.trace)
        project = found.value
    ml_lab = _ml_lab(student, project, scheme, trace)
    course, answers = _bonuses(student, examination, scheme, trace)
    other = _or_zero(student.other_lab, "no_other_lab", trace) if scheme.lab_other_weight else ZERO
    plain_lab = scheme.lab_own_weight * ml_lab + scheme.lab_other_weight * other
    if scheme.answers_count_on == "ml_lab":
        ml_lab = _add_answers(ml_lab, answers, student, scheme, trace)
    lab = scheme.lab_own_weight * ml_lab + scheme.lab_other_weight * other
    trace.append(_lab_line(ml_lab, other, lab, scheme))
    if scheme.answers_count_on == "lab":
        lab = _add_answers(lab, answers, student, scheme, trace)
    if student.exam is None:
        trace.append(TraceLine(rule="absent"))
        return _result(student, project, ml_lab, lab, None, None, "absent", trace)
    exam = student.exam
    if course:
        exam = _add("course_bonus", exam, course, {"places": _listed(student.quiz_places)}, scheme, trace)
    needed = (student.exam, plain_lab) if scheme.threshold_on == "before_bonus" else (exam, lab)
    final, status = _final(exam, lab, needed, scheme, trace)
    if record and record.plagiarism in COPIED and record.decided is None and scheme.plagiarism == "course":
        before, final, status = final, min(final, scheme.failed_cap), "failed"
        params = {"cap": scheme.failed_cap}
        trace.append(TraceLine(rule="plagiarism_course", params=params, before=before, after=final))
    return _result(student, project, ml_lab, lab, exam, final, status, trace)


def _listed(places: Sequence[Decimal | int]) -> str:
    return ", ".join(str(place) if isinstance(place, int) else plain(place) for place in places)


def _ml_lab(student: StudentRecord, project: Decimal, scheme: Scheme, trace: list[TraceLine]) -> Decimal:
    """This subject's lab mark, of every component that has a weight."""
    test = ZERO
    if scheme.test_weight:
        if isinstance(student.lab_test, LabTest):
            test, line = lab_test_mark(student.lab_test, scheme=scheme)
            trace.append(line)
        else:
            test = _or_zero(student.lab_test, "no_test", trace)
    total = scheme.project_weight * project + scheme.test_weight * test
    params: dict[str, object]
    if not scheme.extra and scheme.project_weight and scheme.test_weight:
        params = {"project_weight": scheme.project_weight, "test_weight": scheme.test_weight}
        params |= {"project": project, "test": test}
        trace.append(TraceLine(rule="ml_lab", params=params, after=total))
        return total
    parts = [("@project", scheme.project_weight, project), ("@test", scheme.test_weight, test)]
    for one in scheme.extra:
        mark = student.extra.get(one.name)
        if mark is None and one.weight:
            mark = ZERO
            trace.append(TraceLine(rule="no_extra", params={"name": one.name}, after=ZERO))
        parts.append((one.name, one.weight, mark or ZERO))
        total += one.weight * (mark or ZERO)
    terms = [f"{plain(weight)} × {plain(mark)} ({name})" for name, weight, mark in parts if weight]
    trace.append(TraceLine(rule="ml_lab_parts", params={"sum": " + ".join(terms)}, after=total))
    return total


def _lab_line(ml_lab: Decimal, other: Decimal, lab: Decimal, scheme: Scheme) -> TraceLine:
    params: dict[str, object] = {"ml_lab": ml_lab, "other": other}
    if scheme.lab_own_weight == scheme.lab_other_weight:
        return TraceLine(rule="lab_mean", params=params, after=lab)
    if not scheme.lab_other_weight:
        return TraceLine(rule="lab_own", after=lab)
    params |= {"own_weight": scheme.lab_own_weight, "other_weight": scheme.lab_other_weight}
    return TraceLine(rule="lab_weighted", params=params, after=lab)


def _bonuses(
    student: StudentRecord, examination: str, scheme: Scheme, trace: list[TraceLine]
) -> tuple[Decimal, Decimal]:
    """What the quizzes and the answers are worth, after every cap."""
    course = course_bonus(student.quiz_places, scheme=scheme)
    answers = lab_bonus(student.lab_answers, scheme=scheme)
    if examination not in scheme.bonus_examinations:
        if course.total or answers.total:
            trace.append(TraceLine(rule="no_bonuses"))
        return ZERO, ZERO
    _trace_cap("course_bonus_cap", course, scheme.quiz_cap, trace)
    _trace_cap("lab_bonus_cap", answers, scheme.answers_cap, trace)
    if scheme.bonus_caps == "separate":
        return course.counted, answers.counted
    first = min(course.counted, scheme.pooled_cap)
    rest = min(answers.counted, scheme.pooled_cap - first)
    if rest < answers.counted:
        params = {"cap": scheme.pooled_cap, "total": answers.counted, "points": rest}
        trace.append(TraceLine(rule="pooled_cap", params=params, before=answers.counted, after=rest))
    return first, rest


def _trace_cap(rule: str, bonus: Bonus, cap: Decimal, trace: list[TraceLine]) -> None:
    if bonus.counted < bonus.total:
        params = {"cap": cap, "total": bonus.total, "points": bonus.counted}
        trace.append(TraceLine(rule=rule, params=params, before=bonus.total, after=bonus.counted))


def _add_answers(
    mark: Decimal, points: Decimal, student: StudentRecord, scheme: Scheme, trace: list[TraceLine]
) -> Decimal:
    if not points:
        return mark
    counts: dict[str, object] = {"answers": _listed(student.lab_answers), "per_lab": scheme.answers_per_lab}
    return _add("lab_bonus", mark, points, counts, scheme, trace)


def _add(
    rule: str, mark: Decimal, points: Decimal, params: Mapping[str, object], scheme: Scheme, trace: list[TraceLine]
) -> Decimal:
    total = mark + points
    trace.append(TraceLine(rule=rule, params={**params, "points": points}, before=mark, after=total))
    if total <= scheme.mark_cap:
        return total
    trace.append(TraceLine(rule="mark_cap", before=total, after=scheme.mark_cap))
    return scheme.mark_cap


def _final(
    exam: Decimal, lab: Decimal, needed: tuple[Decimal, Decimal], scheme: Scheme, trace: list[TraceLine]
) -> tuple[Decimal, str]:
    """The final mark and status; `needed` are the exam and lab marks that must reach the pass mark."""
    for rule, value in zip(("exact_pass_exam", "exact_pass_lab"), needed, strict=True):
        if value == scheme.pass_mark:
            trace.append(TraceLine(rule=rule, before=value, after=value))
    weighted = scheme.exam_weight * exam + scheme.lab_weight * lab
    rounded = min(max(_round(weighted, scheme.rounding), LOWEST), HIGHEST)
    params: dict[str, object] = {"exam_weight": scheme.exam_weight, "lab_weight": scheme.lab_weight}
    params |= {"exam": exam, "lab": lab}
    trace.append(TraceLine(rule="final", params=params, before=weighted, after=rounded))
    lower = min(needed)
    if lower > scheme.pass_mark or (lower == scheme.pass_mark and not scheme.is_strict):
        return rounded, "passed"
    final = min(rounded, scheme.failed_cap)
    params = {"exam": needed[0], "lab": needed[1], "pass_mark": scheme.pass_mark, "cap": scheme.failed_cap}
    rule = "failed_strict" if scheme.is_strict else "failed"
    trace.append(TraceLine(rule=rule, params=params, before=rounded, after=final))
    return final, "failed"


def _round(value: Decimal, rounding: str) -> Decimal:
    if rounding == "two_decimals":
        return value.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
    return value.quantize(Decimal(1), rounding=ROUND_FLOOR if rounding == "floor" else ROUND_HALF_UP)


def _or_zero(value: Decimal | None, rule: str, trace: list[TraceLine]) -> Decimal:
    if value is None:
        trace.append(TraceLine(rule=rule, after=ZERO))
        return ZERO
    return value


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
