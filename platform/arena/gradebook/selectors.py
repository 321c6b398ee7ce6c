"""Marks of a course, computed from boards, entered marks, labs and quizzes under a scheme."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from arena.competitions.entrants import Entrants
from arena.competitions.models import Competition
from arena.competitions.selectors import is_private_visible
from arena.courses.models import Course, Enrolment
from arena.courses.selectors import students_of
from arena.gradebook.models import (
    Attendance,
    Component,
    EnteredMark,
    Examination,
    FirstAnswer,
    InvalidProject,
    Kind,
    LabAnswers,
    Presentation,
    PublishedMark,
    SchemeVersion,
)
from arena.integrity.models import Decision, Outcome, SimilarPair
from arena.integrity.selectors import case_outcomes, withheld
from arena.leaderboards.selectors import baseline_score, board, by_user, direction_of
from arena.quizzes.rules import QuizRules
from arena.quizzes.selectors import Lectures, lecture_results, places_in
from arena.submissions.models import Submission
from grader.marks import CompetitionFacts, LabTest, MarkSheet, ProjectRecord, StudentRecord, compute
from grader.schemes import Scheme, load_scheme, preset, preset_text

DEFAULT_PRESET = "unibuc-ml"
ZERO = Decimal(0)


def examination_of(course: Course, kind: str = Kind.FIRST) -> Examination:
    """The course's examination of a kind; a new one isn't saved."""
    found = Examination.objects.filter(course=course, kind=kind).select_related("scheme", "project").first()
    return found or Examination(course=course, kind=kind)


def scheme_version(course: Course, examination: str = Kind.FIRST) -> SchemeVersion | None:
    """The version that counts: the one that the examination is frozen at, else the newest."""
    frozen = examination_of(course, examination).scheme
    return frozen or course.schemes.order_by("-pk").first()


def scheme_document(course: Course, examination: str = Kind.FIRST) -> str:
    version = scheme_version(course, examination)
    return version.document if version else preset_text(DEFAULT_PRESET)


def current_scheme(course: Course, examination: str = Kind.FIRST) -> Scheme:
    """The rules that count for an examination; a course without any has the preset's."""
    version = scheme_version(course, examination)
    return load_scheme(version.document) if version else preset(DEFAULT_PRESET)


def quiz_rules(course: Course) -> QuizRules:
    """How the newest version of the rules treats the course's quizzes."""
    scheme = current_scheme(course)
    return QuizRules(ties=scheme.quiz_ties, same_lecture=scheme.quiz_same_lecture)


def project_of(course: Course, examination: str = Kind.FIRST) -> Competition | None:
    """The competition whose private board gives the projects. Nothing is carried to the re-examination by itself."""
    chosen = examination_of(course, examination).project
    if chosen or examination != Kind.FIRST:
        return chosen
    return course.competitions.filter(is_project=True).first()


@dataclass(frozen=True, kw_only=True)
class LabTestResults:
    """A lab test scored by the platform. `points` are (for the requirements, user id) by enrolment; `scores` by user."""

    competition: Competition
    target: float
    baseline: float | None
    chance: float | None
    direction: str
    points: dict[int, tuple[Decimal, int]]
    scores: dict[int, float]

    def of(self, scheme: Scheme) -> dict[int, LabTest]:
        """A test per enrolment. Nobody has one while the baseline or chance level that the scheme counts from is missing."""
        starts = {"zero": 0.0, "baseline": self.baseline, "chance": self.chance}
        if starts[scheme.test_counted_from] is None:
            return {}
        return {
            enrolment: LabTest(
                requirement=points,
                score=self.scores.get(user),
                target=self.target,
                baseline=self.baseline,
                chance=self.chance,
                direction=self.direction,
            )
            for enrolment, (points, user) in self.points.items()
        }


