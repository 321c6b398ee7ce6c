"""A person's API tokens, e-mail address and language, and the link to set a password."""

from __future__ import annotations

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth import views as auth
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views import i18n
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from arena.accounts import tasks
from arena.accounts.emails import change_email, read_link
from arena.accounts.forms import EmailForm, PasswordResetForm, TokenForm
from arena.accounts.models import User
from arena.accounts.tokens import is_alive, issue


class PasswordReset(auth.PasswordResetView):
    form_class = PasswordResetForm

    def form_valid(self, form: forms.Form) -> HttpResponse:
        """Nothing is looked up here: whether there is an account shows neither in the answer nor in its time."""
        if not _mail(self.request, form, tasks.mail_password_link, email=form.cleaned_data["email"]):
            return self.form_invalid(form)
        return redirect(self.get_success_url())


@sensitive_post_parameters("password")
@login_required
def tokens(request: HttpRequest) -> HttpResponse:
    """List tokens; a new one's plain text is shown in this one answer."""
    now, plain = timezone.now(), None
    form = TokenForm(request.POST if request.method == "POST" else None, request=request)
    if form.is_valid():
        made = form.cleaned_data
        _token, plain = issue(
            request.user, name=made["name"], scopes=made["scopes"], days=made["days"], at=now, actor=request.user
        )
        form = TokenForm(request=request)
    rows = [(token, is_alive(token, at=now)) for token in request.user.api_tokens.select_related("user")]
    return render(request, "accounts/token_list.html", {"tokens": rows, "plain": plain, "form": form})


@login_required
@require_POST
def delete_token(request: HttpRequest, pk: int) -> HttpResponse:
    get_object_or_404(request.user.api_tokens, pk=pk).delete()
    return redirect("tokens")


@sensitive_post_parameters("password")
@login_required
def email(request: HttpRequest) -> HttpResponse:
    """Ask for another address: a link goes there, and nothing changes before it is opened."""
    form = EmailForm(request.POST if request.method == "POST" else None, request=request)
    if form.is_valid():
        wanted = form.cleaned_data["email"]
        if _mail(request, form, tasks.mail_email_link, user_id=request.user.pk, email=wanted):
            messages.success(
                request, _("If no other account has %(email)s, a link is on its way there.") % {"email": wanted}
            )
            return redirect("email")
    return render(request, "accounts/email_form.html", {"form": form})


@login_required
def email_confirm(request: HttpRequest, link: str) -> HttpResponse:
    """The link in the mail: a button, since mail programs open links by themselves."""
    wanted = read_link(link, user=request.user)
    if request.method == "POST" and wanted is not None:
        old = change_email(request.user, email=wanted)
        update_session_auth_hash(request, request.user)
        try:
            tasks.ask(tasks.mail_email_changed, old=old, new=wanted, language=get_language())
        except tasks.NoMailNow:
            messages.warning(request, _("The old address could not be told."))
        messages.success(
            request, _("Your e-mail address is %(email)s now. Other devices are signed out.") % {"email": wanted}
        )
        return redirect("email")
    return render(request, "accounts/email_confirm.html", {"wanted": wanted}, status=200 if wanted else 410)


def _mail(request: HttpRequest, form: forms.Form, task: tasks.Task, **options: object) -> bool:
    """Let a worker send a link; False, and the form says so, while none can be asked."""
    try:
        tasks.ask(
            task, **options, domain=request.get_host(), is_secure=request.is_secure(), language=get_language() or "en"
        )
    except tasks.NoMailNow:
        form.add_error(None, _("Mail can't be sent just now. Try again in a few minutes."))
        return False
    return True


@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Switch the language and go on on the same page; a person's choice holds on all of their devices."""
    code = request.POST.get("language", "")
    if request.user.is_authenticated and code in dict(settings.LANGUAGES):
        User.objects.filter(pk=request.user.pk).update(language=code)
    return i18n.set_language(request)
