"""One finding, for a translated sentence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class Leak:
    """`code` names the kind; `file` may name a member of an archive, `a.zip › b.csv`; `n` is how many hidden rows it tells.

    `is_sure`: no legitimate table looks like this; it blocks. Else it is a warning.
    """

    code: str
    file: str
    is_sure: bool
    n: int = 0
    params: Mapping[str, object] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """Names it among the findings of the same data."""
        return f"{self.code}:{self.file}:{self.params.get('column', '')}"
