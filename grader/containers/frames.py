"""Inside the child: what it hands back, and why it refuses. Needs the standard library alone.

A frame is a letter, four bytes of length, and the content: `J` one JSON value, `D` a part of the file that was named before.
"""

from __future__ import annotations

import json
import os
import struct
from typing import Any


class Refused(Exception):
    """Why the container isn't read; `code` is one of `grader.containers.opening.CODES`."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code, self.params = code, params


class Output:
    """Frames on standard output, up to `most` bytes of them."""

    def __init__(self, most: int) -> None:
        self.left = most
        self.stream = os.fdopen(os.dup(1), "wb")

    def json(self, value: Any) -> None:
        """One value."""
        self.frame(b"J", json.dumps(value).encode())

    def frame(self, kind: bytes, content: bytes) -> None:
        """One frame. Raises `Refused` above the limit."""
        self.left -= len(content)
        if self.left < 0:
            raise Refused("too_big")
        self.stream.write(kind + struct.pack(">I", len(content)) + content)
