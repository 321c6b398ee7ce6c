"""Choose submissions, watch a regrade, see what would change, decide."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from arena.accounts.idempotency import once
from arena.competitions.models import Competition
from arena.competitions.views import competition_or_404, page_context
from arena.courses.selectors import is_instructor
from arena.regrading import services
from arena.regrading.choosing import BadChoice, choose
from arena.regrading.forms import ProposalForm, RegradeForm, choice_of
from arena.regrading.models import Regrade, RegradeStatus
from arena.regrading.plots import pairs
from arena.regrading.runtimes import moved, runtimes
from arena.regrading.selectors import changed_items, decided_difference, difference, progress, spreads
from arena.regrading.wording import proposed, scheme_diff
from arena.submissions.models import Status, VerdictChoice

ACTS = {
    "apply": services.apply,
    "cancel": services.cancel,
    "roll-back": services.roll_back,
    "pause": services.pause,
    "resume": services.resume,
    "retry": services.retry_faults,
}
DECIDED = {RegradeStatus.APPLIED, RegradeStatus.ROLLED_BACK}
ON_ITS_WAY = {RegradeStatus.RUNNING, RegradeStatus.PAUSED}


def _instructor_or_404(request: HttpRequest, course: object) -> None:
    if not is_instructor(request.user, course):
        raise Http404


@login_required
@once
def index(request: HttpRequest, slug: str) -> HttpResponse:
    competition = competition_or_404(request, slug)
    _instructor_or_404(request, competition.course)
    form = RegradeForm(request.POST or None)
    proposal = ProposalForm(competition, request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid() and (regrade := _start(request, competition, form, proposal)):
        return redirect("regrade", pk=regrade.pk)
    has_errors = bool(form.errors or proposal.errors) and request.method == "POST"
    context = page_context(request, competition) | {
        "form": form,
        "proposal": proposal,
        "has_proposal": proposal.is_filled_in(),
        "regrades": [{"regrade": r, "progress": progress(r)} for r in competition.regrades.all()[:50]],
        "runtimes": runtimes(competition),
        "submissions": competition.submissions.filter(status=Status.FINISHED).select_related("user")[:100],
    }
    return render(request, "regrading/regrade_list.html", context, status=422 if has_errors else 200)


def _start(request: HttpRequest, competition: Competition, form: RegradeForm, proposal: ProposalForm) -> Regrade | None:
    """The regrade, or None with the reason in the form."""
    try:
        chosen = choose(competition, choice_of(form.cleaned_data, request.POST.getlist("submission")))
        if not proposal.is_valid():
            return None
        return services.start(
            competition,
            submissions=chosen,
            reason=form.cleaned_data["reason"],
            actor=request.user,
            scores_only=form.cleaned_data["how"] == "scores",
            marks_only=form.cleaned_data["how"] == "marks",
            n_runs=form.cleaned_data["n_runs"] or 1,
            changes=proposal.changes(),
            solution=proposal.stored,
            scheme=proposal.cleaned_data["scheme"],
        )
    except (services.NotPossible, BadChoice) as error:
        form.add_error(None, str(error))
        return None


def _regrade_or_404(request: HttpRequest, pk: int) -> Regrade:
    regrade = get_object_or_404(
        Regrade.objects.select_related("competition__course", "solution", "scheme_base", "created_by", "decided_by"),
        pk=pk,
    )
    _instructor_or_404(request, regrade.competition.course)
    return regrade


@login_required
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    regrade = _regrade_or_404(request, pk)
    context = page_context(request, regrade.competition) | {
        "regrade": regrade,
        "progress": progress(regrade),
        "proposed": proposed(regrade),
        "scheme_diff": scheme_diff(regrade),
        "runtimes": moved(regrade),
    }
    if regrade.status not in ON_ITS_WAY:
        context |= {
            "items": changed_items(regrade),
            "spreads": spreads(regrade),
            "faults": regrade.items.filter(shadow__verdict=VerdictChoice.SANDBOX_FAULT).count(),
        }
    found = None
    try:
        if regrade.status == RegradeStatus.READY:
            found = difference(regrade)
        elif regrade.status in DECIDED:
            found = decided_difference(regrade)
    except services.NotPossible as error:
        context |= {"refusal": str(error)}
    if found:
        context |= {"difference": found, "scores": pairs(found.scores), "marks": pairs(found.marks)}
    template = "regrading/_regrade.html" if request.htmx else "regrading/regrade_detail.html"
    return render(request, template, context)


@login_required
@require_POST
@once
def act(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """One of `ACTS`."""
    regrade = _regrade_or_404(request, pk)
    if act not in ACTS:
        raise Http404
    try:
        ACTS[act](regrade, actor=request.user)
    except services.NotPossible as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Done."))
    return redirect("regrade", pk=pk)
