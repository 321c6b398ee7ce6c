"""The trace of a mark: each rule that acted, what went in and what came out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from grader.trace_texts import FLAGGED, TEXTS

DECIMAL_POINT = re.compile(r"(?<=[0-9])\.(?=[0-9])")


@dataclass(frozen=True, kw_only=True)
class TraceLine:
    """One rule that acted. `params` fill its sentence; `before` and `after` are the mark on both sides of it."""

    rule: str
    params: Mapping[str, str] = field(default_factory=dict)
    before: Decimal | None = None
    after: Decimal | None = None

    @property
    def is_flagged(self) -> bool:
        """Whether a person should look: something is missing, or a threshold was met exactly."""
        return self.rule in FLAGGED

    def text(self, language: str) -> str:
        """The sentence in `en` or `ro` (`ro-ro` too); Romanian has a decimal comma."""
        values = {**self.params, "before": plain(self.before), "after": plain(self.after)}
        if language.split("-")[0] != "ro":
            return TEXTS[self.rule]["en"].format(**values)
        return TEXTS[self.rule]["ro"].format(**{k: DECIMAL_POINT.sub(",", v) for k, v in values.items()})


def plain(value: Decimal | None) -> str:
    """A decimal without exponent or trailing zeros.

    >>> plain(Decimal("9.50")), plain(Decimal("10"))
    ('9.5', '10')
    """
    if value is None:
        return "–"
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
