"""Marks of a course for its staff, and one student's mark with its trace."""

from __future__ import annotations

from collections import Counter

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from arena.accounts.models import User
from arena.competitions.views import competition_or_404, page_context
from arena.courses.models import Course, Enrolment, Role
from arena.courses.selectors import courses_of, is_course_staff, students_of
from arena.gradebook.forms import LabTestForm, MarksForm
from arena.gradebook.models import Component, EnteredMark, InvalidProject, LabTarget
from arena.gradebook.selectors import current_scheme, lab_scores, lab_tests, mark_sheet_of, mark_sheets
from arena.gradebook.services import enter_lab_answers, enter_mark, mark_lab_test, rule_project
from arena.leaderboards.plots import columns
from grader.lab_tests import lab_test_mark
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
        "ruling": InvalidProject.objects.filter(enrolment=enrolment).first(),
    }
    return render(request, "gradebook/mark_detail.html", context)


@login_required
def student_mark(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """One student's marks for staff, with the form to enter them."""
    course = staff_course_or_404(request.user, slug)
    enrolment = get_object_or_404(Enrolment, course=course, pk=pk, role=Role.STUDENT)
    entered = {m.component: m.value for m in EnteredMark.objects.filter(enrolment=enrolment)}
    ruling = InvalidProject.objects.filter(enrolment=enrolment).first()
    counts = dict(enrolment.lab_answers.values_list("lab", "n_correct"))
    initial = entered | {
        "lab_answers": ", ".join(str(counts.get(lab, 0)) for lab in range(1, max(counts, default=0) + 1)),
        "project_reason": ruling.reason if ruling else "",
        "project_note": ruling.note if ruling else "",
    }
    form = MarksForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        for component in Component.values:
            if given[component] != entered.get(component):
                enter_mark(enrolment, component=component, value=given[component], actor=request.user)
        enter_lab_answers(enrolment, counts=given["lab_answers"], actor=request.user)
        rule_project(enrolment, reason=given["project_reason"], note=given["project_note"], actor=request.user)
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
    return render(request, "gradebook/mark_detail.html", context, status=422 if form.errors else 200)


@login_required
def lab_test(request: HttpRequest, slug: str) -> HttpResponse:
    """Points for the requirements of a lab test, beside the points that the scores are worth."""
    competition = competition_or_404(request, slug)
    context = page_context(request, competition)
    if not context["is_staff"] or not competition.is_lab_test:
        raise Http404
    scheme = current_scheme(competition.course)
    enrolments = sorted(students_of(competition.course), key=lambda e: (e.group, e.user.name))
    goal = LabTarget.objects.filter(competition=competition).first()
    given = dict(competition.requirement_points.values_list("enrolment", "points"))
    initial = {f"points{pk}": value for pk, value in given.items()}
    if goal:
        initial |= {"target": goal.target, "chance": goal.chance}
    form = LabTestForm(request.POST or None, initial=initial, enrolments=enrolments, scheme=scheme)
    if request.method == "POST" and form.is_valid():
        target, chance = form.cleaned_data["target"], form.cleaned_data["chance"]
        n_changed = mark_lab_test(competition, target=target, chance=chance, points=form.points(), actor=request.user)
        text = ngettext("The points of %(n)d student changed.", "The points of %(n)d students changed.", n_changed)
        messages.success(request, text % {"n": n_changed})
        return redirect("lab_test", slug=slug)
    scores, tests = lab_scores(competition), lab_tests(competition.course, scheme=scheme)
    context |= {
        "form": form,
        "scheme": scheme,
        "is_start_missing": goal is not None and bool(given) and not tests,
        "rows": [
            {
                "enrolment": e,
                "field": form[f"points{e.pk}"],
                "score": scores.get(e.user_id),
                "mark": lab_test_mark(tests[e.pk], scheme=scheme)[0] if e.pk in tests else None,
            }
            for e in enrolments
        ],
    }
    return render(request, "gradebook/lab_test.html", context, status=422 if form.errors else 200)
