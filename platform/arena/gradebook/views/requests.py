"""Requests about marks: a student's question about a line, and the staff's answer."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from arena.courses.models import Enrolment, Role
from arena.courses.selectors import courses_of
from arena.gradebook.models import MarkRequest, RequestState
from arena.gradebook.own_marks import own_mark
from arena.gradebook.requests import answer, ask
from arena.gradebook.services import Refused
from arena.gradebook.views.access import kind_of, page, staff_course_or_404
from arena.gradebook.wording import refusal
from arena.parameters import whole_number
from grader.trace import TraceLine


def _trace(enrolment: Enrolment, kind: str) -> list[TraceLine]:
    """The lines that the student sees."""
    shown = own_mark(enrolment, examination=kind, at=timezone.now()).shown
    return [row["line"] for row in shown.trace] if shown else []


@login_required
@require_POST
def ask_about(request: HttpRequest, slug: str) -> HttpResponse:
    """A student asks about a line of their own trace."""
    course, kind = get_object_or_404(courses_of(request.user), slug=slug), kind_of(request)
    enrolment = get_object_or_404(Enrolment, course=course, user=request.user, role=Role.STUDENT)
    lines, chosen = _trace(enrolment, kind), whole_number(request.POST.get("line"))
    try:
        if chosen is None or chosen >= len(lines):
            raise Refused("own_line")
        ask(enrolment, examination=kind, line=lines[chosen], message=request.POST.get("message", ""))
        messages.success(request, _("Your request is sent. You will see the answer here."))
    except Refused as refused:
        messages.error(request, refusal(refused.code, refused.params))
    return redirect(f"/courses/{course.slug}/marks/mine/?examination={kind}")


@login_required
def requests(request: HttpRequest, slug: str) -> HttpResponse:
    """All requests of a course, the open ones first."""
    course = staff_course_or_404(request.user, slug)
    if request.method == "POST":
        chosen = whole_number(request.POST.get("request"))
        asked = get_object_or_404(MarkRequest, pk=chosen, enrolment__course=course)
        try:
            answer(asked, state=request.POST.get("state", ""), text=request.POST.get("answer", ""), actor=request.user)
            messages.success(request, _("The answer is sent."))
        except Refused as refused:
            messages.error(request, refusal(refused.code, refused.params))
        return redirect("mark_requests", slug=slug)
    language = get_language() or "en"
    rows = MarkRequest.objects.filter(enrolment__course=course).select_related("enrolment__user", "answered_by")
    listed = [{"asked": one, "line": TraceLine.from_json(one.line).text(language)} for one in rows[:200]]
    listed.sort(key=lambda row: row["asked"].state != RequestState.OPEN)
    states = [choice for choice in RequestState.choices if choice[0] != RequestState.OPEN]
    return render(
        request, "gradebook/request_list.html", page(request, course) | {"requests": listed, "states": states}
    )
