"""Make a program's log safe to show: no control or bidirectional characters but tab and newline."""

from __future__ import annotations

import re

# C0 and C1 controls but tab and newline, DEL, and the bidirectional controls of Unicode UAX #9
HARMFUL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def clean(data: bytes) -> str:
    """Text of a log; undecodable bytes become U+FFFD.

    >>> clean(bytes([27]) + b"[31mred")
    '[31mred'
    """
    return HARMFUL.sub("", data.decode("utf-8", errors="replace").replace("\r\n", "\n").replace("\r", "\n"))
