"""Marks in bulk: the table to type in, import with a dry run, history, exports and the list to print."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from arena.courses.models import Course, Enrolment
from arena.courses.selectors import students_of
from arena.gradebook.exporting import export
from arena.gradebook.forms import TableForm
from arena.gradebook.importing import apply_import, choose_columns, dry_run, keep_upload
from arena.gradebook.models import Batch, EnteredMark, Kind, MarkChange, MarkImport, Source
from arena.gradebook.selectors import components_of, current_scheme, examination_of, mark_sheets, passed_before
from arena.gradebook.services import Refused, enter_marks, undo
from arena.gradebook.tables import NoMark, parse_mark
from arena.gradebook.views.access import instructor_course_or_404, kind_of, page, staff_course_or_404
from arena.gradebook.wording import component_name, problem, refusal
from arena.parameters import whole_number
from grader.spreadsheet import UnreadableFile

MANY = 120
SHOWN_CHANGES = 300
SHOWN_WRONG = 8


@login_required
def table(request: HttpRequest, slug: str) -> HttpResponse:
    """Type marks of a group, a cell each; what is wrong stays in its cell and nothing is saved."""
    course, kind = staff_course_or_404(request.user, slug), kind_of(request)
    everybody = students_of(course)
    groups = list(everybody.order_by("group").values_list("group", flat=True).distinct())
    group = request.GET.get("group", "")
    if group not in groups and everybody.count() > MANY:
        group = groups[0]
    enrolments = list(everybody.filter(group=group) if group in groups else everybody)
    fields = components_of(current_scheme(course, kind))
    standing = {
        (row.enrolment_id, row.component): row.value
        for row in EnteredMark.objects.filter(enrolment__in=enrolments, examination=kind)
    }
    if kind == Kind.AGAIN:
        # those who have to come stand first
        done = passed_before(course, came={pk for pk, _component in standing})
        enrolments.sort(key=lambda enrolment: enrolment.pk in done)
    typed: dict[tuple[int, str], str] = {}
    wrong: dict[tuple[int, str], str] = {}
    if request.method == "POST":
        entries: dict[tuple[int, str], Decimal | None] = {}
        for enrolment in enrolments:
            for field in fields:
                key, name = (enrolment.pk, field.code), f"m-{enrolment.pk}-{field.code}"
                if name not in request.POST:
                    continue
                typed[key] = request.POST[name]
                try:
                    value = parse_mark(typed[key])
                except NoMark:
                    wrong[key] = problem("no_mark", {"column": field.label, "value": typed[key][:20]})
                    continue
                if value is not None and (not field.low <= value <= field.high or value != round(value, 2)):
                    params = {"column": field.label, "value": typed[key][:20], "low": field.low, "high": field.high}
                    wrong[key] = problem("out_of_range", params)
                elif value != standing.get(key):
                    entries[key] = value
        if not wrong:
            try:
                _refuse_conflicts(course, kind, entries, loaded=request.POST.get("loaded", ""))
                batch = enter_marks(
                    course, entries, actor=request.user, examination=kind, source=Source.GRID,
                    reason=request.POST.get("reason", "")[:300],
                )  # fmt: skip
            except Refused as refused:
                messages.error(request, refusal(refused.code, refused.params))
            else:
                count = batch.changes.count() if batch else 0
                messages.success(request, _("Marks saved: %(count)s") % {"count": count})
                return redirect(request.get_full_path())
    rows = [
        {
            "enrolment": enrolment,
            "cells": [
                {
                    "name": f"m-{enrolment.pk}-{field.code}",
                    "label": field.label,
                    "value": standing.get((enrolment.pk, field.code)),
                    "typed": typed.get((enrolment.pk, field.code)),
                    "error": wrong.get((enrolment.pk, field.code)),
                }
                for field in fields
            ],
        }
        for enrolment in enrolments
    ]
    names = {enrolment.pk: enrolment.user.name for enrolment in enrolments}
    context = page(request, course, kind) | {
        "rows": rows,
        "fields": fields,
        "groups": groups,
        "group": group,
        "many": everybody.count() > MANY,
        "loaded": timezone.now().isoformat(),
        "wrong": [f"{names[pk]}, {text}" for (pk, _component), text in list(wrong.items())[:SHOWN_WRONG]],
        "n_wrong": len(wrong),
    }
    return render(request, "gradebook/mark_table.html", context, status=422 if wrong else 200)


def _refuse_conflicts(
    course: Course, kind: str, entries: dict[tuple[int, str], Decimal | None], *, loaded: str
) -> None:
    """Raise `Refused` if somebody changed one of these marks after the page was loaded."""
    since: datetime | None = parse_datetime(loaded) if loaded else None
    if since is None:
        return
    rows = MarkChange.objects.filter(batch__course=course, batch__examination=kind, batch__at__gt=since)
    for change in rows.select_related("enrolment__user"):
        if (change.enrolment_id, change.component) in entries:
            raise Refused("conflict", {"student": change.enrolment.user.name})


@login_required
def import_table(request: HttpRequest, slug: str) -> HttpResponse:
    """Upload a table of marks."""
    course, kind = staff_course_or_404(request.user, slug), kind_of(request)
    form = TableForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["table"]
        try:
            kept = keep_upload(course, examination=kind, name=upload.name, data=upload.read(), actor=request.user)
        except UnreadableFile:
            form.add_error("table", _("This table can't be read. Save it as .xlsx or as “CSV UTF-8”."))
        else:
            return redirect("import_marks", pk=kept.pk)
    context = page(request, course, kind) | {
        "form": form,
        "uploads": MarkImport.objects.filter(course=course).defer("data").select_related("created_by")[:20],
    }
    return render(request, "gradebook/import_create.html", context, status=422 if form.errors else 200)


@login_required
def import_marks(request: HttpRequest, pk: int) -> HttpResponse:
    """The dry run of an uploaded table, and the decision."""
    upload = get_object_or_404(MarkImport.objects.select_related("course", "batch"), pk=pk)
    course = staff_course_or_404(request.user, upload.course.slug)
    if request.method == "POST" and upload.batch_id is None:
        choose_columns(
            upload,
            {name.removeprefix("column-"): value for name, value in request.POST.items() if name.startswith("column-")},
        )
        if "apply" in request.POST:
            try:
                apply_import(upload, actor=request.user, reason=request.POST.get("reason", "")[:200])
            except Refused as refused:
                messages.error(request, refusal(refused.code, refused.params))
            else:
                messages.success(
                    request, _("The table is imported. You find it in the history, where it can be taken back.")
                )
                return redirect("mark_history", slug=course.slug)
    plan = dry_run(upload)
    context = page(request, course, upload.examination) | {
        "upload": upload,
        "plan": plan,
        "problems": [{"line": p.line, "text": problem(p.code, p.params)} for p in plan.problems[:100]],
        "changes": [{"change": c, "component": component_name(c.component)} for c in plan.changes[:SHOWN_CHANGES]],
        "fields": components_of(current_scheme(course, upload.examination)),
    }
    return render(request, "gradebook/import_detail.html", context)


@login_required
def history(request: HttpRequest, slug: str) -> HttpResponse:
    """Every change of marks: who, when, why; and taking it back."""
    course = staff_course_or_404(request.user, slug)
    batches = Batch.objects.filter(course=course).select_related("actor", "undone_by", "undoes")
    batches = batches.annotate(n=Count("changes"))[:100]
    chosen = whole_number(request.GET.get("batch"))
    detail = []
    if chosen is not None:
        rows = MarkChange.objects.filter(batch__course=course, batch=chosen).select_related("enrolment__user")
        detail = [{"change": c, "component": component_name(c.component)} for c in rows]
    context = page(request, course) | {"batches": batches, "detail": detail, "chosen": chosen}
    return render(request, "gradebook/history_list.html", context)


@login_required
@require_POST
def undo_batch(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a batch of changes back."""
    batch = get_object_or_404(Batch.objects.select_related("course"), pk=pk)
    course = instructor_course_or_404(request.user, batch.course.slug)
    try:
        undo(batch, actor=request.user, reason=request.POST.get("reason", "")[:300])
        messages.success(request, _("The change is taken back."))
    except Refused as refused:
        messages.error(request, refusal(refused.code, refused.params))
    return redirect("mark_history", slug=course.slug)


@login_required
def export_marks(request: HttpRequest, slug: str, format: str) -> HttpResponse:
    """Download the marks for another tool."""
    course, kind = staff_course_or_404(request.user, slug), kind_of(request)
    if format not in {"csv", "xlsx", "moodle", "canvas"}:
        raise Http404
    found = export(course, format=format, examination=kind)
    response = HttpResponse(found.data, content_type=found.content_type)
    response["Content-Disposition"] = f'attachment; filename="{found.name}"'
    return response


@login_required
def print_list(request: HttpRequest, slug: str) -> HttpResponse:
    """Final marks on paper, by group."""
    course, kind = staff_course_or_404(request.user, slug), kind_of(request)
    groups: dict[str, list[tuple[Enrolment, object]]] = {}
    for enrolment, sheet in mark_sheets(course, examination=kind):
        groups.setdefault(enrolment.group, []).append((enrolment, sheet))
    context = page(request, course, kind) | {
        "groups": sorted(groups.items()),
        "kind_name": Kind(kind).label,
        "held_on": examination_of(course, kind).held_on,
        "now": timezone.now(),
    }
    return render(request, "gradebook/print_list.html", context)
