"""What a program prints, on its student's page while it runs: the latest lines, written once a second at most.

The text comes sanitised and capped from the sandbox. A thread of its own writes it, so that a slow database never
delays the watch over the program's limits; a page that can't be told costs the job nothing.
"""

from __future__ import annotations

import logging
import threading
import uuid
from types import TracebackType

from django.db import DatabaseError, connection

from arena.submissions.leases import held

log = logging.getLogger(__name__)
EVERY_S = 1.0
SHOWN_CHARS = 8_000


class LivePage:
    """A context manager; `add(stream, text)` may be called inside it, from any thread."""

    def __init__(self, attempt_id: int, token: uuid.UUID) -> None:
        self._attempt_id, self._token = attempt_id, token
        self._shown = {"stdout": "", "stderr": ""}
        self._is_new = False
        self._lock, self._stop = threading.Lock(), threading.Event()
        self._thread = threading.Thread(target=self._write, name=f"live-{attempt_id}", daemon=True)

    def __enter__(self) -> LivePage:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._stop.set()
        if self._thread.ident is not None:
            self._thread.join()

    def add(self, stream: str, text: str) -> None:
        """Take what a stream brought; the first text starts the thread, so a silent program costs none."""
        with self._lock:
            self._shown[stream] = (self._shown[stream] + text)[-SHOWN_CHARS:]
            self._is_new = True
        if self._thread.ident is None:
            self._thread.start()

    def _write(self) -> None:
        try:
            while not self._stop.wait(EVERY_S):
                with self._lock:
                    shown, is_new, self._is_new = dict(self._shown), self._is_new, False
                if is_new and not held([self._attempt_id], self._token).update(**shown):
                    return
        except DatabaseError as error:
            log.warning("attempt %s: the live log stops: %s", self._attempt_id, error)
        finally:
            connection.close()
