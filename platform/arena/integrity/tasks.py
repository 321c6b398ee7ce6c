"""The check as tasks: they take ids and may be delivered twice."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone


@shared_task
def check(run_id: int) -> None:
    from arena.integrity.services import run_check

    run_check(run_id)


@shared_task
def check_after_deadlines() -> None:
    """Run by the clock: a competition whose deadline has passed is compared without anybody asking."""
    from arena.integrity.services import start_after_deadlines

    start_after_deadlines(at=timezone.now())
