"""Marks of a course for its staff, and one student's mark with its trace."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from arena.competitions.entrants import mates
from arena.courses.models import Course, Enrolment, Role
from arena.courses.selectors import courses_of
from arena.gradebook.forms import MarksForm
from arena.gradebook.models import (
    EnteredMark,
    InvalidProject,
    Kind,
    LineComment,
    MarkChange,
    MarkRequest,
    Presentation,
)
from arena.gradebook.own_marks import Shown, own_mark, shown_sheet
from arena.gradebook.plots import whole
from arena.gradebook.publishing import marks_of
from arena.gradebook.selectors import (
    components_of,
    current_scheme,
    examination_of,
    mark_sheet_of,
    mark_sheets,
    project_of,
    published_mark,
)
from arena.gradebook.services import Refused, enter_lab_answers, enter_marks, rule_project
from arena.gradebook.views.access import kind_of, page, staff_course_or_404
from arena.gradebook.wording import component_name, deductions, refusal
from arena.integrity.selectors import withheld
from arena.leaderboards.plots import columns
from grader.trace import TraceLine


@login_required
def course_marks(request: HttpRequest, slug: str) -> HttpResponse:
    """Every student's marks and how they are distributed."""
    course, kind = staff_course_or_404(request.user, slug), kind_of(request)
    sheets = mark_sheets(course, examination=kind)
    finals = Counter(whole(sheet) for _e, sheet in sheets)
    context = page(request, course, kind) | {
        "sheets": sheets,
        "distribution": columns({str(mark): finals[mark] for mark in range(1, 11)}),
        "withheld": withheld(course),
        "statuses": Counter(sheet.status for _e, sheet in sheets),
    }
    return render(request, "gradebook/mark_list.html", context)


def _counted(context: dict[str, object], sheet: Shown | None) -> Decimal | None:
    """The deduction that the shown trace counts, where the jury's criteria add up to another; None where they agree."""
    given = sum((points for _name, points in context["deductions"]), Decimal(0))
    if sheet is None or not context["deductions"]:
        return None
    lines = [row["line"] for row in sheet.trace]
    counted = next((Decimal(str(line.params["points"])) for line in lines if line.rule == "deduction"), Decimal(0))
    return counted if counted != given else None


@login_required
def my_mark(request: HttpRequest, slug: str) -> HttpResponse:
    """A student's own mark: the published one, or a provisional one before that."""
    course, kind = get_object_or_404(courses_of(request.user), slug=slug), kind_of(request)
    enrolment = get_object_or_404(Enrolment, course=course, user=request.user, role=Role.STUDENT)
    mark = own_mark(enrolment, examination=kind, at=timezone.now())
    context = _about(course, enrolment, kind) | {
        "sheet": mark.shown,
        "published": mark.published,
        "is_shown": mark.shown is not None,
        "is_withheld": mark.is_withheld,
        "requests": _requests(enrolment, kind),
        "kinds": Kind.choices if published_mark(enrolment, examination=Kind.AGAIN) else None,
    }
    context["counted"] = _counted(context, mark.shown)
    return render(request, "gradebook/mark_detail.html", context)


def _requests(enrolment: Enrolment, kind: str) -> list[dict[str, object]]:
    """What the student asked, with the line as it stood."""
    language = get_language() or "en"
    rows = MarkRequest.objects.filter(enrolment=enrolment, examination=kind).select_related("answered_by")
    return [{"asked": row, "line": TraceLine.from_json(row.line).text(language)} for row in rows]


def _about(course: Course, enrolment: Enrolment, kind: str) -> dict[str, object]:
    """What the page of a mark shows beside it."""
    project = project_of(course, kind)
    presentation = Presentation.objects.filter(enrolment=enrolment, examination=kind).select_related("slot").first()
    return {
        "course": course,
        "enrolment": enrolment,
        "kind": kind,
        "held_on": examination_of(course, kind).held_on,
        "deductions": deductions(presentation),
        "ruling": InvalidProject.objects.filter(enrolment=enrolment).first() if kind == Kind.FIRST else None,
        "presentation": presentation,
        "comments": LineComment.objects.filter(
            submission__competition=project, submission__user__in=mates(enrolment.user_id, project)
        ).select_related("author")
        if project
        else [],
    }


@login_required
def student_mark(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """One student's marks for staff, with the form to enter them and their history."""
    course, kind = staff_course_or_404(request.user, slug), kind_of(request)
    enrolment = get_object_or_404(Enrolment, course=course, pk=pk, role=Role.STUDENT)
    marks = EnteredMark.objects.filter(enrolment=enrolment, examination=kind)
    entered = {m.component: m.value for m in marks}
    fields = components_of(current_scheme(course, kind))
    ruling = InvalidProject.objects.filter(enrolment=enrolment).first()
    counts = dict(enrolment.lab_answers.values_list("lab", "n_correct"))
    initial = entered | {
        "lab_answers": ", ".join(str(counts.get(lab, 0)) for lab in range(1, max(counts, default=0) + 1)),
        "project_reason": ruling.reason if ruling else "",
        "project_note": ruling.note if ruling else "",
    }
    form = MarksForm(request.POST or None, initial=initial, fields=fields)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        entries = {(enrolment.pk, one.code): given[one.code] for one in fields}
        try:
            with transaction.atomic():
                enter_marks(course, entries, actor=request.user, examination=kind, reason=given["reason"])
                enter_lab_answers(enrolment, counts=given["lab_answers"], actor=request.user)
                rule_project(enrolment, reason=given["project_reason"], note=given["project_note"], actor=request.user)
        except Refused as refused:
            form.add_error("reason" if refused.code == "reason_needed" else None, refusal(refused.code, refused.params))
        else:
            messages.success(request, _("The marks are saved."))
            return redirect(request.get_full_path())
    computed = mark_sheet_of(enrolment, examination=kind)
    changes = MarkChange.objects.filter(enrolment=enrolment, batch__examination=kind).select_related("batch__actor")
    context = page(request, course, kind) | _about(course, enrolment, kind)
    published = published_mark(enrolment, examination=kind)
    now = marks_of(computed) if computed else {}
    context |= {
        "sheet": shown_sheet(computed) if computed else None,
        "published": published,
        "is_unpublished": published and any(str(getattr(published, name)) != mark for name, mark in now.items()),
        "is_shown": computed is not None,
        "has_passed_before": computed is None,
        "is_withheld": enrolment.user_id in withheld(course),
        "form": form,
        "changes": [{"change": c, "component": component_name(c.component)} for c in changes.order_by("-pk")[:40]],
        "requests": _requests(enrolment, kind),
    }
    context["counted"] = _counted(context, context["sheet"])
    return render(request, "gradebook/mark_detail.html", context, status=422 if form.errors else 200)
