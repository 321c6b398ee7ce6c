"""Marks of a course, computed from boards, entered marks and quizzes under the newest scheme."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

from arena.courses.models import Course, Enrolment
from arena.courses.selectors import students_of
from arena.gradebook.models import Component, EnteredMark
from arena.leaderboards.selectors import baseline_score, board, direction_of
from arena.quizzes.rules import QuizRules
from arena.quizzes.selectors import places_by_enrolment
from grader.marks import CompetitionFacts, MarkSheet, ProjectRecord, StudentRecord, compute
from grader.schemes import Scheme, load_scheme, preset

DEFAULT_PRESET = "unibuc-ml"


def current_scheme(course: Course) -> Scheme:
    """The newest version of the course's rules, else the preset."""
    version = course.schemes.order_by("-pk").first()
    return load_scheme(version.document) if version else preset(DEFAULT_PRESET)


def quiz_rules(course: Course) -> QuizRules:
    """How the newest version of the rules treats the course's quizzes."""
    scheme = current_scheme(course)
    return QuizRules(ties=scheme.quiz_ties, same_lecture=scheme.quiz_same_lecture)


def mark_sheets(course: Course, *, examination: str = "first") -> list[tuple[Enrolment, MarkSheet]]:
    """Every student's marks with their traces, in the order of their names."""
    scheme = current_scheme(course)
    project = course.competitions.filter(is_project=True).first()
    standings = board(project, private=True) if project else []
    by_user = {s.row.user_id: s for s in standings if s.rank is not None}
    facts = CompetitionFacts(
        direction=direction_of(project) if project else "higher",
        baseline_private=baseline_score(project) if project else None,
        n_ranked=len(by_user),
    )
    entered: dict[int, dict[str, Decimal]] = defaultdict(dict)
    for mark in EnteredMark.objects.filter(enrolment__course=course):
        entered[mark.enrolment_id][mark.component] = mark.value
    places = places_by_enrolment(course, ties=scheme.quiz_ties, same_lecture=scheme.quiz_same_lecture)
    enrolments = list(students_of(course))
    records = []
    for enrolment in enrolments:
        marks, standing = entered[enrolment.pk], by_user.get(enrolment.user_id)
        answers = marks.get(Component.LAB_ANSWERS)
        records.append(
            StudentRecord(
                id=str(enrolment.pk),
                project=ProjectRecord(
                    rank=standing.rank,
                    private=standing.score,
                    deduction=marks.get(Component.DEDUCTION, Decimal(0)),
                    presented=Component.DEDUCTION in marks,
                    valid=True,
                )
                if standing
                else None,
                lab_test=marks.get(Component.LAB_TEST),
                other_lab=marks.get(Component.OTHER_LAB),
                lab_answers=(int(answers),) if answers is not None else (),
                exam=marks.get(Component.EXAM),
                quiz_places=tuple(places.get(enrolment.pk, ())),
            )
        )
    sheets = compute(records, competition=facts, examination=examination, scheme=scheme)
    return list(zip(enrolments, sheets, strict=True))


def mark_sheet_of(enrolment: Enrolment) -> MarkSheet | None:
    """One student's marks; ranks depend on everybody, so all are computed."""
    return next((sheet for other, sheet in mark_sheets(enrolment.course) if other.pk == enrolment.pk), None)