@dataclass(frozen=True, kw_only=True)
class CourseRecords:
    """All that marks are computed from, read once, so that many schemes can be tried on it.

    `enrolments` are those who get a mark; `others` count in ranks and have none at this examination.
    """

    examination: str
    enrolments: list[Enrolment]
    others: list[Enrolment]
    facts: CompetitionFacts
    projects: dict[int, ProjectRecord]
    entered: dict[int, dict[str, Decimal]]
    answers: dict[int, tuple[int, ...]]
    lectures: Lectures
    lab_test: LabTestResults | None = None

    def sheets(self, scheme: Scheme) -> list[MarkSheet]:
        """A mark sheet per enrolment, in their order."""
        places = places_in(self.lectures, ties=scheme.quiz_ties, same_lecture=scheme.quiz_same_lecture)
        tests = self.lab_test.of(scheme) if self.lab_test else {}
        students = [
            self._student(e, tuple(places.get(e.pk, ())), tests, scheme) for e in (*self.enrolments, *self.others)
        ]
        sheets = compute(students, competition=self.facts, examination=self.examination, scheme=scheme)
        return sheets[: len(self.enrolments)]

    def _student(
        self, enrolment: Enrolment, places: tuple[Decimal | int, ...], tests: Mapping[int, LabTest], scheme: Scheme
    ) -> StudentRecord:
        marks = self.entered.get(enrolment.pk, {})
        extra = {one.name: marks[f"extra.{one.name}"] for one in scheme.extra if f"extra.{one.name}" in marks}
        return StudentRecord(
            id=str(enrolment.pk),
            project=self.projects.get(enrolment.user_id),
            # a mark that somebody entered stands above the computed one
            lab_test=marks.get(Component.LAB_TEST, tests.get(enrolment.pk)),
            other_lab=marks.get(Component.OTHER_LAB),
            lab_answers=self.answers.get(enrolment.pk, ()),
            exam=marks.get(Component.EXAM),
            quiz_places=places,
            extra=extra,
        )


def course_records(course: Course, *, examination: str = Kind.FIRST) -> CourseRecords:
    """Read a course's marks, boards, labs and quizzes."""
    project = project_of(course, examination)
    entered: dict[int, dict[str, Decimal]] = defaultdict(dict)
    marks = EnteredMark.objects.filter(enrolment__course=course, examination=examination)
    for enrolment, component, value in marks.values_list("enrolment_id", "component", "value"):
        entered[enrolment][component] = value
    enrolments = list(students_of(course))
    is_first = examination == Kind.FIRST
    facts, projects = _projects(project, enrolments, entered, examination)
    done = set() if is_first else passed_before(course, came=entered)
    return CourseRecords(
        examination=examination,
        enrolments=[e for e in enrolments if e.pk not in done],
        others=[e for e in enrolments if e.pk in done],
        facts=facts,
        projects=projects,
        entered=dict(entered),
        answers=_answers(course) if is_first else {},
        lectures=lecture_results(course) if is_first else {},
        lab_test=lab_test_results(course) if is_first else None,
    )


def passed_before(course: Course, *, came: Container[int]) -> set[int]:
    """Enrolments that the re-examination leaves alone: who has passed the first one, as published, and didn't come."""
    marks = PublishedMark.objects.filter(enrolment__course=course, publication__examination__kind=Kind.FIRST)
    status = dict(marks.order_by("publication__number").values_list("enrolment_id", "status"))
    return {pk for pk, newest in status.items() if newest == "passed" and pk not in came}


def _answers(course: Course) -> dict[int, tuple[int, ...]]:
    """First correct answers per lab: those entered as numbers, then those recorded in the labs."""
    counts: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    entered = LabAnswers.objects.filter(enrolment__course=course).order_by("lab")
    for enrolment, lab, n in entered.values_list("enrolment_id", "lab", "n_correct"):
        counts[enrolment][f"number {lab}"] += n
    rows = FirstAnswer.objects.filter(lab__course=course, removed_at=None).order_by("lab__held_on", "lab_id")
    for enrolment, lab in rows.values_list("enrolment_id", "lab_id"):
        counts[enrolment][f"lab {lab}"] += 1
    return {enrolment: tuple(labs.values()) for enrolment, labs in counts.items()}


