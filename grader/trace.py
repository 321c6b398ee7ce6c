"""The trace of a mark: each rule that acted, what went in and what came out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from grader.trace_texts import FLAGGED, TEXTS, WORDS

DECIMAL_POINT = re.compile(r"(?<=[0-9])\.(?=[0-9])")
NONE: Mapping[str, object] = {}


@dataclass(frozen=True, kw_only=True, slots=True)
class TraceLine:
    """One rule that acted. `params` (texts, whole numbers, decimals) fill its sentence; `before` and `after` are the
    mark on both sides of it."""

    rule: str
    params: Mapping[str, object] = field(default_factory=lambda: NONE)
    before: Decimal | None = None
    after: Decimal | None = None

    @property
    def is_flagged(self) -> bool:
        """Whether a person should look: something is missing, or a threshold was met exactly."""
        return self.rule in FLAGGED

    def text(self, language: str) -> str:
        """The sentence in `en` or `ro` (`ro-ro` too); Romanian has a decimal comma."""
        values = {**self.strings(), "before": plain(self.before), "after": plain(self.after)}
        spoken = "ro" if language.split("-")[0] == "ro" else "en"
        if spoken == "ro":
            values = {name: DECIMAL_POINT.sub(",", value) for name, value in values.items()}
        sentence = TEXTS[self.rule][spoken].format(**values)
        for word, texts in WORDS.items():
            sentence = sentence.replace(word, texts[spoken])
        return sentence

    def strings(self) -> dict[str, str]:
        """The parameters as texts."""
        return {name: plain(v) if isinstance(v, Decimal) else str(v) for name, v in self.params.items()}

    def as_json(self) -> dict[str, Any]:
        """What is stored of a line; `from_json` reads it again."""
        marks = {"before": self.before, "after": self.after}
        texts = {name: None if mark is None else plain(mark) for name, mark in marks.items()}
        return {"rule": self.rule, "params": self.strings(), **texts}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> TraceLine:
        """A line as it was stored."""
        before, after = (None if stored[name] is None else Decimal(stored[name]) for name in ("before", "after"))
        return cls(rule=stored["rule"], params=stored["params"], before=before, after=after)


def plain(value: Decimal | None) -> str:
    """A decimal without exponent or trailing zeros.

    >>> plain(Decimal("9.50")), plain(Decimal("10"))
    ('9.5', '10')
    """
    if value is None:
        return "–"
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
