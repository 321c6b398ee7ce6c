"""Marks of a course, computed from boards, entered marks and quizzes under the newest scheme."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

from arena.competitions.models import Competition
from arena.courses.models import Course, Enrolment
from arena.courses.selectors import students_of
from arena.gradebook.models import Component, EnteredMark, InvalidProject, LabAnswers
from arena.leaderboards.selectors import baseline_score, board, direction_of
from arena.quizzes.rules import QuizRules
from arena.quizzes.selectors import places_by_enrolment
from grader.marks import CompetitionFacts, LabTest, MarkSheet, ProjectRecord, StudentRecord, compute
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
    invalid = set(InvalidProject.objects.filter(enrolment__course=course).values_list("enrolment", flat=True))
    tests = lab_tests(course, scheme=scheme)
    answers = answers_by_enrolment(course)
    entered: dict[int, dict[str, Decimal]] = defaultdict(dict)
    for mark in EnteredMark.objects.filter(enrolment__course=course):
        entered[mark.enrolment_id][mark.component] = mark.value
    places = places_by_enrolment(course, ties=scheme.quiz_ties, same_lecture=scheme.quiz_same_lecture)
    enrolments = list(students_of(course))
    records = []
    for enrolment in enrolments:
        marks, standing = entered[enrolment.pk], by_user.get(enrolment.user_id)
        records.append(
            StudentRecord(
                id=str(enrolment.pk),
                project=ProjectRecord(
                    rank=standing.rank,
                    private=standing.score,
                    deduction=marks.get(Component.DEDUCTION, Decimal(0)),
                    presented=Component.DEDUCTION in marks,
                    valid=enrolment.pk not in invalid,
                )
                if standing
                else None,
                # a mark that somebody entered stands above the computed one
                lab_test=marks.get(Component.LAB_TEST, tests.get(enrolment.pk)),
                other_lab=marks.get(Component.OTHER_LAB),
                lab_answers=answers.get(enrolment.pk, ()),
                exam=marks.get(Component.EXAM),
                quiz_places=tuple(places.get(enrolment.pk, ())),
            )
        )
    sheets = compute(records, competition=facts, examination=examination, scheme=scheme)
    return list(zip(enrolments, sheets, strict=True))


def mark_sheet_of(enrolment: Enrolment) -> MarkSheet | None:
    """One student's marks; ranks depend on everybody, so all are computed."""
    return next((sheet for other, sheet in mark_sheets(enrolment.course) if other.pk == enrolment.pk), None)


def answers_by_enrolment(course: Course) -> dict[int, tuple[int, ...]]:
    """The first correct answers per lab of everybody who has some: enrolment id -> a count for each such lab."""
    found: dict[int, tuple[int, ...]] = {}
    for row in LabAnswers.objects.filter(enrolment__course=course).order_by("enrolment", "lab"):
        found[row.enrolment_id] = (*found.get(row.enrolment_id, ()), row.n_correct)
    return found


def lab_tests(course: Course, *, scheme: Scheme) -> dict[int, LabTest]:
    """What the course's lab test is worth to each student whose requirements were marked: enrolment id -> test.

    Nobody has one while the test lacks its target, or the baseline or chance level that the scheme counts from.
    """
    competition = course.competitions.filter(is_lab_test=True, lab_target__isnull=False).order_by("deadline").first()
    if competition is None:
        return {}
    starts = {"zero": 0.0, "baseline": baseline_score(competition), "chance": competition.lab_target.chance}
    if starts[scheme.test_counted_from] is None:
        return {}
    scores = lab_scores(competition)
    return {
        row.enrolment_id: LabTest(
            requirement=row.points,
            score=scores.get(row.enrolment.user_id),
            target=competition.lab_target.target,
            baseline=starts["baseline"],
            chance=starts["chance"],
            direction=direction_of(competition),
        )
        for row in competition.requirement_points.select_related("enrolment")
    }


def lab_scores(competition: Competition) -> dict[int, float]:
    """The scores that count in a lab test: user id -> private score."""
    standings = board(competition, private=True)
    return {s.row.user_id: s.score for s in standings if s.rank is not None and s.score is not None}