def _projects(
    project: Competition | None,
    enrolments: list[Enrolment],
    entered: dict[int, dict[str, Decimal]],
    examination: str,
) -> tuple[CompetitionFacts, dict[int, ProjectRecord]]:
    standings = [s for s in board(project, private=True) if not s.row.is_baseline] if project else []
    of_user = by_user(standings)
    found_out = _copied(project)
    pending = withheld(project.course) if project and project.is_project else set()
    invalid = set()
    if examination == Kind.FIRST:
        rulings = InvalidProject.objects.filter(enrolment__in=[e.pk for e in enrolments])
        invalid = set(rulings.values_list("enrolment_id", flat=True))
    presented = set(
        Presentation.objects.filter(
            enrolment__in=[e.pk for e in enrolments], examination=examination, attendance=Attendance.PRESENTED
        ).values_list("enrolment_id", flat=True)
    )
    handed_in = (
        Submission.entries.filter(competition=project, withdrawn_at=None) if project else Submission.entries.none()
    )
    tried = set(handed_in.values_list("user_id", flat=True))
    if project:
        tried = Entrants(project).all_mates(tried)
    found: dict[int, ProjectRecord] = {}
    for enrolment in enrolments:
        user, marks = enrolment.user_id, entered.get(enrolment.pk, {})
        standing, decided = of_user.get(user), marks.get(Component.PROJECT)
        if standing is None and user not in tried and decided is None and enrolment.pk not in invalid:
            continue
        is_ranked = standing is not None and standing.rank is not None
        found[user] = ProjectRecord(
            rank=standing.rank if standing else None,
            private=standing.score if standing else None,
            public_rank=standing.public_rank if standing else None,
            public=standing.row.public_score if standing else None,
            deduction=marks.get(Component.DEDUCTION, ZERO),
            presented=Component.DEDUCTION in marks or enrolment.pk in presented,
            valid=is_ranked and enrolment.pk not in invalid,
            disqualified=standing is not None and standing.row.is_disqualified,
            plagiarism=found_out.get(user, "open" if user in pending else "none"),
            decided=decided,
            team=standing.row.team.name if standing and standing.row.team else "",
            members=", ".join(standing.member_names) if standing else "",
            late_days=standing.late.days if standing and standing.late else 0,
            late_points=standing.late.points if standing and standing.late else ZERO,
        )
    facts = CompetitionFacts(
        direction=direction_of(project) if project else "higher",
        baseline_private=baseline_score(project) if project else None,
        n_ranked=sum(s.rank is not None for s in standings),
        best_private=next((s.score for s in standings if s.rank is not None), None),
    )
    return facts, found


def _copied(project: Competition | None) -> dict[int, str]:
    """Whose code a person has found to be copied: a `penalty` of a case, which stands above a `confirmed` pair."""
    if project is None:
        return {}
    pairs = SimilarPair.objects.filter(run__competition=project, decision=Decision.CONFIRMED)
    users = {user for pair in pairs.values_list("a__user_id", "b__user_id") for user in pair if user is not None}
    users = Entrants(project).all_mates(users)
    outcomes = case_outcomes(project)
    return dict.fromkeys(users - set(outcomes), "confirmed") | {
        user: "penalty" for user, outcome in outcomes.items() if outcome == Outcome.PENALTY
    }


def mark_sheets(course: Course, *, examination: str = Kind.FIRST) -> list[tuple[Enrolment, MarkSheet]]:
    """Every student's marks with their traces, in the order of their names."""
    records = course_records(course, examination=examination)
    return list(zip(records.enrolments, records.sheets(current_scheme(course, examination)), strict=True))


