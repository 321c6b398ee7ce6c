"""Who holds an attempt: the conditional claim, the lease that a thread renews, and the fence in front of recording.

A claim is an UPDATE that only a queued row satisfies; it hands out a fencing token. Whoever writes about a running
attempt names that token, so that a worker that was thought dead can't overwrite what came after it.
"""

from __future__ import annotations

import logging
import os
import socket
import threading
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from arena.locking import lock, tried_again
from arena.submissions.models import Attempt, Purpose, Status, Submission

log = logging.getLogger(__name__)
# the name that a worker goes by; set once when it starts
NODE = "ARENA_WORKER_NAME"


def worker_name() -> str:
    """This process, as rows name it: the worker's name (or the host's) and the process id."""
    return f"{os.environ.get(NODE) or socket.gethostname()}:{os.getpid()}"


def claim(attempt_id: int, *, worker: str) -> uuid.UUID | None:
    """Take a queued attempt: its fencing token, or None when somebody else has it or it is over."""
    return claim_all([attempt_id], worker=worker)[0]


@tried_again
def claim_all(attempt_ids: Sequence[int], *, worker: str) -> tuple[uuid.UUID | None, int]:
    """Take those of the attempts that are still queued, under one token: the token and how many; None and 0 for none."""
    token, now = uuid.uuid4(), timezone.now()
    with transaction.atomic():
        if len(attempt_ids) > 1:  # another worker may be about to take the same ones
            lock(Attempt.objects.filter(pk__in=attempt_ids, status=Status.QUEUED, is_held=False))
        taken = Attempt.objects.filter(pk__in=attempt_ids, status=Status.QUEUED, is_held=False).update(
            status=Status.RUNNING,
            token=token,
            worker=worker,
            started_at=now,
            lease_until=_lease(now),
        )
        if not taken:
            return None, 0
        Submission.objects.filter(
            attempts__pk__range=(min(attempt_ids), max(attempt_ids)),
            attempts__token=token,
            attempts__purpose=Purpose.LIVE,
            status=Status.QUEUED,
        ).update(status=Status.RUNNING)
    return token, taken


def held(attempt_ids: Sequence[int], token: uuid.UUID) -> QuerySet[Attempt]:
    """The fence: only those attempts that this token still holds, of those that it was handed out for.

    Between their ids, the token alone says which they are: a list of hundreds would cost more than the query.
    """
    if not attempt_ids:
        return Attempt.objects.none()
    between = (min(attempt_ids), max(attempt_ids))
    return Attempt.objects.filter(pk__range=between, token=token, status=Status.RUNNING)


@contextmanager
def heartbeat(attempt_ids: Sequence[int], token: uuid.UUID) -> Iterator[threading.Event]:
    """Renew the lease every beat, from a thread with a database connection of its own.

    The event is set once nothing is held any more: whoever works on it may stop, nobody waits for the result.
    """
    stop, lost = threading.Event(), threading.Event()

    def beat() -> None:
        try:
            while not stop.wait(settings.ARENA_BEAT_S):
                try:
                    if not held(attempt_ids, token).update(lease_until=_lease(timezone.now())):
                        lost.set()
                        return
                except DatabaseError as error:  # away for a moment; the lease may outlast it
                    log.warning("attempt %s: the lease was not renewed: %s", attempt_ids[0], error)
                    connection.close()
        finally:
            connection.close()

    thread = threading.Thread(target=beat, name=f"lease-{attempt_ids[0]}", daemon=True)
    thread.start()
    try:
        yield lost
    finally:
        stop.set()
        thread.join()


def _lease(now: datetime) -> datetime:
    return now + timedelta(seconds=settings.ARENA_LEASE_S)
