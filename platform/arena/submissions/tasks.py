"""Thin Celery tasks: they take ids and may run twice without harm."""

from __future__ import annotations

from celery import shared_task
from django.db import transaction
from django.utils import timezone

from arena.submissions.models import Attempt


@shared_task(max_retries=2)
def evaluate(attempt_id: int) -> None:
    """Judge one attempt, unless another worker has it or it is done."""
    from arena.submissions.judging import judge  # the grader's libraries load in the worker alone

    judge(attempt_id)


def queue_of(attempt: Attempt) -> str:
    return "gpu" if attempt.submission.competition.gpus else "cpu"


def enqueue_on_commit(attempt: Attempt) -> None:
    """Ring the bell once the row can be seen. A broker that is away costs nothing: the sweeper rings again."""
    transaction.on_commit(lambda: ring(attempt))


def ring(attempt: Attempt) -> None:
    """Tell the broker of a queued attempt and note when."""
    from kombu.exceptions import OperationalError

    try:
        evaluate.apply_async([attempt.pk], queue=queue_of(attempt), retry=False)
    except OperationalError:
        return
    Attempt.objects.filter(pk=attempt.pk).update(enqueued_at=timezone.now())
