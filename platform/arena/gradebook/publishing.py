"""Make final marks known, after looking at what is missing. Published marks never change by themselves."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from arena.accounts.models import User
from arena.audit.services import record as audit
from arena.courses.models import Course, Enrolment
from arena.gradebook.models import (
    Examination,
    Kind,
    MarkRequest,
    Publication,
    PublishedMark,
    RequestState,
)
from arena.gradebook.selectors import CourseRecords, course_records, examination_of, project_of, scheme_document
from arena.gradebook.services import Refused, freeze
from arena.integrity.selectors import n_waiting_pairs, withheld
from arena.notifications.services import notify
from arena.quizzes.models import QuizPlayer
from grader.marks import MarkSheet
from grader.schemes import load_scheme
from grader.trace import plain

LOOKS_COPIED = 0.5
PARTS = ("project", "lab", "exam")


@dataclass(frozen=True, kw_only=True)
class Finding:
    """Something to look at before publishing: a code (see `wording`), how many, and the first of them."""

    code: str
    count: int
    students: tuple[Enrolment, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Moved:
    """A student whose marks differ from the last publication; texts are empty for no mark.

    `parts` are the marks beside the final one that differ: (name, before, after), the name one of `PARTS`.
    """

    enrolment: Enrolment
    before: str
    after: str
    status: tuple[str, str]
    parts: tuple[tuple[str, str, str], ...] = ()


def findings(course: Course, *, records: CourseRecords, sheets: list[MarkSheet]) -> list[Finding]:
    """What is incomplete or waits for a person, worst first."""
    by_rule: dict[str, list[Enrolment]] = defaultdict(list)
    for enrolment, sheet in zip(records.enrolments, sheets, strict=True):
        for rule in dict.fromkeys(sheet.flags):
            by_rule[rule].append(enrolment)
    found = [
        Finding(code=rule, count=len(people), students=tuple(people[:8]))
        for rule, people in sorted(by_rule.items(), key=lambda item: -len(item[1]))
    ]
    waiting = MarkRequest.objects.filter(
        enrolment__course=course, examination=records.examination, state=RequestState.OPEN
    ).count()
    nobody = QuizPlayer.objects.filter(session__course=course, enrolment=None, points__gt=0).exclude(method="person")
    project = project_of(course, records.examination)
    others = {
        "open_requests": waiting,
        "unknown_nicknames": nobody.count() if records.examination == Kind.FIRST else 0,
        "open_pairs": n_waiting_pairs(project, least=LOOKS_COPIED) if project else 0,
        "withheld": len(withheld(course)),
        "no_project_chosen": 0 if project else 1,
        "project_is_open": 1 if project and project.deadline > timezone.now() else 0,
    }
    return found + [Finding(code=code, count=count) for code, count in others.items() if count]


def moved(course: Course, *, records: CourseRecords, sheets: list[MarkSheet]) -> list[Moved]:
    """Whose published mark a new publication would change."""
    last = _last(course, records.examination)
    if last is None:
        return []
    return moved_since(last, records, sheets)


def _last(course: Course, examination: str) -> Publication | None:
    rows = Publication.objects.filter(examination__course=course, examination__kind=examination)
    return rows.order_by("-number").first()


@transaction.atomic
def publish(course: Course, *, examination: str, actor: User, reason: str, despite: bool = False) -> Publication:
    """Publish the marks as they come out now, and freeze the scheme.

    Raises `Refused` for a later publication without a reason or without a change, and for findings unless `despite`.
    """
    records = course_records(course, examination=examination)
    document = scheme_document(course, examination)
    sheets = records.sheets(load_scheme(document))
    last = _last(course, examination)
    if not sheets:
        raise Refused("no_students")
    if last and not reason.strip():
        raise Refused("reason_needed")
    if last and not moved(course, records=records, sheets=sheets):
        raise Refused("nothing_changed")
    found = findings(course, records=records, sheets=sheets)
    if found and not despite:
        raise Refused("incomplete", {"count": sum(one.count for one in found)})
    held: Examination = examination_of(course, examination)
    if held.scheme_id is None:
        held = freeze(course, examination=examination, actor=actor)
    publication = Publication.objects.create(
        examination=held,
        number=last.number + 1 if last else 1,
        scheme_document=document,
        reason=reason,
        actor=actor,
    )
    changed = {one.enrolment.pk for one in moved_since(last, records, sheets)}
    PublishedMark.objects.bulk_create(
        PublishedMark(
            publication=publication,
            enrolment=enrolment,
            **marks_of(sheet),
            trace=[line.as_json() for line in sheet.trace],
        )
        for enrolment, sheet in zip(records.enrolments, sheets, strict=True)
    )
    for enrolment in records.enrolments:
        if enrolment.pk in changed:
            notify(
                enrolment.user,
                "marks_published",
                params={"course": course.title},
                url=f"/courses/{course.slug}/marks/mine/",
            )
    audit("marks.published", publication, actor=actor, reason=reason, students=len(sheets), changed=len(changed))
    return publication


def moved_since(last: Publication | None, records: CourseRecords, sheets: list[MarkSheet]) -> list[Moved]:
    """Against a publication that is already read; without one everybody is new."""
    before = {row.enrolment_id: row for row in last.marks.all()} if last else {}
    found = []
    for enrolment, sheet in zip(records.enrolments, sheets, strict=True):
        row, now = before.get(enrolment.pk), marks_of(sheet)
        then = {name: str(getattr(row, name)) for name in now} if row else dict.fromkeys(now, "")
        if row is None or then != now:
            parts = tuple((name, then[name], now[name]) for name in PARTS if row and then[name] != now[name])
            status = (then["status"], now["status"])
            found.append(
                Moved(enrolment=enrolment, before=then["final"], after=now["final"], status=status, parts=parts)
            )
    return found


def marks_of(sheet: MarkSheet) -> dict[str, str]:
    """What is published beside the trace, as exact texts."""
    return {
        "project": plain(sheet.project),
        "ml_lab": plain(sheet.ml_lab),
        "lab": plain(sheet.lab),
        "exam": "" if sheet.exam is None else plain(sheet.exam),
        "final": "" if sheet.final is None else plain(sheet.final),
        "status": sheet.status,
    }
