"""Whether the broker can be reached, asked before its client is: that one would try for six seconds, with a reader waiting."""

from __future__ import annotations

import socket
from urllib.parse import urlsplit

from celery import current_app as app

CONNECT_S = 2.0


def is_there() -> bool:
    """Whether somebody listens at the broker's address."""
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
