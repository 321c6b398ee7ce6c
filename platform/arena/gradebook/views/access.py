"""Who may open the pages of a course's marks, and what all of them show."""

from __future__ import annotations

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from arena.accounts.models import User
from arena.courses.models import Course
from arena.courses.selectors import courses_of, is_course_staff, is_instructor
from arena.gradebook.models import Kind


def staff_course_or_404(user: User, slug: str) -> Course:
    course = get_object_or_404(courses_of(user).distinct(), slug=slug)
    if not is_course_staff(user, course):
        raise Http404
    return course


def instructor_course_or_404(user: User, slug: str) -> Course:
    course = get_object_or_404(courses_of(user).distinct(), slug=slug)
    if not is_instructor(user, course):
        raise Http404
    return course


def kind_of(request: HttpRequest) -> str:
    """The examination that the address names; the first one by default."""
    kind = request.GET.get("examination", Kind.FIRST)
    return kind if kind in Kind.values else Kind.FIRST


def page(request: HttpRequest, course: Course, kind: str = Kind.FIRST) -> dict[str, object]:
    """What the header and the tabs need."""
    return {
        "course": course,
        "is_staff": True,
        "is_instructor": is_instructor(request.user, course),
        "kind": kind,
        "kinds": Kind.choices,
        "query": "" if kind == Kind.FIRST else f"?examination={kind}",
    }
