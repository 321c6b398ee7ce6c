"""Choose submissions, watch a regrade, see what would change, decide."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from arena.competitions.views import competition_or_404, page_context
from arena.courses.selectors import is_instructor
from arena.regrading import services
from arena.regrading.models import Regrade, RegradeStatus
from arena.regrading.selectors import changed_items, preview, progress
from arena.submissions.models import Status, VerdictChoice


class RegradeForm(forms.Form):
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=300)
    verdict = forms.ChoiceField(
        label=gettext_lazy("Verdict"),
        choices=[("", gettext_lazy("every verdict")), *VerdictChoice.choices],
        required=False,
    )
    student = forms.EmailField(label=gettext_lazy("Only this student's e-mail address"), required=False)
    scores_only = forms.BooleanField(
        label=gettext_lazy("Score the stored predictions again, without running code"), required=False
    )


def _instructor_or_404(request: HttpRequest, course: object) -> None:
    if not is_instructor(request.user, course):
        raise Http404


@login_required
def index(request: HttpRequest, slug: str) -> HttpResponse:
    competition = competition_or_404(request, slug)
    _instructor_or_404(request, competition.course)
    form = RegradeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        chosen = competition.submissions.filter(status=Status.FINISHED)
        if form.cleaned_data["verdict"]:
            chosen = chosen.filter(verdict=form.cleaned_data["verdict"])
        if form.cleaned_data["student"]:
            chosen = chosen.filter(user__email__iexact=form.cleaned_data["student"])
        if picked := request.POST.getlist("submission"):
            chosen = chosen.filter(pk__in=[pk for pk in picked if pk.isdigit()])
        try:
            regrade = services.start(
                competition,
                submissions=chosen.select_related("result"),
                reason=form.cleaned_data["reason"],
                actor=request.user,
                scores_only=form.cleaned_data["scores_only"],
            )
        except services.NotPossible as error:
            form.add_error(None, str(error))
        else:
            return redirect("regrade", pk=regrade.pk)
    context = page_context(request, competition) | {
        "form": form,
        "regrades": [{"regrade": r, "progress": progress(r)} for r in competition.regrades.all()[:50]],
        "submissions": competition.submissions.filter(status=Status.FINISHED).select_related("user")[:100],
    }
    return render(request, "regrading/regrade_list.html", context, status=422 if form.errors else 200)


@login_required
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    regrade = get_object_or_404(Regrade.objects.select_related("competition__course"), pk=pk)
    _instructor_or_404(request, regrade.competition.course)
    is_settled = regrade.status != RegradeStatus.RUNNING
    context = page_context(request, regrade.competition) | {
        "regrade": regrade,
        "progress": progress(regrade),
        "items": changed_items(regrade) if is_settled else [],
        "changes": preview(regrade) if regrade.status == RegradeStatus.READY else [],
    }
    template = "regrading/_regrade.html" if request.htmx else "regrading/regrade_detail.html"
    return render(request, template, context)


@login_required
@require_POST
def act(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """`apply`, `cancel` or `roll-back`."""
    regrade = get_object_or_404(Regrade.objects.select_related("competition__course"), pk=pk)
    _instructor_or_404(request, regrade.competition.course)
    acts = {"apply": services.apply, "cancel": services.cancel, "roll-back": services.roll_back}
    if act not in acts:
        raise Http404
    try:
        acts[act](regrade, actor=request.user)
    except services.NotPossible as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Done."))
    return redirect("regrade", pk=pk)
