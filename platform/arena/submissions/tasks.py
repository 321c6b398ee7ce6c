"""Thin Celery tasks: they take ids and may run twice without harm."""

from __future__ import annotations

from celery import shared_task
from django.db import transaction
from django.utils import timezone

from arena.submissions.models import Attempt
from arena.submissions.queueing import lane_of


@shared_task(max_retries=2)
def evaluate(attempt_id: int) -> None:
    """Judge one attempt of this one's lane: the one whose turn it is, which need not be this one."""
    from arena.submissions.judging import judge_next  # the grader's libraries load in the worker alone

    attempt = Attempt.objects.filter(pk=attempt_id).select_related("submission__competition").first()
    if attempt is not None:
        judge_next(lane_of(attempt))


def enqueue_on_commit(attempt: Attempt) -> None:
    """Ring the bell once the row can be seen. A broker that is away costs nothing: the sweeper rings again."""
    transaction.on_commit(lambda: ring(attempt))


def ring(attempt: Attempt) -> None:
    """Tell the broker of a queued attempt and note when."""
    from kombu.exceptions import OperationalError

    try:
        evaluate.apply_async([attempt.pk], queue=lane_of(attempt).value, retry=False)
    except OperationalError:
        return
    Attempt.objects.filter(pk=attempt.pk).update(enqueued_at=timezone.now())
