"""A person's API tokens and language."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views import i18n
from django.views.decorators.http import require_POST

from arena.accounts.models import ApiToken, User


@login_required
def tokens(request: HttpRequest) -> HttpResponse:
    """List tokens; a new one's plain text is shown in this one answer."""
    plain = None
    if request.method == "POST":
        name = request.POST.get("name", "").strip()[:80] or "arena"
        _, plain = ApiToken.issue(request.user, name=name)
    return render(request, "accounts/token_list.html", {"tokens": request.user.api_tokens.all(), "plain": plain})


@login_required
@require_POST
def delete_token(request: HttpRequest, pk: int) -> HttpResponse:
    get_object_or_404(request.user.api_tokens, pk=pk).delete()
    return redirect("tokens")


@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Switch the language and go on on the same page; a person's choice holds on all of their devices."""
    code = request.POST.get("language", "")
    if request.user.is_authenticated and code in dict(settings.LANGUAGES):
        User.objects.filter(pk=request.user.pk).update(language=code)
    return i18n.set_language(request)
