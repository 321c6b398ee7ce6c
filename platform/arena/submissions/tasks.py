"""Thin Celery tasks: they take ids and may run twice without harm."""

from __future__ import annotations

import logging
import socket
from urllib.parse import urlsplit

from celery import shared_task
from django.db import transaction
from django.utils import timezone

from arena.celery import app
from arena.submissions.models import Attempt
from arena.submissions.queueing import Lane, lane_of

log = logging.getLogger(__name__)
CONNECT_S = 2.0


@shared_task(max_retries=2, acks_late=False, reject_on_worker_lost=False)
def evaluate(attempt_id: int) -> None:
    """Judge one attempt of this one's lane: the one whose turn it is, which need not be this one.

    The bell is acknowledged before the work: the lease tells of a death, so the broker need keep nothing in mind.
    """
    from arena.submissions.judging import judge_next  # the grader's libraries load in the worker alone
    from arena.submissions.workers import is_draining

    if is_draining():  # the sweeper rings again, for somebody else
        return

    attempt = Attempt.objects.filter(pk=attempt_id).select_related("submission__competition").first()
    if attempt is not None:
        judge_next(lane_of(attempt))


def enqueue_on_commit(attempt: Attempt) -> None:
    """Ring the bell once the row can be seen. Whatever breaks then costs nothing, and nobody is told that what is stored
    was refused: the sweeper rings again."""
    transaction.on_commit(lambda: ring(attempt), robust=True)


def ring(attempt: Attempt) -> bool:
    """Tell the broker of a queued attempt and note when; False while the broker is away."""
    from kombu.exceptions import KombuError
    from redis.exceptions import RedisError

    if not _is_broker_there():
        log.warning("attempt %s: the broker is away; the sweeper rings later", attempt.pk)
        return False
    try:
        evaluate.apply_async([attempt.pk], queue=lane_of(attempt).value, retry=False)
    except (KombuError, RedisError, OSError) as error:
        log.warning("attempt %s: the broker was not told: %s", attempt.pk, error)
        return False
    Attempt.objects.filter(pk=attempt.pk).update(enqueued_at=timezone.now())
    return True


def _is_broker_there() -> bool:
    """Whether somebody listens at the broker's address: its client would try for six seconds, with a student waiting."""
    address = urlsplit(str(app.conf.broker_url))
    try:
        if address.scheme == "redis+socket":
            with socket.socket(socket.AF_UNIX) as probe:
                probe.settimeout(CONNECT_S)
                probe.connect(address.path)
        elif address.scheme in {"redis", "rediss"}:
            with socket.create_connection((address.hostname or "localhost", address.port or 6379), CONNECT_S):
                pass
    except OSError:
        return False
    return True


def n_rings(lane: Lane) -> int | None:
    """How many bells of a lane the broker holds that no worker has taken; None while it can't be asked."""
    from kombu.exceptions import KombuError
    from redis.exceptions import RedisError

    if not _is_broker_there():
        return None
    try:
        with app.connection_for_write() as connection:
            return int(connection.default_channel._size(lane.value))
    except (KombuError, RedisError, OSError):
        return None
