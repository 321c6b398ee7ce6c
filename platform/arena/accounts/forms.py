"""Signing in behind the brake on guessing, and links to set a password, also for those who never had one."""

from __future__ import annotations

from collections.abc import Iterator

from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.forms import PasswordResetForm as DjangosPasswordResetForm
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from arena.accounts.models import User
from arena.accounts.throttle import WITHIN, may_mail


class SignInForm(AuthenticationForm):
    def get_invalid_login_error(self) -> ValidationError:
        if getattr(self.request, "is_sign_in_paused", False):
            minutes = int(WITHIN.total_seconds() // 60)
            text = _("Too many wrong passwords. Wait %(n)d minutes, or set a new password.") % {"n": minutes}
            return ValidationError(text, code="paused")
        return super().get_invalid_login_error()


class PasswordResetForm(DjangosPasswordResetForm):
    def get_users(self, email: str) -> Iterator[User]:
        """The account of this address, unless it got links enough: the answer to the asker is the same."""
        for user in User.objects.filter(email__iexact=email, is_active=True):
            if may_mail(user.email, at=timezone.now()):
                yield user
