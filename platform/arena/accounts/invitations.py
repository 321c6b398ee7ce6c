"""The link to choose a password, sent without being asked for."""

from __future__ import annotations

from collections.abc import Iterable

from django.http import HttpRequest
from django.utils import translation

from arena.accounts.forms import PasswordResetForm
from arena.accounts.models import User


def invite(users: Iterable[User], *, request: HttpRequest) -> int:
    """Mail each person the link, in their language; the number of mails. Raises `OSError` if the mail server fails."""
    n = 0
    for user in users:
        form = PasswordResetForm({"email": user.email})
        if form.is_valid():
            with translation.override(user.language or translation.get_language()):
                form.save(
                    request=request,
                    use_https=request.is_secure(),
                    subject_template_name="registration/invitation_subject.txt",
                    email_template_name="registration/invitation_email.html",
                )
            n += 1
    return n
