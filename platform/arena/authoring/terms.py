"""Start a term: a course of its own, from nothing or from an earlier one, and what is still to do until its marks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from arena.accounts.models import User
from arena.audit.services import record as audit
from arena.authoring.services import duplicate
from arena.competitions.models import Competition
from arena.courses.models import Course, Enrolment, Role
from arena.courses.selectors import students_of
from arena.gradebook.models import (
    Attendance,
    Component,
    EnteredMark,
    Kind,
    Lab,
    LabTarget,
    Presentation,
    Publication,
    SchemeVersion,
)
from arena.gradebook.services import save_scheme, set_examination_days
from arena.quizzes.models import QuizPlayer
from arena.quizzes.selectors import to_review
from grader.schemes import preset_text

DEFAULT_PRESET = "unibuc-ml"


@dataclass(frozen=True, kw_only=True)
class Copied:
    """What a new term took over. `without_data` are titles of competitions that had no solution to take along."""

    n_competitions: int = 0
    n_labs: int = 0
    without_data: tuple[str, ...] = ()


@transaction.atomic
def create_course(
    *,
    title: str,
    term: str,
    slug: str,
    language: str,
    days: Mapping[str, date | None],
    preset: str,
    actor: User,
    source: Course | None = None,
    weeks: int = 0,
) -> tuple[Course, Copied]:
    """A course whose instructor is the actor; from `source` it takes rules, competitions as drafts and labs, no people.

    `preset` names the scheme, unless it is empty and there is a source; dates move by whole weeks. Raises
    `arena.submissions.intake.Refused` or `arena.competitions.datasets.InvalidDataset` if a competition can't be copied.
    """
    course = Course.objects.create(title=title, term=term, slug=slug or free_slug(title, term), language=language)
    Enrolment.objects.create(course=course, user=actor, role=Role.INSTRUCTOR)
    audit("course.created", course, actor=actor, source=source.slug if source else None)
    set_examination_days(course, days, actor=actor)
    document, reason = _scheme(source, preset)
    save_scheme(course, document=document, reason=reason, actor=actor)
    return course, _take_over(source, course, weeks=weeks, actor=actor) if source else Copied()


def free_slug(title: str, term: str) -> str:
    """An address that no course has."""
    base = slugify(f"{title} {term}")[:44].strip("-") or "course"
    taken = set(Course.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    return next(slug for n in range(1, 10**6) if (slug := base if n == 1 else f"{base}-{n}") not in taken)


def _scheme(source: Course | None, preset: str) -> tuple[str, str]:
    if source and not preset:
        newest: SchemeVersion | None = source.schemes.order_by("-pk").first()
        if newest:
            return newest.document, _("As in %(course)s.") % {"course": source}
    name = preset or DEFAULT_PRESET
    return preset_text(name), _("The preset “%(name)s”.") % {"name": name}


def _take_over(source: Course, course: Course, *, weeks: int, actor: User) -> Copied:
    without_data = []
    competitions = list(source.competitions.order_by("opens_at"))
    for competition in competitions:
        if not competition.solutions.filter(is_proposed=False).exists():
            without_data.append(competition.title)
            continue
        copy = duplicate(
            competition,
            course=course,
            slug=_free_competition_slug(competition, course.term),
            opens_at=_later(competition.opens_at, weeks),
            deadline=_later(competition.deadline, weeks),
            actor=actor,
        )
        if competition.is_project:
            Competition.objects.filter(pk=copy.pk).update(is_project=True)
        for goal in LabTarget.objects.filter(competition=competition):
            LabTarget.objects.create(competition=copy, target=goal.target, chance=goal.chance)
    moved = timedelta(weeks=weeks)
    labs = [Lab(course=course, title=lab.title, held_on=lab.held_on + moved) for lab in source.labs.all()]
    Lab.objects.bulk_create(reversed(labs))
    audit("course.taken_over", course, actor=actor, source=source.slug, competitions=len(competitions), labs=len(labs))
    return Copied(
        n_competitions=len(competitions) - len(without_data), n_labs=len(labs), without_data=tuple(without_data)
    )


def _later(moment: datetime, weeks: int) -> datetime:
    """The same time of the day on the clock of the site, whatever daylight saving does."""
    bare = timezone.localtime(moment).replace(tzinfo=None)
    return timezone.make_aware(bare + timedelta(weeks=weeks))


def _free_competition_slug(competition: Competition, term: str) -> str:
    base = slugify(f"{competition.slug[:30]} {term}")[:44].strip("-")
    taken = set(Competition.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    return next(slug for n in range(1, 10**6) if (slug := base if n == 1 else f"{base}-{n}") not in taken)


@transaction.atomic
def change_course(course: Course, *, days: Mapping[str, date | None], changed: list[str], actor: User) -> None:
    """Store what a form changed, and the days of the examinations."""
    if changed:
        course.save(update_fields=changed)
        audit("course.changed", course, actor=actor, fields={name: getattr(course, name) for name in changed})
    set_examination_days(course, days, actor=actor)


@dataclass(frozen=True, kw_only=True)
class Step:
    """One part of a term: what it is, where it is done, how far it is. `is_optional` may stay empty for ever."""

    name: str
    url: str
    is_done: bool
    detail: str
    is_optional: bool = False


def steps(course: Course) -> list[Step]:
    """From an empty term to marks, in the order of the term."""
    n = students_of(course).count()
    project = course.competitions.filter(is_project=True).first()
    n_labs, n_quizzes = course.labs.count(), course.quizzes.filter(is_preview=False).count()
    n_waiting = len(to_review(QuizPlayer.objects.filter(session__course=course)))
    entered = EnteredMark.objects.filter(enrolment__course=course, examination=Kind.FIRST)
    n_exams = entered.filter(component=Component.EXAM).count()
    # a deduction in the table says as much as the jury's form, which writes one too
    heard = Presentation.objects.filter(enrolment__course=course, examination=Kind.FIRST)
    came = set(heard.exclude(attendance=Attendance.BOOKED).values_list("enrolment", flat=True))
    n_judged = len(came | set(entered.filter(component=Component.DEDUCTION).values_list("enrolment", flat=True)))
    published = Publication.objects.filter(examination__course=course, examination__kind=Kind.FIRST).first()
    quiz_detail = ngettext("%(n)d report", "%(n)d reports", n_quizzes) % {"n": n_quizzes}
    if n_waiting:
        quiz_detail += ", " + ngettext("%(n)d nickname to settle", "%(n)d nicknames to settle", n_waiting) % {
            "n": n_waiting
        }
    here = [course.slug]
    return [
        Step(
            name=_("Roster"),
            url=reverse("roster", args=here),
            is_done=n > 0,
            detail=ngettext("%(n)d student", "%(n)d students", n) % {"n": n},
        ),
        Step(
            name=_("Project"),
            url=reverse("competition", args=[project.slug]) if project else reverse("new_competition", args=here),
            is_done=project is not None and project.is_published,
            detail=(project.title if project.is_published else _("%(title)s is a draft") % {"title": project.title})
            if project
            else _("no competition counts as the project yet"),
        ),
        Step(
            name=_("Labs"),
            url=reverse("labs", args=here),
            is_done=n_labs > 0,
            detail=ngettext("%(n)d lab", "%(n)d labs", n_labs) % {"n": n_labs},
            is_optional=True,
        ),
        Step(
            name=_("Quiz bonuses"),
            url=reverse("quizzes", args=here),
            is_done=n_quizzes > 0 and not n_waiting,
            detail=quiz_detail,
            is_optional=True,
        ),
        Step(
            name=_("Presentations"),
            url=reverse("presentations", args=here),
            is_done=0 < n <= n_judged,
            detail=_("%(done)d of %(all)d judged") % {"done": n_judged, "all": n} if n else _("no students yet"),
        ),
        Step(
            name=_("Exam marks"),
            url=reverse("mark_table", args=here),
            is_done=0 < n <= n_exams,
            detail=_("%(done)d of %(all)d entered") % {"done": n_exams, "all": n} if n else _("no students yet"),
        ),
        Step(
            name=_("Publish"),
            url=reverse("publications", args=here),
            is_done=published is not None,
            detail=_("the students see their marks") if published else _("nothing is published yet"),
        ),
    ]
