"""Whose nickname is this? Group numbers are cut off and diacritics folded; a doubtful match is left to a person.

Nicknames in lecture quizzes are mostly a group and a surname (`141pop`, `144_Pop`, `Pop-142`), a full name, or a surname
and an initial (`PopA`). Two students that fit equally well are never guessed between.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

FUZZY_FROM = 0.86
FUZZY_FROM_IN_GROUP = 0.8
FUZZY_LEAD = 0.08
MAX_CANDIDATES = 5
# Names that a misspelt nickname is compared with
COMPARED = 20
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


class _Names:
    """The roster's names by what a nickname may hold of them, so that few of them are ever compared."""

    def __init__(self, roster: Sequence[RosterEntry]) -> None:
        self.names = [_Name(entry, tuple(fold(entry.name).split())) for entry in roster]
        self.groups = {entry.group for entry in roster if entry.group}
        self.whole: dict[tuple[str, ...], list[_Name]] = defaultdict(list)
        self.with_word: dict[str, list[_Name]] = defaultdict(list)
        self.with_initial: dict[str, list[_Name]] = defaultdict(list)
        self.with_pair: dict[str, set[int]] = defaultdict(set)
        for at, name in enumerate(self.names):
            self.whole[tuple(sorted(name.words))].append(name)
            for word in set(name.words):
                self.with_word[word].append(name)
            for run in {a + b[0] for a in name.words for b in name.words if a != b and len(a) > 2}:
                self.with_initial[run].append(name)
            for pair in {pair for word in name.words for pair in _pairs(word)}:
                self.with_pair[pair].add(at)

    def covering(self, words: Sequence[str]) -> list[_Name]:
        """The names that hold every word, or an initial of another; or one word with an initial run together."""
        found = self.with_initial.get(words[0], []) if len(words) == 1 else []
        longest = max(words, key=len)
        return [*found, *(name for name in self.with_word.get(longest, []) if _covers(words, name.words))]

    def like(self, joined: str, groups: set[str]) -> list[_Name]:
        """The names (of these groups, if any) that share most pairs of letters with it: what a typing error leaves."""
        shared: Counter[int] = Counter()
        for pair in _pairs(joined):
            shared.update(self.with_pair.get(pair, ()))
        if groups:
            shared = Counter({at: n for at, n in shared.items() if self.names[at].entry.group in groups})
        return [self.names[at] for at, _n in sorted(shared.items(), key=lambda row: (-row[1], row[0]))[:COMPARED]]


def _pairs(word: str) -> set[str]:
    padded = f"{word} "
    return {padded[i : i + 2] for i in range(len(word))}


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
    nicknames: Sequence[str],
    roster: Sequence[RosterEntry],
    *,
    aliases: Mapping[str, str] | None = None,
    identified: Mapping[str, str] | None = None,
) -> list[Match]:
    """One match per nickname, in order. `aliases` are nicknames that a person has resolved, with the student's id;
    `identified` those whose player gave an identifier that is a student's."""
    ids = {entry.id for entry in roster}
    known = {_alias(nickname): student for nickname, student in (aliases or {}).items() if student in ids}
    names = _Names(roster)
    sure = {nickname: student for nickname, student in (identified or {}).items() if student in ids}
    return [
        Match(
            nickname=nickname, student_id=sure[nickname], method="exact", confidence=1.0, candidates=(sure[nickname],)
        )
        if nickname in sure
        else _match(nickname, names, known)
        for nickname in nicknames
    ]


def is_same_nickname(a: str, b: str) -> bool:
    """Whether two spellings are one nickname: the same letters and digits.

    >>> is_same_nickname("141_Pop", "Pop 141"), is_same_nickname("141pop", "142pop")
    (True, False)
    """
    return _alias(a) == _alias(b)


def _alias(nickname: str) -> str:
    """What the spellings of one nickname share. Nicknames without letters of ours stand for themselves."""
    joined = fold(nickname).replace(" ", "")
    return f"{joined}|{''.join(re.findall(r'[0-9]+', nickname))}" if joined else nickname.strip()


def _match(nickname: str, names: _Names, known: Mapping[str, str]) -> Match:
    if student := known.get(_alias(nickname)):
        return Match(nickname=nickname, student_id=student, method="alias", confidence=1.0, candidates=(student,))
    words = fold(nickname).split()
    if not words:
        return Match(nickname=nickname, student_id=None, method="none", confidence=0.0)
    groups = set(GROUP.findall(nickname)) & names.groups
    exact = names.whole.get(tuple(sorted(words)), [])
    part = names.covering(words)
    found = _by_words(nickname, exact, part, groups, 0.95) if groups else None
    found = found or _by_words(nickname, exact, part, None, 0.7 if groups else 0.9)
    if found:
        return found
    joined = "".join(words)
    return _by_likeness(nickname, joined, names.like(joined, groups), FUZZY_FROM_IN_GROUP if groups else FUZZY_FROM)


def _by_words(
    nickname: str, exact: Sequence[_Name], part: Sequence[_Name], groups: set[str] | None, confidence: float
) -> Match | None:
    """The one student (of these groups) whose name has all these words; several, as candidates only; or None."""

    def kept(names: Sequence[_Name]) -> list[_Name]:
        return [name for name in names if groups is None or name.entry.group in groups]

    chosen = kept(exact) or kept(part)
    if not chosen:
        return None
    candidates = tuple(dict.fromkeys(name.entry.id for name in chosen))[:MAX_CANDIDATES]
    if len(candidates) > 1:
        return Match(nickname=nickname, student_id=None, method="none", confidence=0.5, candidates=candidates)
    method, certainty = ("exact", 1.0) if kept(exact) else ("surname", confidence)
    return Match(
        nickname=nickname, student_id=candidates[0], method=method, confidence=certainty, candidates=candidates
    )


def _covers(words: Sequence[str], name: Sequence[str]) -> bool:
    """Every word is one of the name's or an initial of another."""
    rest = list(name)
    for word in sorted(words, key=len, reverse=True):
        fits = next((one for one in rest if one == word or (len(word) == 1 and one.startswith(word))), None)
        if fits is None:
            return False
        rest.remove(fits)
    return any(len(word) > 2 for word in words)


def _by_likeness(nickname: str, joined: str, names: Sequence[_Name], threshold: float) -> Match:
    best_of: dict[str, float] = {}
    matcher = difflib.SequenceMatcher(None, "", joined)
    for name in names:
        forms = {"".join(name.words), "".join(reversed(name.words)), *(word for word in name.words if len(word) > 2)}
        best_of[name.entry.id] = max(best_of.get(name.entry.id, 0.0), *(_likeness(matcher, form) for form in forms))
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


def _likeness(matcher: difflib.SequenceMatcher[str], form: str) -> float:
    """How similar the nickname is to a form of a name, 0..1; 0 for what is too far off to matter."""
    matcher.set_seq1(form)
    return matcher.ratio() if matcher.real_quick_ratio() >= 0.5 and matcher.quick_ratio() >= 0.5 else 0.0
