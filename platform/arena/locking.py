"""One order for the locks of all who change results, and another try for whoever still met somebody in the middle.

The order: person, team, regrade, attempt, submission, competition, board row; of several of one kind the lowest number
first. A lock never keeps others from naming the row in a row of their own (`FOR NO KEY UPDATE`). SQLite has one writer
at a time and needs none of it.
"""

from __future__ import annotations

import functools
import logging
import random
import time
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

from django.db import OperationalError, connection
from django.db.models import QuerySet

log = logging.getLogger(__name__)
P, T = ParamSpec("P"), TypeVar("T")
TRIES = 5
# PostgreSQL's codes for a transaction that it broke off so that another could go on
BROKEN_OFF = {"40P01", "40001"}
FIRST_REST_S = 0.05


def lock(rows: QuerySet[Any]) -> None:
    """Let nobody else change these rows until the transaction ends. `rows` joins no other table, whose rows it would lock."""
    if connection.features.has_select_for_update:
        list(rows.select_for_update(no_key=True).order_by("pk").values_list("pk", flat=True))


def tried_again(work: Callable[P, T]) -> Callable[P, T]:
    """Do the work again, `TRIES` times in all, where the database broke its transaction off for a deadlock.

    `work` is one transaction, reads anew what it decides by, and leaves its arguments as they are. Inside somebody's
    transaction nothing is tried again: it is broken off as a whole.
    """

    @functools.wraps(work)
    def run(*args: P.args, **options: P.kwargs) -> T:
        tries = 1 if connection.in_atomic_block else TRIES
        for n in range(1, tries):
            try:
                return work(*args, **options)
            except OperationalError as error:
                if not is_broken_off(error):
                    raise
                log.warning("%s: try %d ended in a deadlock: %s", work.__qualname__, n, error)
            time.sleep(random.uniform(0, FIRST_REST_S * 2**n))  # noqa: S311 - no secret
        return work(*args, **options)

    return run


def is_broken_off(error: OperationalError) -> bool:
    """Whether the database ended a transaction so that another could go on; doing it again may succeed."""
    return getattr(error.__cause__, "sqlstate", None) in BROKEN_OFF
