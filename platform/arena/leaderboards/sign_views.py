"""Signs of probing and impossible scores, for the course's staff."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from arena.competitions.views import competition_or_404, page_context
from arena.leaderboards.sign_wording import explain, title
from arena.leaderboards.signs import look

BUDGET_S = 3.0
MOST_LINKS = 10


@login_required
def signs(request: HttpRequest, slug: str) -> HttpResponse:
    """The list, or the part of it that htmx asks for while not everybody was looked at."""
    competition = competition_or_404(request, slug)
    context = page_context(request, competition)
    if not context["is_staff"]:
        raise Http404
    found = look(competition, budget_s=BUDGET_S)
    context |= {
        "found": found,
        "suspects": [
            (
                suspect.row,
                [
                    (title(sign), explain(sign), sign.keys[-MOST_LINKS:], max(0, len(sign.keys) - MOST_LINKS))
                    for sign in suspect.signs
                ],
            )
            for suspect in found.suspects
        ],
        "is_complete": found.n_read == found.n_all,
    }
    template = "leaderboards/_signs.html" if request.htmx else "leaderboards/sign_list.html"
    return render(request, template, context)
