"""Start a check, look over its pairs and groups, read one side by side, reveal the names, open a case, export."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from arena.accounts.idempotency import once
from arena.competitions.models import Competition
from arena.competitions.views import competition_or_404, page_context
from arena.integrity import exporting
from arena.integrity.cases import open_case
from arena.integrity.findings import finding_texts
from arena.integrity.groups import groups
from arena.integrity.known_code import library
from arena.integrity.models import CollectionKind, Decision, PlagiarismRun, RunStatus, SimilarPair
from arena.integrity.overview import FLAG, neighbours, overview, pairs_of, settings_of
from arena.integrity.selectors import archives_for, changed_names, side_by_side
from arena.integrity.services import decide, reveal, start
from arena.integrity.timelines import timeline
from arena.parameters import decimal_number, whole_number, whole_numbers

MOST_RUNS = 20


def staff_context(request: HttpRequest, competition: Competition) -> dict[str, object]:
    context = page_context(request, competition)
    if not context["is_staff"]:
        raise Http404
    return context


def _number(text: str | None) -> float:
    """A threshold of the address; the flag if it is none."""
    number = decimal_number(text)
    return FLAG if number is None else number


@login_required
@once
def index(request: HttpRequest, slug: str) -> HttpResponse:
    """The newest run, or the one of `run`, at the threshold `at`."""
    competition = competition_or_404(request, slug)
    context = staff_context(request, competition)
    archives, known = archives_for(request.user, competition), library(competition.course)
    if request.method == "POST":
        if request.POST.get("action") == "open_group":
            return _open_group(request, competition)
        chosen = [archives.filter(pk__in=_numbers(request, "archive")), known.filter(pk__in=_numbers(request, "known"))]
        start(competition, actor=request.user, archives=list(chosen[0]), known=list(chosen[1]))
        return redirect("plagiarism", slug=slug)
    runs = competition.plagiarism_runs.select_related("started_by")
    number = whole_number(request.GET.get("run"))
    run = runs.first() if number is None else get_object_or_404(runs, pk=number)
    context |= {
        "run": run,
        "runs": runs[:MOST_RUNS],
        "findings": finding_texts(run.skipped) if run else [],
        "archives": archives,
        "known": known,
        "starter": competition.starter_code.all(),
        # everything is compared with but what somebody left out the last time
        "left_out": run.options.get("left_out", []) if run else [],
        "n_cases": competition.cases.count(),
    }
    if run and run.status == RunStatus.FINISHED:
        found = overview(run, threshold=_number(request.GET.get("at")), order=request.GET.get("sort", ""))
        context |= {
            "found": found,
            "at": f"{found.threshold:.2f}",
            "timelines": [(group, timeline(group.pairs)) for group in found.groups],
            "settings": settings_of(run),
            "kinds": CollectionKind,
        }
    is_slider = request.htmx and request.htmx.target == "found"
    partial = "integrity/_found.html" if is_slider else "integrity/_run.html"
    return render(request, partial if request.htmx else "integrity/run_detail.html", context)


def _numbers(request: HttpRequest, name: str) -> list[int]:
    return whole_numbers(request.POST.getlist(name))


def _open_group(request: HttpRequest, competition: Competition) -> HttpResponse:
    """One case from all pairs of a group, which are found anew: the form names one of them and the threshold."""
    pair = get_object_or_404(SimilarPair.objects.select_related("run"), pk=whole_number(request.POST.get("pair")))
    if pair.run.competition_id != competition.pk:
        raise Http404
    found = groups(pairs_of(pair.run), flag=_number(request.POST.get("at")), least=2)
    group = next((group for group in found if pair.pk in {row.pk for row in group.pairs}), None)
    if group is None:
        raise Http404
    for row in group.pairs:
        reveal(row, actor=request.user)
    case = open_case(*group.pairs, actor=request.user)
    messages.success(request, _("The case is open; its students are told and their marks are withheld."))
    return redirect("case", pk=case.pk)


def _pair_or_404(pk: int) -> SimilarPair:
    rows = SimilarPair.objects.select_related(
        "run__competition__course", "a__user", "a__competition", "b__user", "b__competition", "work__collection"
    )
    return get_object_or_404(rows.select_related("revealed_by", "decided_by"), pk=pk)


@login_required
@once
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
    is_revealed = found.revealed_at is not None
    if is_revealed and request.GET.get("names") == "no":
        found.revealed_at = None  # for this page alone, which may hang on a wall
    previous, following = neighbours(found)
    context |= {
        "pair": found,
        "is_revealed": is_revealed,
        "sides": side_by_side(found),
        "renames": changed_names(found),
        "spans": found.spans,
        "timeline": timeline([found]),
        "previous": previous,
        "following": following,
        "decisions": Decision.choices,
    }
    return render(request, "integrity/pair_detail.html", context)


@login_required
def export(request: HttpRequest, pk: int) -> HttpResponse:
    """The pair as one self-contained HTML file, without names."""
    found = _pair_or_404(pk)
    staff_context(request, found.run.competition)
    return _download(exporting.pair_page(found), f"pair-{found.pk}.html")


@login_required
def export_run(request: HttpRequest, pk: int) -> HttpResponse:
    """A run's first pairs with their code as one self-contained HTML file, without names."""
    run = get_object_or_404(PlagiarismRun.objects.select_related("competition__course"), pk=pk)
    staff_context(request, run.competition)
    return _download(exporting.run_page(run), f"similar-code-{run.competition.slug}-{run.pk}.html")


def _download(page: str, name: str) -> HttpResponse:
    response = HttpResponse(page, content_type="text/html; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
