"""A competition's page and its public files."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.safestring import mark_safe

from arena.competitions.models import Competition
from arena.competitions.rendering import render_markdown
from arena.competitions.selectors import localised, visible_competitions
from arena.courses.selectors import is_course_staff
from grader.metrics import get_metric


def competition_or_404(request: HttpRequest, slug: str) -> Competition:
    """A competition of the person's courses; anybody else's does not exist."""
    return get_object_or_404(visible_competitions(request.user), slug=slug)


def page_context(request: HttpRequest, competition: Competition) -> dict[str, object]:
    """What the header of every page of a competition shows."""
    now = timezone.now()
    return {
        "competition": competition,
        "title": localised(competition, "title"),
        "summary": localised(competition, "summary"),
        "is_staff": is_course_staff(request.user, competition.course),
        "is_higher_better": get_metric(competition.metric).direction == "higher",
        "state": "soon" if competition.opens_at > now else "closed" if competition.deadline < now else "open",
        "now": now,
    }


@login_required
def detail(request: HttpRequest, slug: str) -> HttpResponse:
    competition = competition_or_404(request, slug)
    description = mark_safe(render_markdown(localised(competition, "description")))  # noqa: S308 - cleaned by nh3
    context = page_context(request, competition) | {"description": description, "files": competition.files.all()}
    return render(request, "competitions/competition_detail.html", context)


@login_required
def download(request: HttpRequest, slug: str, name: str) -> FileResponse:
    public = get_object_or_404(competition_or_404(request, slug).files, name=name)
    return FileResponse(public.file.open("rb"), as_attachment=True, filename=public.name)
