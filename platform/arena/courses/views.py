"""Who is in a course: its roster, imported with a dry run, and its staff."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from arena.accounts.idempotency import once
from arena.accounts.invitations import invite
from arena.audit.services import record as audit
from arena.courses.models import STAFF_ROLES, Course, Enrolment, Role, RosterImport
from arena.courses.rosters import RosterPlan, RosterRefused, apply_roster, keep_roster, plan_roster, undo_roster
from arena.courses.selectors import courses_of, is_course_staff, is_instructor, students_of, without_password
from arena.courses.staff import StaffRefused, add_staff, change_role, remove_staff
from arena.courses.wording import FIELDS, sentence
from grader.spreadsheet import UnreadableFile


class RosterForm(forms.Form):
    roster = forms.FileField(
        label=gettext_lazy("Roster"),
        help_text=gettext_lazy(
            "A .csv or .xlsx with names and e-mail addresses, also the participants of Moodle or Canvas."
        ),
    )


def _course(request: HttpRequest, slug: str, *, to_change: bool = False) -> Course:
    course = get_object_or_404(courses_of(request.user).distinct(), slug=slug)
    if not (is_instructor if to_change else is_course_staff)(request.user, course):
        raise Http404
    return course


def _page(request: HttpRequest, course: Course) -> dict[str, object]:
    return {"course": course, "is_staff": True, "is_instructor": is_instructor(request.user, course), "query": ""}


@login_required
@once
def roster(request: HttpRequest, slug: str) -> HttpResponse:
    """Who is enrolled, and the form to import a list."""
    course = _course(request, slug, to_change=request.method == "POST")
    form = RosterForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["roster"]
        upload = keep_roster(course, name=file.name, data=file.read(), actor=request.user)
        try:
            plan_roster(upload)
        except UnreadableFile:
            upload.delete()
            form.add_error("roster", _("This roster can't be read. Save it as .xlsx or as “CSV UTF-8”."))
        else:
            return redirect("roster_import", pk=upload.pk)
    context = _page(request, course) | {
        "form": form,
        "students": students_of(course),
        "n_without_password": len(without_password(course)),
        "uploads": course.roster_imports.defer("data").select_related("created_by")[:20],
    }
    return render(request, "courses/roster_list.html", context, status=422 if form.errors else 200)


@login_required
@once
def roster_import(request: HttpRequest, pk: int) -> HttpResponse:
    """What a roster would change; applying it and taking it back."""
    upload = get_object_or_404(RosterImport.objects.select_related("course"), pk=pk)
    course = _course(request, upload.course.slug, to_change=request.method == "POST")
    if request.method == "POST":
        try:
            if "undo" in request.POST:
                undo_roster(upload, actor=request.user)
                messages.success(request, _("The roster is taken back."))
            else:
                apply_roster(upload, actor=request.user)
                messages.success(request, _("The roster is applied."))
        except RosterRefused as refused:
            messages.error(request, sentence(refused.code, refused.params))
        return redirect("roster_import", pk=pk)
    plan = RosterPlan() if upload.applied_at else plan_roster(upload)
    context = _page(request, course) | {
        "upload": upload,
        "plan": plan,
        "problems": [{"line": p.line, "text": sentence(p.code, p.params)} for p in plan.problems[:100]],
        "changes": [{"change": c, "field": FIELDS[c.name]} for c in plan.changes],
    }
    return render(request, "courses/roster_detail.html", context)


@login_required
@require_POST
@once
def send_invitations(request: HttpRequest, slug: str) -> HttpResponse:
    """A link to choose a password for each student who never had one."""
    course = _course(request, slug, to_change=True)
    waiting = without_password(course)
    try:
        n = invite([enrolment.user for enrolment in waiting], request=request)
    except OSError as error:
        messages.error(request, _("The mail server failed: %(why)s. Nobody is lost; try again.") % {"why": error})
    else:
        audit("course.invited", course, actor=request.user, n=n)
        said = ngettext("%(n)d invitation is sent.", "%(n)d invitations are sent.", n) % {"n": n}
        messages.success(request, said)
    return redirect("roster", slug=slug)


class StaffForm(forms.Form):
    """Somebody who teaches."""

    email = forms.EmailField(label=gettext_lazy("E-mail"), max_length=150)
    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=150,
        required=False,
        help_text=gettext_lazy("Only for somebody without an account; one is made, and invited by e-mail."),
    )
    role = forms.ChoiceField(
        label=gettext_lazy("Role"),
        choices=[(role, role.label) for role in STAFF_ROLES],
        initial=Role.ASSISTANT,
        help_text=gettext_lazy(
            "Assistants enter marks and answers. Instructors also decide: scheme, publishing, roster, staff."
        ),
    )


@login_required
@require_POST
def add_to_staff(request: HttpRequest, slug: str) -> HttpResponse:
    """Add an instructor or an assistant, and invite who has no password yet."""
    course = _course(request, slug, to_change=True)
    form = StaffForm(request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
        return redirect("edit_course", slug=slug)
    try:
        made = add_staff(course, actor=request.user, **form.cleaned_data)
    except StaffRefused as refused:
        messages.error(request, sentence(refused.code, refused.params))
        return redirect("edit_course", slug=slug)
    messages.success(request, _("%(name)s teaches this course now.") % {"name": made.user.name})
    if not made.user.has_usable_password():
        try:
            invite([made.user], request=request)
        except OSError as error:
            messages.warning(request, _("The mail server failed: %(why)s. Nobody is lost; try again.") % {"why": error})
    return redirect("edit_course", slug=slug)


@login_required
@require_POST
def change_staff(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Give somebody another role, or remove them."""
    course = _course(request, slug, to_change=True)
    enrolment = get_object_or_404(Enrolment, course=course, pk=pk, role__in=STAFF_ROLES)
    try:
        if "remove" in request.POST:
            remove_staff(enrolment, actor=request.user)
        else:
            change_role(enrolment, role=request.POST.get("role", ""), actor=request.user)
        messages.success(request, _("Saved."))
    except StaffRefused as refused:
        messages.error(request, sentence(refused.code, refused.params))
    # who has removed himself sees the course no more
    is_still_mine = is_instructor(request.user, course)
    return redirect("edit_course", slug=slug) if is_still_mine else redirect("home")
