"""What beat asks for once a night."""

from __future__ import annotations

from celery import shared_task
from django.core.management import call_command


@shared_task
def clear_sessions() -> None:
    """Forget sign-ins that ran out."""
    call_command("clearsessions")
