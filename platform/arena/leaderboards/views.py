"""The board, public or private, with the distribution of scores."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from arena.competitions.selectors import is_private_visible
from arena.competitions.views import competition_or_404, page_context
from arena.courses.models import Role
from arena.leaderboards.plots import histogram
from arena.leaderboards.selectors import baseline_score, board


@login_required
def show(request: HttpRequest, slug: str) -> HttpResponse:
    """`?board=private` for those who may see it; the rows alone when htmx asks."""
    competition = competition_or_404(request, slug)
    may_see_private = is_private_visible(request.user, competition, at=timezone.now())
    private = may_see_private and request.GET.get("board") == "private"
    standings = board(competition, private=private, reader=request.user)
    mine = next((s for s in standings if s.row.user_id == request.user.pk and not s.row.is_baseline), None)
    scores = [s.score for s in standings if s.rank is not None and s.score is not None]
    baselines = [s.score for s in standings if s.row.is_baseline and s.score is not None]
    context = page_context(request, competition) | {
        "standings": standings,
        "mine": mine,
        "private": private,
        "enrolment": competition.course.enrolments.filter(user=request.user, role=Role.STUDENT).first(),
        "may_see_private": may_see_private,
        "n_ranked": len(scores),
        "leader": scores[0] if scores else None,
        "baseline": baseline_score(competition) if may_see_private else None,
        "plot": histogram(
            scores, markers={"baseline": max(baselines, default=None), "you": mine.score if mine else None}
        ),
    }
    template = "leaderboards/_board.html" if request.htmx else "leaderboards/board_detail.html"
    return render(request, template, context)


@login_required
def standing(request: HttpRequest, slug: str) -> HttpResponse:
    """The reader's own public rank as a tile; `?submission=` says whose page it is on."""
    standings = board(competition_or_404(request, slug), private=False)
    mine = next((s for s in standings if s.row.user_id == request.user.pk and not s.row.is_baseline), None)
    context = {
        "mine": mine,
        "n_ranked": sum(s.rank is not None for s in standings),
        "counts": mine is not None and str(mine.row.best_id) == request.GET.get("submission"),
    }
    return render(request, "leaderboards/_standing.html", context)


@login_required
@require_POST
def pseudonym(request: HttpRequest, slug: str) -> HttpResponse:
    """The name that fellow students read on the course's boards; empty for one's own."""
    competition = competition_or_404(request, slug)
    name = " ".join(request.POST.get("pseudonym", "").split())[:30]
    taken = competition.course.enrolments.exclude(user=request.user).filter(
        Q(pseudonym__iexact=name) | Q(user__name__iexact=name)
    )
    if name and taken.exists():
        messages.error(request, _("Somebody in the course has this name; choose another."))
    else:
        enrolment = get_object_or_404(competition.course.enrolments, user=request.user)
        enrolment.pseudonym = name
        enrolment.save(update_fields=["pseudonym"])
        said = _("On boards fellow students read “%(name)s” now; the staff read your name.") % {"name": name}
        messages.success(request, said if name else _("On boards everybody in the course reads your name now."))
    return redirect("leaderboard", slug)
