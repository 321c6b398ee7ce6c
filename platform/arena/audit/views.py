"""The audit log for admins: search, check, export."""

from __future__ import annotations

from django import forms
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from arena.audit.chain import verify
from arena.audit.models import Head
from arena.audit.selectors import as_lines, search

PER_PAGE = 100


class SearchForm(forms.Form):
    text = forms.CharField(label=_("Words"), required=False)
    since = forms.DateField(label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label=_("To"), required=False, widget=forms.DateInput(attrs={"type": "date"}))


def _admin_or_404(request: HttpRequest) -> None:
    if not request.user.is_superuser:
        raise Http404


@login_required
def index(request: HttpRequest) -> HttpResponse:
    """What happened, newest first; with `check` the chain is computed again."""
    _admin_or_404(request)
    form = SearchForm(request.GET or None)
    chosen = form.cleaned_data if form.is_valid() else {}
    page = Paginator(search(**chosen), PER_PAGE).get_page(request.GET.get("page"))
    query = request.GET.copy()
    for name in ("page", "check"):
        query.pop(name, None)
    context = {
        "form": form,
        "page": page,
        "query": query.urlencode(),
        "head": Head.objects.filter(pk=1).first(),
        "verification": verify() if "check" in request.GET else None,
    }
    return render(request, "audit/event_list.html", context)


@login_required
def export(request: HttpRequest) -> StreamingHttpResponse:
    """The events found, as one JSON object per line."""
    _admin_or_404(request)
    form = SearchForm(request.GET or None)
    chosen = form.cleaned_data if form.is_valid() else {}
    headers = {"Content-Disposition": 'attachment; filename="audit.jsonl"'}
    return StreamingHttpResponse(as_lines(search(**chosen)), content_type="application/jsonl", headers=headers)
