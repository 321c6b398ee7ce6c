"""A new course, and the page of one that runs: what is still to do, its settings, its staff."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from arena.authoring.term_forms import CourseForm, NewCourseForm
from arena.authoring.terms import change_course, create_course, steps
from arena.competitions.datasets import InvalidDataset
from arena.courses.models import Course, Role
from arena.courses.selectors import can_create_courses, courses_of
from arena.courses.staff import staff_of
from arena.courses.views import StaffForm
from arena.gradebook.views.access import instructor_course_or_404, page
from arena.submissions.intake import Refused
from arena.submissions.refusals import explain


@login_required
def new_course(request: HttpRequest) -> HttpResponse:
    """For admins, and people whom an admin has marked."""
    if not can_create_courses(request.user):
        raise PermissionDenied
    sources = courses_of(request.user)
    if not request.user.is_superuser:
        sources = sources.filter(enrolments__role=Role.INSTRUCTOR)
    newest = sources.first()
    initial = {"source": newest, "title": newest.title, "language": newest.language} if newest else {}
    form = NewCourseForm(request.POST or None, sources=sources, initial=initial)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            course, copied = create_course(
                title=given["title"],
                term=given["term"],
                slug=given["slug"],
                language=given["language"],
                days=form.days(),
                preset=given["preset"],
                source=given.get("source"),
                weeks=given.get("weeks") or 0,
                actor=request.user,
            )
        except Refused as refusal:
            form.add_error("source", explain(refusal))
        except InvalidDataset as error:
            form.add_error("source", str(error))
        else:
            messages.success(request, _("The course is made, and you are its instructor."))
            if copied.without_data:
                text = _("These competitions have no data and were not taken over: %(titles)s")
                messages.warning(request, text % {"titles": ", ".join(copied.without_data)})
            return redirect("edit_course", slug=course.slug)
    context = {"form": form, "zone": settings.TIME_ZONE}
    return render(request, "authoring/course_create.html", context, status=422 if form.errors else 200)


@login_required
def edit_course(request: HttpRequest, slug: str) -> HttpResponse:
    """What is still to do until the marks, the course's settings, and who teaches it."""
    course = instructor_course_or_404(request.user, slug)
    form = CourseForm(request.POST or None, instance=course)
    if request.method == "POST" and form.is_valid():
        changed = [name for name in form.changed_data if name in CourseForm.Meta.fields]
        change_course(course, days=form.days(), changed=changed, actor=request.user)
        messages.success(request, _("Saved."))
        return redirect("edit_course", slug=slug)
    # a refused form must not change what the page's head says
    shown = course if not form.errors else Course.objects.get(pk=course.pk)
    context = page(request, shown) | {
        "form": form,
        "steps": steps(shown),
        "staff": staff_of(shown),
        "staff_form": StaffForm(),
        "roles": StaffForm().fields["role"].choices,
        "zone": settings.TIME_ZONE,
    }
    return render(request, "authoring/course_edit.html", context, status=422 if form.errors else 200)
