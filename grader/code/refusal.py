"""How a code submission is refused, and the sizes that one may have."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

MAX_SOURCES = 10
MAX_SOURCE_BYTES = 2**20
MAX_REPORT_BYTES = 20 * 2**20
REPORT_SUFFIXES = {".pdf", ".md", ".txt"}


@dataclass
class RefusedCode(Exception):
    """Why the files are no code submission; `code` keys a translated wording."""

    code: str
    message: str
    params: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.message
