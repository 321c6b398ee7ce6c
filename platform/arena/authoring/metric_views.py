"""The competition's own metric: instructors upload and check it, all of the staff read it."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from arena.authoring import forms, own_metrics
from arena.competitions.models import CheckState
from arena.competitions.views import competition_or_404, page_context

EXAMPLE = """\
class ParticipantVisibleError(Exception):
    pass

def score(solution, submission, row_id_column_name):
    if (submission["label"] < 0).any():
        raise ParticipantVisibleError("Below 0.")
    error = solution["label"] - submission["label"]
    return float(error.abs().mean())
"""


@login_required
def metric(request: HttpRequest, slug: str) -> HttpResponse:
    """`again` checks a version once more; else the form uploads one."""
    competition = competition_or_404(request, slug)
    context = page_context(request, competition)
    if not context["is_staff"] or (request.method == "POST" and not context["is_instructor"]):
        raise PermissionDenied
    form = forms.MetricForm(request.POST or None, request.FILES or None)
    if again := request.POST.get("again", ""):
        for program in competition.programs.filter(name=again):
            own_metrics.ask_for_check(program)
        return redirect("edit_metric", slug)
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data
        try:
            own_metrics.take(
                competition, data=chosen["program"].read(), direction=chosen["direction"], actor=request.user
            )
        except own_metrics.InvalidProgram as error:
            form.add_error("program", str(error))
        else:
            messages.success(request, _("The program is being tried on the sample submission."))
            return redirect("edit_metric", slug)
    programs = list(competition.programs.all())
    context |= {
        "step": "metric",
        "form": form,
        "example": EXAMPLE,
        "programs": programs,
        "is_waiting": any(program.state == CheckState.CHECKING for program in programs),
        "may_use": own_metrics.may_use(competition),
        "failures": own_metrics.failures(competition),
    }
    template = "authoring/_programs.html" if request.htmx else "authoring/metric.html"
    return render(request, template, context, status=422 if form.errors else 200)
