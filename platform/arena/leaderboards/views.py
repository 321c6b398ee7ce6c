"""The board, public or private, with the distribution of scores."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from arena.accounts.idempotency import once
from arena.competitions.entrants import mates
from arena.competitions.models import Competition
from arena.competitions.selectors import is_frozen_for, is_private_visible
from arena.competitions.services import reveal as reveal_private_board
from arena.competitions.views import competition_or_404, page_context
from arena.courses.board_names import NameTaken, choose_pseudonym
from arena.courses.models import Role
from arena.courses.selectors import is_course_staff, is_instructor
from arena.leaderboards import reproducing
from arena.leaderboards.paging import shown
from arena.leaderboards.plots import histogram
from arena.leaderboards.selectors import View, baseline_score, view_for, waits_for_regrade
from arena.leaderboards.shown import shown_board, standings_of
from arena.leaderboards.versions import BoardVersion
from arena.parameters import whole_number
from arena.submissions.refusals import explain_attempt
from arena.submissions.shown_scores import SubmissionScores


@login_required
def show(request: HttpRequest, slug: str) -> HttpResponse:
    """`?board=private` for those who may see it, `q` searches, `page` turns; the rows alone when htmx asks."""
    competition = competition_or_404(request, slug)
    now = timezone.now()
    may_see_private = is_private_visible(request.user, competition, at=now)
    view = view_for(request.user, competition, private=request.GET.get("board") == "private", at=now)
    private = view == View.PRIVATE
    asker = BoardVersion(competition, reader=request.user, view=view, at=now)
    if _has_seen(request, asker.known()):
        return HttpResponse(status=204)
    standings = standings_of(competition, reader=request.user, view=view)
    version = asker.of(standings)
    if _has_seen(request, version):
        return HttpResponse(status=204)
    mine = next((s for s in standings if s.is_of(request.user)), None)
    scores = [s.score for s in standings if s.rank is not None and s.score is not None]
    baselines = [s.score for s in standings if s.is_baseline and s.score is not None]
    asked = {"board": "private" if private else "public", "q": request.GET.get("q", "")}
    part = shown(standings, wanted=asked["q"], number=request.GET.get("page", "1"), mine=mine)
    is_checked = competition.must_reproduce and is_course_staff(request.user, competition.course)
    checks = reproducing.of_rows(competition) if is_checked else {}
    context = page_context(request, competition) | {
        "shown": part,
        "is_checked": is_checked,
        "rows": [(standing, checks.get(standing.key)) for standing in part.page],
        "mine": mine,
        "private": private,
        "query": urlencode(asked),
        "poll": f"{request.path}?{urlencode(asked | {'page': part.page.number, 'seen': version})}",
        "is_frozen": is_frozen_for(request.user, competition, at=now),
        "may_reveal": not competition.is_private_board_shown and now > competition.closes_at,
        "enrolment": competition.course.enrolments.filter(user=request.user, role=Role.STUDENT).first(),
        "may_see_private": may_see_private,
        "n_ranked": len(scores),
        "waits_for_regrade": waits_for_regrade(competition),
        "leader": scores[0] if scores else None,
        "baseline": baseline_score(competition) if may_see_private else None,
        "plot": histogram(
            scores, markers={"baseline": max(baselines, default=None), "you": mine.score if mine else None}
        ),
    }
    template = "leaderboards/_board.html" if request.htmx else "leaderboards/board_detail.html"
    return render(request, template, context)


def _has_seen(request: HttpRequest, version: str | None) -> bool:
    """Whether an open page that asks for news has this version already."""
    return bool(version and request.htmx and request.GET.get("seen") == version)


@login_required
def standing(request: HttpRequest, slug: str) -> HttpResponse:
    """The reader's own public rank as a tile; `?submission=` says whose page it is on."""
    competition = competition_or_404(request, slug)
    now = timezone.now()
    standings = shown_board(competition, reader=request.user, at=now)
    mine = next((s for s in standings if s.is_of(request.user)), None)
    context = {
        "mine": mine,
        "n_ranked": sum(s.rank is not None for s in standings),
        # compared as both are shown: which of two equal ones is better by less than that, nobody is told
        "counts": mine is not None and mine.rank is not None and mine.score == _score_asked(request, competition),
    }
    return render(request, "leaderboards/_standing.html", context)


def _score_asked(request: HttpRequest, competition: Competition) -> float | None:
    """The score of the reader's own submission that `?submission=` names, as it is shown to them."""
    number = whole_number(request.GET.get("submission"))
    own = competition.submissions.filter(user__in=mates(request.user.pk, competition), pk=number)
    mine = own.select_related("release").first()
    return SubmissionScores(competition, request.user).of(mine) if mine else None


@login_required
@once
def reproductions(request: HttpRequest, slug: str) -> HttpResponse:
    """What became of final predictions when their code ran; instructors start the check."""
    competition = competition_or_404(request, slug)
    context = page_context(request, competition)
    if not context["is_staff"] or not competition.must_reproduce:
        raise Http404
    now = timezone.now()
    if request.method == "POST":
        if not context["is_instructor"]:
            raise Http404
        try:
            n = reproducing.start(competition, at=now, actor=request.user, runs=_runs(request))
        except reproducing.NotNow as error:
            messages.error(request, str(error))
        else:
            said = ngettext("%(n)d check started.", "%(n)d checks started.", n) % {"n": n}
            messages.success(request, said)
        return redirect("reproductions", slug)
    checks = reproducing.newest(competition).values()
    rows = sorted(((c.best, c) for c in checks), key=lambda pair: (pair[0].verdict, pair[0].submission.user.name))
    context |= {
        "rows": [(best, check, explain_attempt(best.attempt) if best.attempt else "") for best, check in rows],
        "n_waiting": sum(run.verdict == "waiting" for _best, check in rows for run in check.runs),
        "most_runs": reproducing.MOST_RUNS,
        "is_over": now > competition.closes_at,
    }
    return render(request, "leaderboards/reproduction_list.html", context)


def _runs(request: HttpRequest) -> int:
    return whole_number(request.POST.get("runs") or "1") or 0


@login_required
@require_POST
@once
def reveal(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the private board to students."""
    competition = competition_or_404(request, slug)
    if not is_instructor(request.user, competition.course):
        raise Http404
    if reveal_private_board(competition, at=timezone.now(), actor=request.user):
        messages.success(request, _("Students see the private board now."))
    else:
        messages.error(request, _("It is shown already, or the deadline has not passed."))
    return redirect(f"{reverse('leaderboard', args=[slug])}?board=private")


@login_required
@require_POST
def pseudonym(request: HttpRequest, slug: str) -> HttpResponse:
    """The name that fellow students read on the course's boards; empty for one's own."""
    competition = competition_or_404(request, slug)
    enrolment = get_object_or_404(competition.course.enrolments, user=request.user)
    try:
        name = choose_pseudonym(enrolment, request.POST.get("pseudonym", ""))
    except NameTaken:
        messages.error(request, _("Somebody in the course has this name or one that looks like it; choose another."))
    else:
        said = _("On boards fellow students read “%(name)s” now; the staff read your name.") % {"name": name}
        messages.success(request, said if name else _("On boards everybody in the course reads your name now."))
    return redirect("leaderboard", slug)
