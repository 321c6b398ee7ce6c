"""Text that people send to be shown in one line: what can't be seen, or turns the line around, is taken out."""

from __future__ import annotations

import re
import unicodedata
from pathlib import PurePosixPath

LONGEST_NAME = 90


def one_line(text: str, *, most: int) -> str:
    """Without control, bidirectional and other invisible characters, composed alike, single-spaced, cut to length.

    >>> one_line("Ana\\u202e\\x00  Pop", most=30)
    'Ana Pop'
    """
    seen = "".join(c for c in unicodedata.normalize("NFC", text) if c.isprintable() or c.isspace())
    return " ".join(seen.split())[:most]


def file_name(name: str) -> str:
    """A plain name for a stored file: no folder, no formula, nothing invisible; the suffix stays.

    >>> file_name("=2+3 (final).csv")
    '2_3 _final_.csv'
    """
    path = PurePosixPath(one_line(PurePosixPath(name.replace("\\", "/")).name, most=1000))
    stem = re.sub(r"^[^\w]+", "", re.sub(r"[^\w. -]", "_", path.stem)).lstrip("_") or "file"
    return f"{stem[: LONGEST_NAME - len(path.suffix)]}{path.suffix}"
