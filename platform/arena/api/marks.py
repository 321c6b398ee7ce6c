"""A student's own mark, as far as its page shows it."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Router, Schema

from arena.courses.models import Enrolment, Role
from arena.courses.selectors import courses_of
from arena.gradebook.models import Kind
from arena.gradebook.own_marks import own_mark

router = Router()


class MarkOut(Schema):
    """Marks as your language writes them, empty where there is none; `trace` says line by line how they came about."""

    examination: str
    is_shown: bool
    is_withheld: bool
    published_at: datetime | None
    status: str = ""
    final: str = ""
    project: str = ""
    lab: str = ""
    exam: str = ""
    trace: list[str] = []


@router.get("/courses/{slug}/mark", response=MarkOut, summary="Your mark and why it is this one")
def mark(request: HttpRequest, slug: str, examination: Kind = Kind.FIRST) -> MarkOut:
    """Provisional until `published_at`. It is shown once the project's private board is, unless a case withholds it."""
    course = get_object_or_404(courses_of(request.user), slug=slug)
    enrolment = get_object_or_404(Enrolment, course=course, user=request.user, role=Role.STUDENT)
    own = own_mark(enrolment, examination=examination, at=timezone.now())
    out = MarkOut(
        examination=examination,
        is_shown=own.shown is not None,
        is_withheld=own.is_withheld,
        published_at=own.published.publication.at if own.published else None,
    )
    if own.shown:
        out.status, out.final, out.exam = own.shown.status, own.shown.final, own.shown.exam
        out.project, out.lab = own.shown.project, own.shown.lab
        out.trace = [str(row["text"]) for row in own.shown.trace]
    return out
