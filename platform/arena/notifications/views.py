"""A person's notifications."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone


@login_required
def index(request: HttpRequest) -> HttpResponse:
    """The newest hundred; looking at them marks them as read."""
    rows = list(request.user.notifications.all()[:100])
    request.user.notifications.filter(read_at__isnull=True).update(read_at=timezone.now())
    return render(request, "notifications/notification_list.html", {"notifications": rows})
