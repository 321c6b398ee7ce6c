"""Presentations: slots to book, and the jury's form beside the code."""

from __future__ import annotations

from decimal import Decimal

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from arena.competitions.entrants import mates
from arena.courses.models import Course, Enrolment, Role
from arena.courses.selectors import courses_of, is_course_staff, students_of
from arena.gradebook.models import Attendance, LineComment, Presentation, Slot
from arena.gradebook.presentations import add_slots, book, cancel_booking, comment, judge
from arena.gradebook.selectors import current_scheme, mark_sheet_of, project_of
from arena.gradebook.services import Refused
from arena.gradebook.views.access import kind_of, page, staff_course_or_404
from arena.gradebook.wording import criterion_name, refusal
from arena.parameters import whole_number
from arena.submissions.models import Submission, Type
from grader.schemes import Criterion

MAX_SHOWN_BYTES = 200_000
STEP = Decimal("0.25")


class SlotsForm(forms.Form):
    starts_at = forms.DateTimeField(
        label=gettext_lazy("First one starts"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"})
    )
    count = forms.IntegerField(label=gettext_lazy("How many"), min_value=1, max_value=200, initial=12)
    minutes = forms.IntegerField(label=gettext_lazy("Minutes each"), min_value=1, max_value=240, initial=10)
    places = forms.IntegerField(label=gettext_lazy("Students in each"), min_value=1, max_value=100, initial=1)
    room = forms.CharField(label=gettext_lazy("Room"), max_length=60, required=False)


@login_required
def presentations(request: HttpRequest, slug: str) -> HttpResponse:
    """Staff add times and see who comes; students book one."""
    course, kind = get_object_or_404(courses_of(request.user).distinct(), slug=slug), kind_of(request)
    if is_course_staff(request.user, course):
        return _staff(request, course, kind)
    enrolment = get_object_or_404(Enrolment, course=course, user=request.user, role=Role.STUDENT)
    if request.method == "POST":
        try:
            if "cancel" in request.POST:
                cancel_booking(enrolment, examination=kind, actor=request.user)
                messages.success(request, _("Your booking is cancelled."))
            else:
                chosen = whole_number(request.POST.get("slot"))
                slot = get_object_or_404(Slot, course=course, examination=kind, pk=chosen)
                book(enrolment, slot=slot, at=timezone.now(), actor=request.user)
                messages.success(request, _("You have booked this time."))
        except Refused as refused:
            messages.error(request, refusal(refused.code, refused.params))
        return redirect(request.get_full_path())
    slots = Slot.objects.filter(course=course, examination=kind).prefetch_related("presentations")
    now = timezone.now()
    rows = [{"slot": s, "free": s.places - len(s.presentations.all()), "is_past": s.starts_at <= now} for s in slots]
    mine = Presentation.objects.filter(enrolment=enrolment, examination=kind).select_related("slot").first()
    context = {"course": course, "kind": kind, "rows": rows, "mine": mine}
    return render(request, "gradebook/presentation_book.html", context)


def _staff(request: HttpRequest, course: Course, kind: str) -> HttpResponse:
    form = SlotsForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        add_slots(course, actor=request.user, examination=kind, **form.cleaned_data)
        messages.success(request, _("The times are added. Students can book them now."))
        return redirect(request.get_full_path())
    slots = Slot.objects.filter(course=course, examination=kind).prefetch_related("presentations__enrolment__user")
    held = {
        p.enrolment_id: p
        for p in Presentation.objects.filter(enrolment__course=course, examination=kind).select_related("slot")
    }
    people = [{"enrolment": e, "presentation": held.get(e.pk)} for e in students_of(course)]
    context = page(request, course, kind) | {"form": form, "slots": slots, "people": people}
    return render(request, "gradebook/presentation_list.html", context, status=422 if form.errors else 200)


def _code_of(enrolment: Enrolment, kind: str) -> tuple[Submission | None, list[dict[str, object]]]:
    """The newest code of a student's project, by file and line."""
    project = project_of(enrolment.course, kind)
    if project is None:
        return None, []
    entrant = mates(enrolment.user_id, project)
    rows = Submission.entries.filter(competition=project, user__in=entrant, type=Type.CODE)
    submission = rows.order_by("-submitted_at").first()
    if submission is None:
        return None, []
    commented: dict[tuple[str, int], list[LineComment]] = {}
    for one in submission.line_comments.select_related("author"):
        commented.setdefault((one.file, one.line), []).append(one)
    files = []
    for stored in submission.files.all():
        found: dict[str, object] = {"name": stored.name, "role": stored.role, "lines": []}
        if stored.role == "source":
            with stored.file.open("rb") as file:
                text = file.read(MAX_SHOWN_BYTES).decode("utf-8", errors="replace")
            found["lines"] = [
                {"number": n, "text": line, "comments": commented.get((stored.name, n), [])}
                for n, line in enumerate(text.splitlines(), start=1)
            ]
        files.append(found)
    return submission, files


@login_required
def presentation(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """The jury's form for one student, beside the code."""
    course, kind = staff_course_or_404(request.user, slug), kind_of(request)
    enrolment = get_object_or_404(
        Enrolment.objects.select_related("user", "course"), course=course, pk=pk, role=Role.STUDENT
    )
    submission, files = _code_of(enrolment, kind)
    scheme = current_scheme(course, kind)
    if request.method == "POST":
        try:
            if "comment" in request.POST:
                _comment(request, submission, files)
            else:
                _judge(request, enrolment, scheme.rubric, kind)
        except Refused as refused:
            messages.error(request, refusal(refused.code, refused.params))
        return redirect(request.get_full_path())
    held = (
        Presentation.objects.filter(enrolment=enrolment, examination=kind).select_related("slot", "judged_by").first()
    )
    given = held.deductions if held else {}
    context = page(request, course, kind) | {
        "enrolment": enrolment,
        "presentation": held,
        "submission": submission,
        "files": files,
        "criteria": [
            {
                "name": criterion_name(c.name),
                "points": c.points,
                "options": _options(c),
                "given": Decimal(given.get(c.name, "0")),
            }
            for c in scheme.rubric
        ],
        "attendances": [c for c in Attendance.choices if c[0] != Attendance.BOOKED],
        "sheet": mark_sheet_of(enrolment, examination=kind),
    }
    return render(request, "gradebook/presentation_judge.html", context)


def _options(criterion: Criterion) -> list[Decimal]:
    """Deductions in quarter points, up to the criterion's."""
    steps = int(criterion.points / STEP)
    options = [STEP * i for i in range(steps + 1)]
    return options if options[-1] == criterion.points else [*options, criterion.points]


def _judge(request: HttpRequest, enrolment: Enrolment, rubric: tuple[Criterion, ...], kind: str) -> None:
    attendance = request.POST.get("attendance", "")
    if attendance not in {Attendance.PRESENTED, Attendance.ABSENT}:
        raise Http404
    deductions = {}
    for number, criterion in enumerate(rubric):
        field = forms.DecimalField(min_value=0, max_digits=5, decimal_places=2, required=False)
        try:
            deductions[criterion.name] = field.clean(request.POST.get(f"criterion-{number}", "")) or Decimal(0)
        except forms.ValidationError as error:
            raise Refused("criterion", {"criterion": criterion.name, "points": criterion.points}) from error
    judge(
        enrolment,
        attendance=attendance,
        deductions=deductions,
        note=request.POST.get("note", "")[:2000],
        actor=request.user,
        examination=kind,
    )
    messages.success(request, _("The jury's decision is saved."))


def _comment(request: HttpRequest, submission: Submission | None, files: list[dict[str, object]]) -> None:
    file, line, text = (request.POST.get(name, "") for name in ("file", "line", "text"))
    lines = next((found["lines"] for found in files if found["name"] == file), [])
    number = whole_number(line)
    if submission is None or not text.strip() or number is None or not 1 <= number <= len(lines):
        raise Refused("no_message")
    comment(submission, file=file, line=number, text=text.strip()[:1000], author=request.user)
    messages.success(request, _("The comment is saved."))
