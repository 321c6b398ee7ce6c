"""Marks of a course for its staff, and one student's mark with its trace."""

from __future__ import annotations

from collections import Counter

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from arena.accounts.models import User
from arena.courses.models import Course, Enrolment, Role
from arena.courses.selectors import courses_of, is_course_staff
from arena.gradebook.forms import MarksForm
from arena.gradebook.models import EnteredMark
from arena.gradebook.selectors import mark_sheet_of, mark_sheets
from arena.gradebook.services import enter_mark
from arena.leaderboards.plots import columns
from grader.marks import MarkSheet


def staff_course_or_404(user: User, slug: str) -> Course:
    course = get_object_or_404(courses_of(user), slug=slug)
    if not is_course_staff(user, course):
        raise Http404
    return course


@login_required
def course_marks(request: HttpRequest, slug: str) -> HttpResponse:
    """Every student's marks and how they are distributed."""
    course = staff_course_or_404(request.user, slug)
    sheets = mark_sheets(course)
    finals = Counter(sheet.final for _e, sheet in sheets)
    context = {
        "course": course,
        "is_staff": True,
        "sheets": sheets,
        "distribution": columns({str(mark): finals[mark] for mark in range(1, 11)}),
        "statuses": Counter(sheet.status for _e, sheet in sheets),
    }
    return render(request, "gradebook/mark_list.html", context)


def _sentences(sheet: MarkSheet | None) -> list[dict[str, object]]:
    language = get_language() or "en"
    return [{"line": line, "text": line.text(language)} for line in sheet.trace] if sheet else []


@login_required
def my_mark(request: HttpRequest, slug: str) -> HttpResponse:
    course = get_object_or_404(courses_of(request.user), slug=slug)
    enrolment = get_object_or_404(Enrolment, course=course, user=request.user, role=Role.STUDENT)
    # the private rank decides the band, so marks are shown once the private board is
    project = course.competitions.filter(is_project=True).first()
    is_shown = project is None or project.is_private_board_shown
    sheet = mark_sheet_of(enrolment) if is_shown else None
    context = {
        "course": course,
        "enrolment": enrolment,
        "sheet": sheet,
        "trace": _sentences(sheet),
        "is_shown": is_shown,
    }
    return render(request, "gradebook/mark_detail.html", context)


@login_required
def student_mark(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """One student's marks for staff, with the form to enter them."""
    course = staff_course_or_404(request.user, slug)
    enrolment = get_object_or_404(Enrolment, course=course, pk=pk, role=Role.STUDENT)
    entered = {m.component: m.value for m in EnteredMark.objects.filter(enrolment=enrolment)}
    form = MarksForm(request.POST or None, initial=entered)
    if request.method == "POST" and form.is_valid():
        for component, value in form.cleaned_data.items():
            if value != entered.get(component):
                enter_mark(enrolment, component=component, value=value, actor=request.user)
        messages.success(request, _("The marks are saved."))
        return redirect("student_mark", slug=slug, pk=pk)
    sheet = mark_sheet_of(enrolment)
    context = {
        "course": course,
        "enrolment": enrolment,
        "sheet": sheet,
        "trace": _sentences(sheet),
        "is_shown": True,
        "is_staff": True,
        "form": form,
    }
    return render(request, "gradebook/mark_detail.html", context)
