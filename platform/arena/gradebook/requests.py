"""Students ask about a line of their mark's trace; staff answer, change the mark, or refuse."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from arena.accounts.models import User
from arena.audit.services import record as audit
from arena.courses.models import Enrolment
from arena.gradebook.models import MarkRequest, RequestState
from arena.gradebook.services import Refused
from arena.notifications.services import notify
from grader.trace import TraceLine


@transaction.atomic
def ask(enrolment: Enrolment, *, examination: str, line: TraceLine, message: str) -> MarkRequest:
    """Open a request about a line, which is kept as it stands. Raises `Refused` for an empty message."""
    if not message.strip():
        raise Refused("no_message")
    found = MarkRequest.objects.create(
        enrolment=enrolment, examination=examination, line=line.as_json(), message=message.strip()[:2000]
    )
    audit("mark_request.opened", found, actor=enrolment.user, rule=line.rule)
    return found


@transaction.atomic
def answer(request: MarkRequest, *, state: str, text: str, actor: User) -> MarkRequest:
    """Answer a request and tell the student. Raises `Refused` if it is answered, or for an empty answer."""
    request = (
        MarkRequest.objects.select_for_update()
        .select_related("enrolment__course", "enrolment__user")
        .get(pk=request.pk)
    )
    if request.state != RequestState.OPEN:
        raise Refused("answered")
    if not text.strip() or state not in RequestState.values or state == RequestState.OPEN:
        raise Refused("no_message")
    request.state, request.answer = state, text.strip()[:2000]
    request.answered_by, request.answered_at = actor, timezone.now()
    request.save()
    course = request.enrolment.course
    notify(
        request.enrolment.user,
        "mark_request_answered",
        params={"course": course.title},
        url=f"/courses/{course.slug}/marks/mine/",
    )
    audit("mark_request.answered", request, actor=actor, state=state)
    return request
