"""From a project's rank, entered marks and bonuses to a final mark, with a trace of every rule that acted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal

from grader.bonuses import Bonus, course_bonus, lab_bonus
from grader.project_marks import (
    CompetitionFacts,
    ProjectMark,
    ProjectRecord,
    band_of,
    exceeds_baseline,
    places_to_next_band,
    project_mark,
)
from grader.schemes import Scheme
from grader.trace import TraceLine, plain

__all__ = [
    "CompetitionFacts",
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

ZERO, LOWEST = Decimal(0), Decimal(1)


@dataclass(frozen=True, kw_only=True)
class StudentRecord:
    """All that a final mark is made of. Marks lie in 0..10; None is one that is missing."""

    id: str
    project: ProjectRecord | None = None
    lab_test: Decimal | None = None
    other_lab: Decimal | None = None
    lab_answers: tuple[int, ...] = ()
    exam: Decimal | None = None
    quiz_places: tuple[Decimal | int, ...] = ()


@dataclass(frozen=True, kw_only=True)
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
    if competition.best_private is None:
        competition = replace(competition, best_private=_best(students, competition))
    shared = _shared_ranks(students) if scheme.rank_ties == "shared" else {}
    return [_sheet(s, competition, examination, scheme, shared) for s in students]


def _standing(student: StudentRecord) -> ProjectRecord | None:
    project = student.project
    return project if project and project.valid and project.rank and project.private is not None else None


def _best(students: Sequence[StudentRecord], competition: CompetitionFacts) -> float | None:
    scores = [p.private for s in students if (p := _standing(s)) and p.private is not None]
    if not scores:
        return None
    return max(scores) if competition.direction == "higher" else min(scores)


def _shared_ranks(students: Sequence[StudentRecord]) -> dict[float, int]:
    """The best rank of each private score."""
    ranks: dict[float, int] = {}
    for student in students:
        if (p := _standing(student)) and p.private is not None and p.rank is not None:
            ranks[p.private] = min(p.rank, ranks.get(p.private, p.rank))
    return ranks


def _sheet(
    student: StudentRecord,
    competition: CompetitionFacts,
    examination: str,
    scheme: Scheme,
    shared: dict[float, int],
) -> MarkSheet:
    trace: list[TraceLine] = []
    record = student.project
    if (p := _standing(student)) and p.private is not None and shared.get(p.private, p.rank) != p.rank:
        record = replace(p, rank=shared[p.private])
        params = {"score": f"{p.private:.6g}", "own_rank": str(p.rank), "rank": str(record.rank)}
        trace.append(TraceLine(rule="shared_rank", params=params))
    project = project_mark(record, competition=competition, scheme=scheme)
    trace.extend(project.trace)
    test = _or_zero(student.lab_test, "no_test", trace)
    ml_lab = scheme.project_weight * project.value + scheme.test_weight * test
    params = {"project_weight": plain(scheme.project_weight), "test_weight": plain(scheme.test_weight)}
    params |= {"project": plain(project.value), "test": plain(test)}
    trace.append(TraceLine(rule="ml_lab", params=params, after=ml_lab))

    course, answers = _bonuses(student, examination, scheme, trace)
    other = _or_zero(student.other_lab, "no_other_lab", trace)
    plain_lab = (ml_lab + other) / 2
    if scheme.answers_count_on == "ml_lab":
        ml_lab = _add_answers(ml_lab, answers, student, scheme, trace)
    lab = (ml_lab + other) / 2
    trace.append(TraceLine(rule="lab_mean", params={"ml_lab": plain(ml_lab), "other": plain(other)}, after=lab))
    if scheme.answers_count_on == "lab":
        lab = _add_answers(lab, answers, student, scheme, trace)
    if student.exam is None:
        trace.append(TraceLine(rule="absent"))
        return _result(student, project.value, ml_lab, lab, None, None, "absent", trace)
    exam = student.exam
    if course:
        places = {"places": ", ".join(plain(Decimal(place)) for place in student.quiz_places)}
        exam = _add("course_bonus", exam, course, places, scheme, trace)
    before_bonus = scheme.threshold_on == "before_bonus"
    needed = (student.exam, plain_lab) if before_bonus else (exam, lab)
    final, status = _final(exam, lab, needed, scheme, trace)
    return _result(student, project.value, ml_lab, lab, exam, final, status, trace)


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
        params = {"cap": plain(scheme.pooled_cap), "total": plain(answers.counted), "points": plain(rest)}
        trace.append(TraceLine(rule="pooled_cap", params=params, before=answers.counted, after=rest))
    return first, rest


def _trace_cap(rule: str, bonus: Bonus, cap: Decimal, trace: list[TraceLine]) -> None:
    if bonus.counted < bonus.total:
        params = {"cap": plain(cap), "total": plain(bonus.total), "points": plain(bonus.counted)}
        trace.append(TraceLine(rule=rule, params=params, before=bonus.total, after=bonus.counted))


def _add_answers(
    mark: Decimal, points: Decimal, student: StudentRecord, scheme: Scheme, trace: list[TraceLine]
) -> Decimal:
    if not points:
        return mark
    counts = {"answers": ", ".join(map(str, student.lab_answers)), "per_lab": str(scheme.answers_per_lab)}
    return _add("lab_bonus", mark, points, counts, scheme, trace)


def _add(
    rule: str, mark: Decimal, points: Decimal, params: dict[str, str], scheme: Scheme, trace: list[TraceLine]
) -> Decimal:
    total = mark + points
    trace.append(TraceLine(rule=rule, params={**params, "points": plain(points)}, before=mark, after=total))
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
    rounded = min(max(_round(weighted, scheme.rounding), LOWEST), Decimal(10))
    params = {"exam_weight": plain(scheme.exam_weight), "lab_weight": plain(scheme.lab_weight)}
    params |= {"exam": plain(exam), "lab": plain(lab)}
    trace.append(TraceLine(rule="final", params=params, before=weighted, after=rounded))
    lower = min(needed)
    if lower > scheme.pass_mark or (lower == scheme.pass_mark and not scheme.is_strict):
        return rounded, "passed"
    final = min(rounded, scheme.failed_cap)
    params = {"exam": plain(needed[0]), "lab": plain(needed[1]), "pass_mark": plain(scheme.pass_mark)}
    params["cap"] = plain(scheme.failed_cap)
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
