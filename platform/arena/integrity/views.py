"""Start a check, read its pairs, look at one side by side and decide."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from arena.competitions.models import Competition
from arena.competitions.views import competition_or_404, page_context
from arena.integrity.models import Decision, SimilarPair
from arena.integrity.selectors import side_by_side
from arena.integrity.services import decide, start


def _staff_context(request: HttpRequest, competition: Competition) -> dict[str, object]:
    context = page_context(request, competition)
    if not context["is_staff"]:
        raise Http404
    return context


@login_required
def index(request: HttpRequest, slug: str) -> HttpResponse:
    competition = competition_or_404(request, slug)
    context = _staff_context(request, competition)
    if request.method == "POST":
        start(competition, actor=request.user)
        return redirect("plagiarism", slug=slug)
    run = competition.plagiarism_runs.first()
    context["run"] = run
    context["pairs"] = run.pairs.select_related("a__user", "b__user") if run else []
    template = "integrity/_run.html" if request.htmx else "integrity/run_detail.html"
    return render(request, template, context)


@login_required
def pair(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(
        SimilarPair.objects.select_related("run__competition__course", "a__user", "b__user", "decided_by"), pk=pk
    )
    context = _staff_context(request, found.run.competition)
    if request.method == "POST" and request.POST.get("decision") in Decision.values:
        decide(found, decision=request.POST["decision"], note=request.POST.get("note", ""), actor=request.user)
        messages.success(request, _("The decision is recorded."))
        return redirect("plagiarism_pair", pk=pk)
    context |= {"pair": found, "files": side_by_side(found), "decisions": Decision.choices}
    return render(request, "integrity/pair_detail.html", context)
