"""The check as a task: it takes an id and may be delivered twice."""

from __future__ import annotations

from celery import shared_task


@shared_task
def check(run_id: int) -> None:
    from arena.integrity.services import run_check

    run_check(run_id)
