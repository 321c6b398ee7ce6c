"""The first page, a person's notifications, and the health check."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from arena.courses.selectors import courses_of, is_course_staff


@login_required
def home(request: HttpRequest) -> HttpResponse:
    """The person's courses with their competitions."""
    courses = [
        {"course": course, "is_staff": is_course_staff(request.user, course), "competitions": course.competitions.all()}
        for course in courses_of(request.user).prefetch_related("competitions")
    ]
    return render(request, "courses/course_list.html", {"courses": courses, "now": timezone.now()})


@login_required
def notifications(request: HttpRequest) -> HttpResponse:
    rows = list(request.user.notifications.all()[:100])
    request.user.notifications.filter(read_at__isnull=True).update(read_at=timezone.now())
    return render(request, "notifications/notification_list.html", {"notifications": rows})


def health(request: HttpRequest) -> HttpResponse:
    """200 while the database answers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok", content_type="text/plain")
