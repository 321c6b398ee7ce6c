"""The gallery's two pages, and the one click that makes a model a baseline."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from arena.accounts.models import User
from arena.authoring.services import add_baseline
from arena.gallery import selectors
from arena.submissions.intake import Refused
from arena.submissions.refusals import explain


@login_required
def index(request: HttpRequest) -> HttpResponse:
    return render(request, "gallery/model_list.html", {"groups": selectors.groups()})


@login_required
def show(request: HttpRequest, slug: str) -> HttpResponse:
    exhibit = _found(slug, request.user)
    context = {
        "exhibit": exhibit,
        "paragraphs": [text for text in exhibit.model.docstring[1:] if not text.startswith("Score:")],
        "standings": selectors.standings(exhibit, user=request.user),
        "competitions": selectors.taught(request.user),
    }
    return render(request, "gallery/model_detail.html", context)


@login_required
@require_POST
def add(request: HttpRequest, slug: str) -> HttpResponse:
    """Queue the model as a baseline of `competition`, which the reader must instruct."""
    exhibit = _found(slug, request.user)
    competition = get_object_or_404(selectors.taught(request.user), slug=request.POST.get("competition", ""))
    try:
        add_baseline(competition, actor=request.user, model=exhibit.model.path)
    except Refused as refusal:
        messages.error(request, explain(refusal))
    else:
        messages.success(request, _("The baseline is queued."))
    return redirect("gallery_model", slug)


def _found(slug: str, user: User) -> selectors.Exhibit:
    found = selectors.exhibit(slug, user=user)
    if found is None:
        raise Http404
    return found
