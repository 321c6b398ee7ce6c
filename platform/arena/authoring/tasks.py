"""Tasks of authoring: they take ids and may be delivered twice."""

from __future__ import annotations

from celery import shared_task


@shared_task
def check_metric(program_id: int) -> None:
    from arena.authoring.own_metrics import check  # the grader's libraries load in the worker alone

    check(program_id)