def mark_sheet_of(enrolment: Enrolment, *, examination: str = Kind.FIRST) -> MarkSheet | None:
    """One student's marks; ranks depend on everybody, so all are computed."""
    sheets = mark_sheets(enrolment.course, examination=examination)
    return next((sheet for other, sheet in sheets if other.pk == enrolment.pk), None)


def provisional_sheet(enrolment: Enrolment, *, examination: str = Kind.FIRST, at: datetime) -> MarkSheet | None:
    """What a student may read of a mark that isn't published; None while it would tell the project's private rank.

    A lab test counts as not taken until its private scores are shown.
    """
    course, user = enrolment.course, enrolment.user
    project = project_of(course, examination)
    if project is not None and not is_private_visible(user, project, at=at):
        return None
    records = course_records(course, examination=examination)
    if records.lab_test and not is_private_visible(user, records.lab_test.competition, at=at):
        records = replace(records, lab_test=None)
    sheets = records.sheets(current_scheme(course, examination))
    return next((s for e, s in zip(records.enrolments, sheets, strict=True) if e.pk == enrolment.pk), None)


def published_mark(enrolment: Enrolment, *, examination: str = Kind.FIRST) -> PublishedMark | None:
    """The student's mark in the newest publication."""
    rows = PublishedMark.objects.filter(enrolment=enrolment, publication__examination__kind=examination)
    return rows.select_related("publication").order_by("-publication__number").first()


@dataclass(frozen=True, kw_only=True)
class ComponentField:
    """A column of the gradebook: its code, its name for people, and what may be entered."""

    code: str
    label: str
    low: Decimal
    high: Decimal


def components_of(scheme: Scheme) -> list[ComponentField]:
    """What people enter under a scheme; components without a weight are left out."""
    ten = Decimal(10)
    fields = [ComponentField(code=Component.EXAM, label=str(Component.EXAM.label), low=ZERO, high=ten)]
    if scheme.test_weight:
        fields.append(ComponentField(code=Component.LAB_TEST, label=str(Component.LAB_TEST.label), low=ZERO, high=ten))
    if scheme.lab_other_weight:
        fields.append(
            ComponentField(code=Component.OTHER_LAB, label=str(Component.OTHER_LAB.label), low=ZERO, high=ten)
        )
    fields += [ComponentField(code=f"extra.{one.name}", label=one.name, low=ZERO, high=ten) for one in scheme.extra]
    if scheme.project_weight:
        fields.append(
            ComponentField(
                code=Component.DEDUCTION, label=str(Component.DEDUCTION.label), low=ZERO, high=scheme.max_deduction
            )
        )
    if scheme.project_weight:
        fields.append(ComponentField(code=Component.PROJECT, label=str(Component.PROJECT.label), low=ZERO, high=ten))
    return fields


def lab_test_results(course: Course) -> LabTestResults | None:
    """The course's lab test, once its target is set."""
    competition = course.competitions.filter(is_lab_test=True, lab_target__isnull=False).order_by("deadline").first()
    if competition is None:
        return None
    return LabTestResults(
        competition=competition,
        target=competition.lab_target.target,
        baseline=baseline_score(competition),
        chance=competition.lab_target.chance,
        direction=direction_of(competition),
        points={
            row.enrolment_id: (row.points, row.enrolment.user_id)
            for row in competition.requirement_points.select_related("enrolment")
        },
        scores=lab_scores(competition),
    )


def lab_tests(course: Course, *, scheme: Scheme) -> dict[int, LabTest]:
    """What the course's lab test is worth to each student whose requirements were marked: enrolment id -> test."""
    found = lab_test_results(course)
    return found.of(scheme) if found else {}


def lab_scores(competition: Competition) -> dict[int, float]:
    """The scores that count in a lab test: user id -> private score."""
    standings = board(competition, private=True)
    return {user: s.score for user, s in by_user(standings).items() if s.rank is not None and s.score is not None}
