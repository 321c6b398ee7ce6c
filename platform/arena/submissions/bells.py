"""The broker's part: a bell says that there is work in a lane, and may be lost, doubled or late without harm."""

from __future__ import annotations

import logging

from celery import current_app as app
from django.db import transaction
from django.utils import timezone

from arena.broker import is_there as _is_broker_there
from arena.submissions.models import Attempt
from arena.submissions.queueing import Lane, lane_of

log = logging.getLogger(__name__)
# the task that a bell starts (see `tasks`)
EVALUATE = "arena.submissions.tasks.evaluate"


def enqueue_on_commit(attempt: Attempt) -> None:
    """Ring the bell once the row can be seen. Whatever breaks then costs nothing, and nobody is told that what is stored
    was refused: the sweeper rings again."""
    transaction.on_commit(lambda: ring(attempt), robust=True)


def ring(attempt: Attempt) -> bool:
    """Tell the broker of a queued attempt and note when; False while the broker is away."""
    if not tell(EVALUATE, attempt.pk, queue=lane_of(attempt).value):
        return False
    Attempt.objects.filter(pk=attempt.pk).update(enqueued_at=timezone.now())
    return True


def tell(task: str, pk: int, *, queue: str | None = None) -> bool:
    """Ring for any task by its name, with a row's number; False while the broker is away. Whoever rings must ring again."""
    from kombu.exceptions import KombuError
    from redis.exceptions import RedisError

    if not _is_broker_there():
        log.warning("%s(%s): the broker is away; the sweeper rings later", task, pk)
        return False
    try:
        app.send_task(task, [pk], queue=queue, retry=False, ignore_result=True)
    except (KombuError, RedisError, OSError) as error:
        log.warning("%s(%s): the broker was not told: %s", task, pk, error)
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
