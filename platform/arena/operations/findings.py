"""What a check found, in a form for people and for programs."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing that was looked at. A problem says what follows from it and what to do.

    Without what `is_required` the site doesn't do its work; without the rest it does, with something weaker.
    """

    name: str
    ok: bool
    detail: str
    consequence: str = ""
    fix: str = ""
    is_required: bool = True

    @property
    def is_problem(self) -> bool:
        return self.is_required and not self.ok

    def as_json(self) -> dict[str, object]:
        return asdict(self)


def good(name: str, detail: str) -> Finding:
    return Finding(name=name, ok=True, detail=detail)


def bad(name: str, detail: str, *, consequence: str, fix: str, is_required: bool = True) -> Finding:
    return Finding(name=name, ok=False, detail=detail, consequence=consequence, fix=fix, is_required=is_required)


def collect(checks: Iterable[Callable[[], list[Finding]]]) -> list[Finding]:
    """All findings in order. A check that breaks is itself a finding, so that one fault hides no other."""
    found: list[Finding] = []
    for check in checks:
        try:
            found += check()
        except Exception as error:  # a doctor must survive whatever is wrong
            name = check.__name__.replace("_", " ")
            detail = f"could not be checked: {type(error).__name__}: {without_passwords(str(error))[:300]}"
            found.append(
                bad(name, detail, consequence="Nothing is known about it.", fix="Mend the problems above first.")
            )
    return found


def without_passwords(text: str) -> str:
    """An address without the secret in it: what a doctor prints ends up in tickets."""
    return re.sub(r"(://[^:@/\s]*):[^@/\s]*@", r"\1:***@", text)
