"""Start a check, read its pairs, look at one side by side, reveal the names, open a case, export."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from arena.competitions.models import Competition
from arena.competitions.views import competition_or_404, page_context
from arena.integrity.cases import open_case
from arena.integrity.findings import finding_texts
from arena.integrity.models import Decision, SimilarPair
from arena.integrity.selectors import archives_for, changed_names, clusters, exported, side_by_side
from arena.integrity.services import decide, reveal, start


def staff_context(request: HttpRequest, competition: Competition) -> dict[str, object]:
    context = page_context(request, competition)
    if not context["is_staff"]:
        raise Http404
    return context


@login_required
def index(request: HttpRequest, slug: str) -> HttpResponse:
    competition = competition_or_404(request, slug)
    context = staff_context(request, competition)
    archives = archives_for(request.user, competition)
    if request.method == "POST":
        chosen = archives.filter(pk__in=[pk for pk in request.POST.getlist("archive") if pk.isdigit()])
        start(competition, actor=request.user, archives=list(chosen))
        return redirect("plagiarism", slug=slug)
    run = competition.plagiarism_runs.select_related("started_by").first()
    pairs = list(run.pairs.select_related("a__user", "b__user")) if run else []
    context |= {
        "run": run,
        "pairs": pairs,
        "n_flagged": sum(pair.similarity >= 0.5 for pair in pairs),
        "clusters": clusters(pairs),
        "findings": finding_texts(run.skipped) if run else [],
        "archives": archives,
        "n_cases": competition.cases.count(),
    }
    template = "integrity/_run.html" if request.htmx else "integrity/run_detail.html"
    return render(request, template, context)


def _pair_or_404(pk: int) -> SimilarPair:
    return get_object_or_404(
        SimilarPair.objects.select_related("run__competition__course", "a__user", "b__user", "revealed_by"), pk=pk
    )


@login_required
def pair(request: HttpRequest, pk: int) -> HttpResponse:
    found = _pair_or_404(pk)
    context = staff_context(request, found.run.competition)
    if request.method == "POST" and request.POST.get("decision") in Decision.values:
        decide(found, decision=request.POST["decision"], note=request.POST.get("note", ""), actor=request.user)
        messages.success(request, _("The decision is recorded."))
        return redirect("plagiarism_pair", pk=pk)
    if request.method == "POST" and request.POST.get("action") in {"reveal", "open_case"}:
        reveal(found, actor=request.user)
        if request.POST["action"] == "open_case":
            case = open_case(found, actor=request.user)
            messages.success(request, _("The case is open; its students are told and their marks are withheld."))
            return redirect("case", pk=case.pk)
        return redirect("plagiarism_pair", pk=pk)
    sides = side_by_side(found)
    context |= {
        "pair": found,
        "sides": sides,
        "renames": changed_names(found),
        "spans": found.spans,
        "decisions": Decision.choices,
    }
    return render(request, "integrity/pair_detail.html", context)


@login_required
def export(request: HttpRequest, pk: int) -> HttpResponse:
    """The pair as one self-contained HTML file, without names."""
    found = _pair_or_404(pk)
    staff_context(request, found.run.competition)
    response = HttpResponse(exported(found), content_type="text/html; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="pair-{found.pk}.html"'
    return response
