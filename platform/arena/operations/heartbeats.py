"""Write and read signs of life."""

from __future__ import annotations

import socket
from datetime import datetime, timedelta

from arena.operations.models import Heartbeat

SWEEPER = "sweeper"
# a row is written at most this often
EVERY = timedelta(seconds=10)
_last: dict[str, datetime] = {}


def beat(name: str, *, at: datetime) -> None:
    """Note that a process of this name works, at most once per `EVERY`."""
    if name in _last and timedelta() <= at - _last[name] < EVERY:
        return
    Heartbeat.objects.update_or_create(name=name, defaults={"at": at, "host": socket.gethostname()})
    _last[name] = at


def on_swept(sender: object, *, at: datetime, **_: object) -> None:
    beat(SWEEPER, at=at)
