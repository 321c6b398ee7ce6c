"""Mail about accounts, sent by a worker: whoever asks is answered equally fast whether there is an account or not."""

from __future__ import annotations

from celery import Task, shared_task
from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from kombu.exceptions import KombuError
from redis.exceptions import RedisError

from arena import broker
from arena.accounts.emails import make_link
from arena.accounts.forms import PasswordResetForm
from arena.accounts.models import User


class NoMailNow(Exception):
    """No worker could be asked to send it."""


def ask(task: Task, **options: object) -> None:
    """Let a worker send it. Raises `NoMailNow` while the broker is away."""
    if not broker.is_there():
        raise NoMailNow
    try:
        task.apply_async(kwargs=options, retry=False)
    except (KombuError, RedisError, OSError) as error:
        raise NoMailNow from error


@shared_task
def mail_password_link(email: str, *, domain: str, is_secure: bool, language: str) -> None:
    """The link to set a password, if an account has this address and got none too often."""
    form = PasswordResetForm({"email": email})
    if form.is_valid():
        with translation.override(language):
            form.save(
                domain_override=domain,
                use_https=is_secure,
                subject_template_name="registration/password_reset_subject.txt",
                email_template_name="registration/password_reset_email.html",
            )


@shared_task
def mail_email_link(user_id: int, email: str, *, domain: str, is_secure: bool, language: str) -> None:
    """The link that confirms a new address, unless another account has it."""
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if user is not None and not User.objects.filter(email__iexact=email).exists():
        path = reverse("email_confirm", args=[make_link(user, email=email)])
        address = f"http{'s' if is_secure else ''}://{domain}{path}"
        _send("email_link", to=email, language=language, name=user.name, address=address)


@shared_task
def mail_email_changed(old: str, *, new: str, language: str) -> None:
    """To the old address: what happened, and what to do if it was somebody else."""
    _send("email_changed", to=old, language=language, new=new)


def _send(template: str, *, to: str, language: str, **context: object) -> None:
    with translation.override(language):
        subject = render_to_string(f"accounts/{template}_subject.txt").strip()
        send_mail(subject, render_to_string(f"accounts/{template}.txt", context), settings.DEFAULT_FROM_EMAIL, [to])
