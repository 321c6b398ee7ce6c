"""The one Celery task of judging: it takes an id and may run twice without harm."""

from __future__ import annotations

from celery import shared_task

from arena.submissions.bells import EVALUATE
from arena.submissions.models import Attempt
from arena.submissions.queueing import lane_of


@shared_task(name=EVALUATE, max_retries=2, acks_late=False, reject_on_worker_lost=False)
def evaluate(attempt_id: int) -> None:
    """Judge one attempt of this one's lane: the one whose turn it is, which need not be this one.

    The bell is acknowledged before the work: the lease tells of a death, so the broker need keep nothing in mind.
    """
    from arena.submissions.dispatch import judge_next  # the grader's libraries load in the worker alone
    from arena.submissions.workers import is_draining

    if is_draining():  # the sweeper rings again, for somebody else
        return

    attempt = Attempt.objects.filter(pk=attempt_id).select_related("submission__competition").first()
    if attempt is not None:
        judge_next(lane_of(attempt))
