"""Presenting projects: times that students book, and what the jury deducts, with who gave it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from arena.accounts.models import User
from arena.audit.services import record as audit
from arena.courses.models import Course, Enrolment
from arena.gradebook.models import Attendance, Batch, Component, Kind, LineComment, Presentation, Slot, Source
from arena.gradebook.selectors import current_scheme
from arena.gradebook.services import Refused, enter_marks
from arena.submissions.models import Submission
from grader.trace import plain


@transaction.atomic
def add_slots(
    course: Course,
    *,
    starts_at: datetime,
    count: int,
    minutes: int,
    room: str,
    places: int,
    actor: User,
    examination: str = Kind.FIRST,
) -> list[Slot]:
    """Times one after the other."""
    slots = [
        Slot.objects.create(
            course=course,
            examination=examination,
            starts_at=starts_at + timedelta(minutes=minutes * i),
            minutes=minutes,
            room=room,
            places=places,
        )
        for i in range(count)
    ]
    audit("slots.added", course, actor=actor, count=count, starts_at=starts_at.isoformat())
    return slots


@transaction.atomic
def book(enrolment: Enrolment, *, slot: Slot, at: datetime, actor: User) -> Presentation:
    """Take a place, or move to it. Raises `Refused` if it is full or past, or the project is presented already."""
    slot = Slot.objects.select_for_update().get(pk=slot.pk, course=enrolment.course_id)
    presentation, _made = Presentation.objects.select_for_update().get_or_create(
        enrolment=enrolment, examination=slot.examination
    )
    if presentation.attendance == Attendance.PRESENTED:
        raise Refused("judged")
    if slot.starts_at <= at:
        raise Refused("slot_past")
    if slot.presentations.exclude(pk=presentation.pk).count() >= slot.places:
        raise Refused("slot_full")
    # whoever didn't come may come another time
    presentation.slot, presentation.attendance = slot, Attendance.BOOKED
    presentation.save()
    audit("presentation.booked", presentation, actor=actor, slot=slot.pk)
    return presentation


@transaction.atomic
def cancel_booking(enrolment: Enrolment, *, examination: str, actor: User) -> None:
    """Give a place back. Raises `Refused` if the project is presented already."""
    presentation = Presentation.objects.filter(enrolment=enrolment, examination=examination).first()
    if presentation is None:
        return
    if presentation.attendance == Attendance.PRESENTED:
        raise Refused("judged")
    presentation.slot = None
    presentation.save(update_fields=["slot"])
    audit("presentation.cancelled", presentation, actor=actor)


@transaction.atomic
def judge(
    enrolment: Enrolment,
    *,
    attendance: str,
    deductions: Mapping[str, Decimal],
    note: str,
    actor: User,
    examination: str = Kind.FIRST,
) -> Batch | None:
    """Record what the jury says: the sum of the deductions, at most the scheme's, becomes the deduction.

    Who did not come has none, so that the project counts as not presented. Raises `Refused` for a deduction above its
    criterion's points.
    """
    scheme = current_scheme(enrolment.course, examination)
    kept: dict[str, str] = {}
    for criterion in scheme.rubric:
        points = deductions.get(criterion.name, Decimal(0))
        if not 0 <= points <= criterion.points:
            raise Refused("criterion", {"criterion": criterion.name, "points": criterion.points})
        kept[criterion.name] = plain(points)
    presentation, _made = Presentation.objects.select_for_update().get_or_create(
        enrolment=enrolment, examination=examination
    )
    has_come = attendance == Attendance.PRESENTED
    presentation.attendance = attendance
    presentation.deductions = kept if has_come else {}
    presentation.note, presentation.judged_by, presentation.judged_at = note, actor, timezone.now()
    presentation.save()
    total = min(sum((Decimal(points) for points in kept.values()), Decimal(0)), scheme.max_deduction)
    audit("presentation.judged", presentation, actor=actor, attendance=str(attendance), deductions=kept)
    return enter_marks(
        enrolment.course,
        {(enrolment.pk, str(Component.DEDUCTION)): total if has_come else None},
        actor=actor,
        examination=examination,
        source=Source.JURY,
        reason=note[:300] or str(Attendance(attendance).label),
    )


def comment(submission: Submission, *, file: str, line: int, text: str, author: User) -> LineComment:
    """Say something about a line of the code."""
    return LineComment.objects.create(submission=submission, file=file, line=line, text=text, author=author)
