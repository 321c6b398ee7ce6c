"""Whose nickname is this? Group numbers are cut off, diacritics folded; a doubtful match is left to a person."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

FUZZY_FROM = 0.86
FUZZY_LEAD = 0.08


@dataclass(frozen=True, kw_only=True)
class RosterEntry:
    id: str
    name: str
    group: str = ""


@dataclass(frozen=True, kw_only=True)
class Match:
    """`method`: alias, exact, surname, fuzzy or none. `candidates` are ids, likeliest first."""

    nickname: str
    student_id: str | None
    method: str
    confidence: float
    candidates: tuple[str, ...]


def fold(text: str) -> str:
    """Lower case without diacritics or punctuation, words separated by one space.

    >>> fold("Șerban-Țăran_Ion")
    'serban taran ion'
    """
    plain = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    return " ".join(re.findall(r"[a-z]+", plain.replace("_", " ")))


def match(
    nicknames: Sequence[str], roster: Sequence[RosterEntry], *, aliases: Mapping[str, str] | None = None
) -> list[Match]:
    """One match per nickname, in order. Two students that fit equally well are never guessed between."""
    known = {fold_key(nick): student for nick, student in (aliases or {}).items()}
    return [_match(nickname, roster, known) for nickname in nicknames]


def fold_key(nickname: str) -> str:
    """What two spellings of one nickname share: letters and group digits."""
    return f"{fold(nickname)}|{''.join(re.findall(r'[0-9]+', nickname))}"


def _match(nickname: str, roster: Sequence[RosterEntry], known: Mapping[str, str]) -> Match:
    ids = {entry.id for entry in roster}
    if (alias := known.get(fold_key(nickname))) in ids:
        return _found(nickname, alias, "alias", 1.0)
    name, digits = fold(nickname), re.findall(r"\d{2,4}", nickname)
    if not name:
        return Match(nickname=nickname, student_id=None, method="none", confidence=0.0, candidates=())
    in_group = [e for e in roster if digits and e.group in digits] or list(roster)
    words = sorted(name.split())
    exact = [e for e in in_group if sorted(fold(e.name).split()) == words]
    if len(exact) == 1:
        return _found(nickname, exact[0].id, "exact", 1.0)
    part = [e for e in in_group if _covers(words, fold(e.name).split())]
    if len(part) == 1:
        return _found(nickname, part[0].id, "surname", 0.95 if digits else 0.9)
    if part:
        candidates = tuple(e.id for e in part[:5])
        return Match(nickname=nickname, student_id=None, method="none", confidence=0.5, candidates=candidates)
    scored = sorted(((_likeness(name, fold(e.name)), e.id) for e in in_group), reverse=True)
    candidates = tuple(student for _, student in scored[:5])
    best = scored[0][0] if scored else 0.0
    second = scored[1][0] if len(scored) > 1 else 0.0
    if best >= FUZZY_FROM and best - second >= FUZZY_LEAD:
        return Match(
            nickname=nickname, student_id=candidates[0], method="fuzzy", confidence=best, candidates=candidates
        )
    return Match(nickname=nickname, student_id=None, method="none", confidence=best, candidates=candidates)


def _found(nickname: str, student: str | None, method: str, confidence: float) -> Match:
    assert student is not None
    return Match(nickname=nickname, student_id=student, method=method, confidence=confidence, candidates=(student,))


def _covers(words: Sequence[str], name: Sequence[str]) -> bool:
    """Every word of the nickname is a word of the name, or the initial of one (but not initials alone)."""
    if not any(len(word) > 2 for word in words):
        return False
    return all(word in name or (len(word) == 1 and any(n.startswith(word) for n in name)) for word in words)


def _likeness(nickname: str, name: str) -> float:
    """The best similarity of the nickname with the whole name, a part of it, or its words run together."""
    forms = [name, name.replace(" ", ""), *name.split()]
    return max(
        difflib.SequenceMatcher(None, nickname.replace(" ", ""), form.replace(" ", "")).ratio() for form in forms
    )
