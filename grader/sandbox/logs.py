"""What a program printed: bounded, and made safe to show before anyone sees it, at the end or while it runs."""

from __future__ import annotations

import re
from collections.abc import Callable

# C0 and C1 controls but tab and newline, DEL, and the bidirectional controls of Unicode UAX #9
HARMFUL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
KEPT_BYTES = 256 * 1024
LIVE_BYTES = 8 * 1024
LIVE_EVERY_S = 0.5
OnLog = Callable[[str, str], None]


def clean(data: bytes) -> str:
    """Text of a log; undecodable bytes become U+FFFD.

    >>> clean(bytes([27]) + b"[31mred")
    '[31mred'
    """
    return HARMFUL.sub("", data.decode("utf-8", errors="replace").replace("\r\n", "\n").replace("\r", "\n"))


class Log:
    """The beginning and the end of one stream, and how long it was."""

    def __init__(self) -> None:
        self.total_bytes = 0
        self._head, self._tail = bytearray(), bytearray()

    def add(self, data: bytes) -> None:
        """Append what was read."""
        self.total_bytes += len(data)
        room = KEPT_BYTES - len(self._head)
        self._head += data[: max(room, 0)]
        self._tail += data[max(room, 0) :]
        if len(self._tail) > 2 * KEPT_BYTES:
            del self._tail[:-KEPT_BYTES]

    def text(self) -> str:
        """Safe to show; says where and how much was left out."""
        tail = self._tail[-KEPT_BYTES:]
        left_out = self.total_bytes - len(self._head) - len(tail)
        mark = f"\n[... {left_out} bytes left out ...]\n".encode() if left_out else b""
        return clean(bytes(self._head + mark + tail))


class LiveLog:
    """Hands on what a program prints while it runs: in whole lines where there are any, safe, capped, not too often.

    `on_log(stream, text)` is called with `stdout` or `stderr` and at most `LIVE_BYTES` of text, at most every
    `LIVE_EVERY_S` per stream; of a flood it gets the latest lines and a mark. What it raises is the caller's to handle.
    """

    def __init__(self, on_log: OnLog) -> None:
        self._on_log = on_log
        self._waiting: dict[str, bytearray] = {}
        self._left_out: dict[str, int] = {}
        self._next: dict[str, float] = {}

    def add(self, stream: str, data: bytes, *, at: float) -> None:
        """Take what was read at the monotonic time `at`, and hand it on if it is time."""
        waiting = self._waiting.setdefault(stream, bytearray())
        waiting += data
        if len(waiting) > LIVE_BYTES:
            self._left_out[stream] = self._left_out.get(stream, 0) + len(waiting) - LIVE_BYTES
            del waiting[:-LIVE_BYTES]
        self.flush(at=at)

    def flush(self, *, at: float, final: bool = False) -> None:
        """Hand on what waits, if it is time or the program is over."""
        for stream, waiting in self._waiting.items():
            if not waiting or (not final and at < self._next.get(stream, 0)):
                continue
            # a progress bar ends its lines with a carriage return
            whole = max(waiting.rfind(b"\n"), waiting.rfind(b"\r")) + 1
            end = len(waiting) if final or len(waiting) == LIVE_BYTES else whole
            if end:
                left_out = self._left_out.pop(stream, 0)
                mark = f"[... {left_out} bytes left out ...]\n" if left_out else ""
                self._on_log(stream, mark + clean(bytes(waiting[:end])))
                del waiting[:end]
                self._next[stream] = at + LIVE_EVERY_S
