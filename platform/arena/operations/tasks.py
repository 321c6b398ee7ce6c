"""What beat asks for once a night."""

from __future__ import annotations

from celery import shared_task
from django.core.management import call_command
from django.utils import timezone

from arena.accounts.idempotency import clear_keys
from arena.accounts.throttle import clear_tries


@shared_task
def clear_sessions() -> None:
    """Forget sign-ins that ran out, and wrong passwords of another day."""
    call_command("clearsessions")
    clear_tries(at=timezone.now())
    clear_keys(at=timezone.now())
