"""The first page."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from arena.courses.selectors import can_create_courses
from arena.dashboard.selectors import activity, sections


@login_required
def home(request: HttpRequest) -> HttpResponse:
    """The person's courses with their competitions, and what is being judged; the latter alone when htmx asks."""
    context: dict[str, object] = {"activity": activity(request.user)}
    if request.htmx:
        return render(request, "dashboard/_activity.html", context)
    context |= {"sections": sections(request.user), "can_create_courses": can_create_courses(request.user)}
    return render(request, "dashboard/home.html", context)
