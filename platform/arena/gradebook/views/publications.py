"""Publishing final marks: what is incomplete, what would change, what was published."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from arena.accounts.idempotency import once
from arena.courses.models import Course
from arena.gradebook.forms import PublishForm
from arena.gradebook.models import Publication
from arena.gradebook.publishing import PARTS, findings, moved, publish
from arena.gradebook.selectors import course_records, current_scheme, examination_of, project_of
from arena.gradebook.services import Refused
from arena.gradebook.views.access import instructor_course_or_404, kind_of, page, staff_course_or_404
from arena.gradebook.wording import finding, named_parts, refusal


@login_required
@once
def publications(request: HttpRequest, slug: str) -> HttpResponse:
    """What is incomplete, what would change, and the button."""
    course, kind = staff_course_or_404(request.user, slug), kind_of(request)
    form = PublishForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        instructor_course_or_404(request.user, slug)
        try:
            publish(course, examination=kind, actor=request.user, **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, refusal(refused.code, refused.params))
        else:
            messages.success(request, _("The marks are published."))
            return redirect(request.get_full_path())
    records = course_records(course, examination=kind)
    sheets = records.sheets(current_scheme(course, kind))
    rows = Publication.objects.filter(examination__course=course, examination__kind=kind).select_related("actor")
    if not rows:
        form.fields["reason"].widget = form.fields["reason"].hidden_widget()
    context = page(request, course, kind) | {
        "form": form,
        "examination": examination_of(course, kind),
        "findings": [
            {"found": f, "text": finding(f.code), "url": _where(f.code, course, kind)}
            for f in findings(course, records=records, sheets=sheets)
        ],
        "moved": [
            {"enrolment": one.enrolment, "before": one.before, "after": one.after, "parts": named_parts(one.parts)}
            for one in moved(course, records=records, sheets=sheets)
        ],
        "publications": rows,
        "n_students": len(sheets),
        "n_absent": sum(sheet.final is None for sheet in sheets),
    }
    return render(request, "gradebook/publication_list.html", context, status=422 if form.errors else 200)


def _where(code: str, course: Course, kind: str) -> str:
    """The page on which a finding is settled, for those that are about no single student."""
    project = project_of(course, kind)
    if code == "no_project_chosen":
        return f"{reverse('mark_scheme', args=[course.slug])}?examination={kind}"
    if code in {"open_pairs", "withheld", "project_is_open"} and project:
        page_of = {"open_pairs": "plagiarism", "withheld": "cases", "project_is_open": "competition"}[code]
        return reverse(page_of, args=[project.slug])
    pages = {"open_requests": "mark_requests", "unknown_nicknames": "quiz_review"}
    return reverse(pages[code], args=[course.slug]) if code in pages else ""


@login_required
@once
def publication(request: HttpRequest, pk: int) -> HttpResponse:
    """One publication, and what it changed against the one before."""
    found = get_object_or_404(Publication.objects.select_related("examination__course", "actor"), pk=pk)
    course = staff_course_or_404(request.user, found.examination.course.slug)
    earlier = Publication.objects.filter(examination=found.examination, number=found.number - 1).first()
    before = {row.enrolment_id: row for row in earlier.marks.all()} if earlier else {}
    rows = [
        {"mark": mark, "before": before.get(mark.enrolment_id)}
        for mark in found.marks.select_related("enrolment__user").order_by("enrolment__user__name")
    ]
    changed = []
    for row in rows:
        if row["before"] is None:
            continue
        marks = [
            (name, getattr(row["before"], name), getattr(row["mark"], name)) for name in (*PARTS, "final", "status")
        ]
        if any(old != new for _name, old, new in marks):
            parts = tuple(part for part in marks if part[0] in PARTS and part[1] != part[2])
            changed.append(row | {"parts": named_parts(parts)})
    context = page(request, course, found.examination.kind) | {
        "publication": found,
        "earlier": earlier,
        "rows": rows,
        "changed": changed,
    }
    return render(request, "gradebook/publication_detail.html", context)
