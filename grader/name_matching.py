"""Whose nickname is this? Group numbers are cut off and diacritics folded; a doubtful match is left to a person.

Nicknames in lecture quizzes are mostly a group and a surname (`141pop`, `144_Pop`, `Pop-142`), a full name, or a surname
and an initial (`PopA`). Two students that fit equally well are never guessed between.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

FUZZY_FROM = 0.86
FUZZY_FROM_IN_GROUP = 0.8
FUZZY_LEAD = 0.08
MAX_CANDIDATES = 5
# Letters that no decomposition takes apart
LETTERS = str.maketrans({"đ": "d", "ł": "l", "ø": "o", "æ": "ae", "œ": "oe", "ı": "i", "þ": "th"})
GROUP = re.compile(r"[0-9]{2,4}")


@dataclass(frozen=True, kw_only=True)
class RosterEntry:
    """A student's id and full name, and the group's number if there is one. Another entry may give another name."""

    id: str
    name: str
    group: str = ""


@dataclass(frozen=True, kw_only=True)
class Match:
    """`method`: alias, exact, surname, fuzzy or none. `confidence` in 0..1. `candidates` are ids, likeliest first."""

    nickname: str
    student_id: str | None
    method: str
    confidence: float
    candidates: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Name:
    entry: RosterEntry
    words: tuple[str, ...]


def fold(text: str) -> str:
    """Lower case without diacritics, digits or punctuation; words (`PopIon` is two) separated by one space.

    >>> fold("Șerban-Țăran_ION"), fold("141popescu"), fold("PopIon")
    ('serban taran ion', 'popescu', 'pop ion')
    """
    parts = unicodedata.normalize("NFKD", text)
    bare = "".join(c for c in parts if not unicodedata.combining(c))
    bare = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", bare).casefold().translate(LETTERS)
    return " ".join(re.findall(r"[a-z]+", bare))


def match(
    nicknames: Sequence[str], roster: Sequence[RosterEntry], *, aliases: Mapping[str, str] | None = None
) -> list[Match]:
    """One match per nickname, in order. `aliases` are nicknames that a person has resolved, with the student's id."""
    ids = {entry.id for entry in roster}
    known = {_alias(nickname): student for nickname, student in (aliases or {}).items() if student in ids}
    names = [_Name(entry, tuple(fold(entry.name).split())) for entry in roster]
    return [_match(nickname, names, known) for nickname in nicknames]


def _alias(nickname: str) -> str:
    """What the spellings of one nickname share. Nicknames without letters of ours stand for themselves."""
    joined = fold(nickname).replace(" ", "")
    return f"{joined}|{''.join(re.findall(r'[0-9]+', nickname))}" if joined else nickname.strip()


def _match(nickname: str, names: Sequence[_Name], known: Mapping[str, str]) -> Match:
    if student := known.get(_alias(nickname)):
        return Match(nickname=nickname, student_id=student, method="alias", confidence=1.0, candidates=(student,))
    words = fold(nickname).split()
    if not words:
        return Match(nickname=nickname, student_id=None, method="none", confidence=0.0)
    groups = set(GROUP.findall(nickname))
    in_group = [name for name in names if name.entry.group in groups]
    found = _by_words(nickname, words, in_group, 0.95) if in_group else None
    found = found or _by_words(nickname, words, names, 0.7 if in_group else 0.9)
    if found:
        return found
    if in_group:
        return _by_likeness(nickname, words, in_group, FUZZY_FROM_IN_GROUP)
    return _by_likeness(nickname, words, names, FUZZY_FROM)


def _by_words(nickname: str, words: Sequence[str], names: Sequence[_Name], confidence: float) -> Match | None:
    """The one student whose name has all these words; several, as candidates only; or None if there is none."""
    exact = [name for name in names if sorted(name.words) == sorted(words)]
    part = exact or [name for name in names if _covers(words, name.words)]
    if not part:
        return None
    candidates = tuple(dict.fromkeys(name.entry.id for name in part))[:MAX_CANDIDATES]
    if len(candidates) > 1:
        return Match(nickname=nickname, student_id=None, method="none", confidence=0.5, candidates=candidates)
    method, certainty = ("exact", 1.0) if exact else ("surname", confidence)
    return Match(
        nickname=nickname, student_id=candidates[0], method=method, confidence=certainty, candidates=candidates
    )


def _covers(words: Sequence[str], name: Sequence[str]) -> bool:
    """Every word is one of the name's or an initial of another, or all are a word and an initial run together."""
    if len(words) == 1 and words[0] in {a + b[0] for a in name for b in name if a != b and len(a) > 2}:
        return True
    rest = list(name)
    for word in sorted(words, key=len, reverse=True):
        fits = next((one for one in rest if one == word or (len(word) == 1 and one.startswith(word))), None)
        if fits is None:
            return False
        rest.remove(fits)
    return any(len(word) > 2 for word in words)


def _by_likeness(nickname: str, words: Sequence[str], names: Sequence[_Name], threshold: float) -> Match:
    joined = "".join(words)
    best_of: dict[str, float] = {}
    for name in names:
        best_of[name.entry.id] = max(best_of.get(name.entry.id, 0.0), _likeness(joined, name.words))
    scored = sorted(best_of.items(), key=lambda row: -row[1])
    candidates = tuple(student for student, score in scored[:MAX_CANDIDATES] if score >= 0.5)
    best, second = ([score for _, score in scored] + [0.0, 0.0])[:2]
    is_clear = best >= threshold and best - second >= FUZZY_LEAD
    return Match(
        nickname=nickname,
        student_id=candidates[0] if is_clear else None,
        method="fuzzy" if is_clear else "none",
        confidence=round(best, 3),
        candidates=candidates,
    )


def _likeness(joined: str, name: Sequence[str]) -> float:
    """The best similarity, 0..1, with the whole name in either order or with a word of it."""
    forms = {"".join(name), "".join(reversed(name)), *name}
    return max((difflib.SequenceMatcher(None, joined, form).ratio() for form in forms), default=0.0)
