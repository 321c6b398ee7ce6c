"""Whose band is a coin toss: the private board under resampling of its rows, for the staff and, if they choose, students."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from arena.competitions.selectors import closes_for, is_frozen_for, is_private_visible
from arena.competitions.views import competition_or_404, page_context
from arena.gradebook.selectors import current_scheme
from arena.leaderboards.certainty import certainties
from arena.leaderboards.selectors import board
from arena.leaderboards.shown import shown_board
from grader.project_marks import band_edges, band_of, places_to_next_band

UNSURE = 0.9


@login_required
def certainty(request: HttpRequest, slug: str) -> HttpResponse:
    """Tied groups and the chance of each one's band; `?unsure` shows only those whose band is likely by less than 90%."""
    competition = competition_or_404(request, slug)
    context = page_context(request, competition)
    is_shown = competition.is_certainty_shown and is_private_visible(request.user, competition, at=timezone.now())
    if not context["is_staff"] and not is_shown:
        raise Http404
    scheme = current_scheme(competition.course)
    n_ranked = sum(s.rank is not None for s in board(competition, private=True))
    rows = []
    for found in certainties(competition, edges=band_edges(n_ranked=n_ranked, scheme=scheme), reader=request.user):
        mark = band_of(found.standing.rank or 1, n_ranked=n_ranked, scheme=scheme).mark
        others = [
            {"mark": band.mark, "percent": 100 * chance}
            for band, chance in zip(scheme.bands, found.odds.probabilities, strict=True)
            if chance >= 0.01 and band.mark != mark
        ]
        rows.append({"found": found, "mark": mark, "percent": 100 * found.odds.probability, "others": others})
    unsure = [row for row in rows if row["found"].odds.probability < UNSURE]
    context |= {
        "rows": unsure if "unsure" in request.GET else rows,
        "n_rows": len(rows),
        "n_unsure": len(unsure),
        "is_filtered": "unsure" in request.GET,
    }
    return render(request, "gradebook/certainty.html", context)


@login_required
def next_band(request: HttpRequest, slug: str) -> HttpResponse:
    """What the public board asks for a better band just now, as a part of the reader's own page; empty where nobody knows.

    Of the project only, while something is still taken from the reader, and not of a frozen board: that one says nothing of
    now.
    """
    competition = competition_or_404(request, slug)
    now = timezone.now()
    context: dict[str, object] = {"competition": competition}
    is_open = competition.opens_at <= now <= closes_for(request.user, competition)
    if competition.is_project and is_open and not is_frozen_for(request.user, competition, at=now):
        ranked = [s for s in shown_board(competition, reader=request.user, at=now) if s.rank is not None]
        mine = next((s for s in ranked if s.is_of(request.user)), None)
        if mine is not None and mine.rank is not None:
            scheme = current_scheme(competition.course)
            places = places_to_next_band(mine.rank, n_ranked=len(ranked), scheme=scheme)
            context |= {"mine": mine, "band": band_of(mine.rank, n_ranked=len(ranked), scheme=scheme)}
            if places is not None:
                edge = mine.rank - places
                above = max((s for s in ranked if s.rank <= edge), key=lambda s: s.rank)
                better = band_of(edge, n_ranked=len(ranked), scheme=scheme)
                context |= {"places": places, "edge": above.score, "better": better}
    return render(request, "gradebook/_next_band.html", context)
