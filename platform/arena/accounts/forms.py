"""Signing in behind the brake on guessing, links to set a password, new tokens, and another e-mail address."""

from __future__ import annotations

from collections.abc import Iterator

from django import forms
from django.contrib.auth import authenticate
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.forms import PasswordResetForm as DjangosPasswordResetForm
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from arena.accounts.models import Scope, User
from arena.accounts.throttle import WITHIN, may_mail
from arena.accounts.tokens import LIFETIMES


def paused() -> ValidationError:
    """What somebody reads who has tried too many passwords."""
    minutes = int(WITHIN.total_seconds() // 60)
    text = _("Too many wrong passwords. Wait %(n)d minutes, or set a new password.") % {"n": minutes}
    return ValidationError(text, code="paused")


class SignInForm(AuthenticationForm):
    def get_invalid_login_error(self) -> ValidationError:
        if getattr(self.request, "is_sign_in_paused", False):
            return paused()
        return super().get_invalid_login_error()


class PasswordResetForm(DjangosPasswordResetForm):
    def get_users(self, email: str) -> Iterator[User]:
        """The account of this address, unless it got links enough: the answer to the asker is the same."""
        for user in User.objects.filter(email__iexact=email, is_active=True):
            if may_mail(user.email, at=timezone.now()):
                yield user


class PasswordAgainForm(forms.Form):
    """What a stolen session must not do alone: the person's password is asked for again, behind the same brake."""

    password = forms.CharField(
        label=gettext_lazy("Your password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, *args: object, request: HttpRequest, **more: object) -> None:
        super().__init__(*args, **more)
        self.request = request

    def clean_password(self) -> str:
        password = self.cleaned_data["password"]
        try:
            user = authenticate(self.request, username=self.request.user.email, password=password)
        except PermissionDenied:
            user = None
        if user is None or user.pk != self.request.user.pk:
            if getattr(self.request, "is_sign_in_paused", False):
                raise paused()
            raise ValidationError(_("This is not your password."), code="password")
        return str(password)


class TokenForm(PasswordAgainForm):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("What it may do"),
        choices=Scope.choices,
        initial=[Scope.READ, Scope.SUBMIT],
        widget=forms.CheckboxSelectMultiple,
    )
    days = forms.TypedChoiceField(
        label=gettext_lazy("Ends after"),
        choices=lambda: [(n, ngettext("%(n)d day", "%(n)d days", n) % {"n": n}) for n in sorted(LIFETIMES)],
        initial=LIFETIMES[0],
        coerce=int,
    )
    field_order = ["name", "scopes", "days", "password"]


class EmailForm(PasswordAgainForm):
    email = forms.EmailField(label=gettext_lazy("New e-mail address"))
    field_order = ["email", "password"]

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()
