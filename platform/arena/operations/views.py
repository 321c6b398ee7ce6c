"""The admin's desk: one page that renews itself, and the buttons on it."""

from __future__ import annotations

import math

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from arena.operations import desk, desk_services
from arena.operations.heartbeats import SWEEPER
from arena.operations.models import Heartbeat
from arena.submissions.models import Attempt, Worker

ON_WORKERS = {
    "drain": lambda row, actor: desk_services.drain(row, actor=actor),
    "undrain": lambda row, actor: desk_services.drain(row, actor=actor, is_draining=False),
}
ON_ATTEMPTS = {
    "requeue": lambda row, actor: desk_services.requeue(row, actor=actor),
    "hold": lambda row, actor: desk_services.hold(row, actor=actor),
    "release": lambda row, actor: desk_services.hold(row, actor=actor, is_held=False),
    "take-back": lambda row, actor: desk_services.take_back(row, actor=actor),
}


def _admin_or_404(request: HttpRequest) -> None:
    if not request.user.is_superuser:
        raise Http404


@login_required
def index(request: HttpRequest) -> HttpResponse:
    _admin_or_404(request)
    now = timezone.now()
    free = desk.room_mb()
    running = list(desk.running())
    for attempt in running:
        attempt.running_s = round((now - attempt.started_at).total_seconds())
    stuck = list(desk.stuck())
    for attempt in stuck:
        attempt.rests_s = max(0, math.ceil((attempt.not_before - now).total_seconds())) if attempt.not_before else 0
    context = {
        "lanes": desk.lane_states(at=now),
        "workers": desk.workers(at=now),
        "running": running,
        "stuck": stuck,
        "set_aside": desk.set_aside(),
        "columns": desk.throughput(at=now),
        "free_bytes": free * 2**20,
        "is_full": free < settings.ARENA_MIN_FREE_MB,
        "sweeper": Heartbeat.objects.filter(name=SWEEPER).first(),
        "now": now,
    }
    return render(request, "operations/_desk.html" if request.htmx else "operations/desk.html", context)


@login_required
@require_POST
def act(request: HttpRequest, kind: str, pk: int, act: str) -> HttpResponse:
    """One of `ON_WORKERS` or `ON_ATTEMPTS`."""
    _admin_or_404(request)
    model, acts = {"worker": (Worker, ON_WORKERS), "attempt": (Attempt, ON_ATTEMPTS)}.get(kind, (None, {}))
    if model is None or act not in acts:
        raise Http404
    row = get_object_or_404(model, pk=pk)
    try:
        acts[act](row, request.user)
    except desk_services.NotPossible:
        messages.error(request, _("This can't be done any more; the page shows what it is like now."))
    else:
        messages.success(request, _("Done."))
    return redirect("desk")
