"""Lists and sets in a cell, in every common writing, as items with single spaces between them.

Read alike: `a b c`, `a, b, c`, `a;b;c`, `a|b|c`, `['a', 'b']`, `["a", "b"]`, `(1, 2)`, `{'a', 'b'}`, numpy's `[1 2 3]` and
`np.str_('a')`, and 11.0 for 11. An item holds no space. It may hold a comma, semicolon or bar where the truth's items do,
with spaces between the items; then that sign separates nothing. What can't be told for certain is no list (None).
"""

from __future__ import annotations

import ast
import json
import re
import string
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from grader.metrics.retrieval import GAIN

SEPARATORS = ",;|"
OPENING, CLOSING = "[({", "])}"
NOTHING = frozenset[str]()
PLAIN = (string.ascii_letters + string.digits + "_ \n").encode()
LIST_SIGNS = "[](){}'\"`,;|"
# with every digit above zero as 1, a zero in front is " 00" or " 01"
DIGITS = bytes.maketrans(b"\n123456789", b" 111111111")
PUNCTUATION = re.compile(r"[!-/:-@\[-`{-~]+", re.ASCII)
PIECES = re.compile(r"\w+")
CALLS = re.compile(r"(?:np\.|numpy\.)?(?:array|set|frozenset|tuple|list)\((.*)\)", re.DOTALL)
SCALARS = re.compile(r"(?:np|numpy)\.\w+\(([^()]*)\)")
DTYPE = re.compile(r",\s*dtype=[\w.<>'\"]+$")
QUOTED = re.compile(r"""[bu]?(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")""")
BARE = re.compile(r"""[^\s,'"\[\](){}]+""")
GAP = re.compile(r"\s*([,;|]?)\s*")
WHOLE = re.compile(r"[+-]?\d{1,30}\.0*|[+-]?\d(?:\.\d{1,15})?[eE]\+?\d{1,2}", re.ASCII)
NO_ITEM = frozenset({"none", "nan", "null", "na", "...", "…"})


@dataclass(frozen=True)
class Vocabulary:
    """What the truth says of items. `inner` are the separators that they hold.

    `names` are items that a refusal may go by, with and without a gain behind: never those of private rows alone, since a
    refusal would tell which they are.
    """

    names: frozenset[str] = NOTHING
    inner: frozenset[str] = NOTHING
    is_exact: bool = False  # 11 and 11.0 are two items

    def read(self, texts: Sequence[str]) -> Sequence[str | None]:
        """Predicted cells with single spaces between items; None for one that is no certain list."""
        whole = "\n".join(texts)
        if not self.codes and is_plain(whole):
            return texts
        if not any(sign in whole for sign in LIST_SIGNS) and all(map(self._is_sure, set(whole.split()))):
            return texts
        return [self._read(text) for text in texts]

    def _is_sure(self, item: str) -> bool:
        return self._as_named(item) == item and not self._is_doubtful(item)

    def _as_named(self, item: str) -> str:
        return item if item in self.names or self.is_exact else whole_number(item)

    @cached_property
    def codes(self) -> frozenset[str]:
        """The names with zeros in front, without these."""
        return frozenset(
            name.lstrip("0") for name in self.names if len(name) > 1 and name[0] == "0" and name.isdecimal()
        )

    def _read(self, text: str) -> str | None:
        items = split_items(text, self.inner)
        if items is None:
            return None
        read = [self._as_named(item) for item in items]
        return None if any(self._is_doubtful(item) for item in read) else " ".join(read)

    def _is_doubtful(self, item: str) -> bool:
        """Whether this looks like one or several items of ours in another writing."""
        if item in self.names:
            return False
        if PUNCTUATION.fullmatch(item) or any(
            item.count(a) != item.count(b) for a, b in zip(OPENING, CLOSING, strict=True)
        ):
            return True
        stem, colon, _ = item.rpartition(":")
        if colon and stem in self.names:  # a gain or a score behind an item
            return True
        if item.isdecimal():
            return (item.lstrip("0") or "0") in (self.names if item[0] == "0" else self.codes)
        pieces = PIECES.findall(item)
        return pieces != [item] and bool(pieces) and self.names.issuperset(pieces)


def read_truth(texts: Sequence[str]) -> tuple[list[str | None], Vocabulary]:
    """A column of the truth with single spaces between items (None: no certain list), and what it says of items."""
    if is_plain("\n".join(texts)):
        return list(texts), Vocabulary()
    inner = frozenset(sign for sign in SEPARATORS if _is_inner(sign, texts))
    rows = [split_items(text, inner) for text in texts]
    if any(rows) and not inner:
        rows = _without_doubt(texts, rows)
    names = {name for row in rows if row for item in row for name in (item, item.rpartition(":")[0]) if name}
    wholes = {name: whole_number(name) for name in names}
    is_exact = any(whole != name and whole in names for name, whole in wholes.items())
    if not is_exact:
        rows = [row and [_without_point(item) for item in row] for row in rows]
    cells = [None if row is None else " ".join(row) for row in rows]
    return cells, Vocabulary(inner=inner, is_exact=is_exact)


def is_plain(cells: str) -> bool:
    """Whether no cell needs a look: all are ASCII letters and digits with spaces between, no zero in front."""
    if not cells.isascii():
        return False
    data = f"\n{cells}".encode()
    digits = data.translate(DIGITS)
    return not data.translate(None, PLAIN) and b" 00" not in digits and b" 01" not in digits


def names_in(cells: Iterable[str]) -> frozenset[str]:
    """The items of read cells, with and without a gain behind."""
    return frozenset(
        name for cell in cells for item in cell.split() for name in (item, item.rpartition(":")[0]) if name
    )


def split_items(text: str, inner: frozenset[str] = NOTHING) -> list[str] | None:
    """The items of one cell; None where it is no list, or may be two.

    >>> split_items("['a', 'b']"), split_items("1, 2"), split_items("[1 2]"), split_items("a b, c")
    (['a', 'b'], ['1', '2'], ['1', '2'], None)
    """
    text = text.strip()
    if call := CALLS.fullmatch(text):
        text = DTYPE.sub("", call[1].strip()) or "[]"
    text = SCALARS.sub(r"\1", text)
    if text[:1] and text[0] in OPENING:
        if text[-1] != CLOSING[OPENING.index(text[0])]:
            return None
        return _scanned(text[1:-1].strip(), inner)
    if text[-1:] and text[-1] in CLOSING and not any(sign in text for sign in OPENING):
        return None
    return _plain(text, inner)


def whole_number(item: str) -> str:
    """`11` for `11.0` and `1.1e+01`; any other item as it is."""
    if not WHOLE.fullmatch(item):
        return item
    value = float(item)
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else item


def unsure_gains(cells: Iterable[str]) -> int | None:
    """The position of the first cell where it isn't certain that gains, not names, are behind the colons.

    >>> unsure_gains(["7:1 9:3"]), unsure_gains(["imdb:12 imdb:7"]), unsure_gains(["a:1", "b:x"])
    (None, 0, 1)
    """
    kinds: set[bool] = set()
    for place, cell in enumerate(cells):
        stems = []
        for item in cell.split():
            stem, colon, gain = item.rpartition(":")
            is_gain = bool(stem) and bool(GAIN.fullmatch(gain))
            stems.append(stem if colon and is_gain else item)
            if colon:
                kinds.add(is_gain)
        if len(kinds) > 1 or (True in kinds and len(set(stems)) < len(stems)):
            return place
    return None


def _scanned(text: str, inner: frozenset[str]) -> list[str] | None:
    """What stands in brackets: texts in quotation marks or bare words, commas or spaces between them, never both."""
    items: list[str] = []
    gaps: set[str] = set()
    place = 0
    while place < len(text):
        if quoted := QUOTED.match(text, place):
            item, place = _unescaped(quoted), quoted.end()
        elif bare := BARE.match(text, place):
            item, place = bare[0], bare.end()
            cut = next((at for at, sign in enumerate(item) if sign in ";|" and sign not in inner), None)
            if cut is not None:
                item, place = item[:cut], bare.start() + cut
            if item.casefold() in NO_ITEM or item[-1:] == ":":
                return None
        else:
            return None
        if not item or len(item.split()) != 1 or item != item.strip():
            return None
        items.append(item)
        gap = GAP.match(text, place)
        assert gap is not None
        if gap.end() < len(text):
            if gap.end() == place:
                return None
            gaps.add(gap[1])
        place = gap.end()
    return items if len(gaps) <= 1 else None


def _unescaped(quoted: re.Match[str]) -> str:
    """A text without its quotation marks, as JSON and Python escape letters; empty where they don't."""
    text: str = quoted[1] if quoted[1] is not None else quoted[2]
    if "\\" not in text:
        return text
    try:
        read = json.loads(f'"{text}"') if quoted[2] is not None else ast.literal_eval(f"'{text}'")
    except (ValueError, SyntaxError):
        return ""
    return unicodedata.normalize("NFC", read)


def _plain(text: str, inner: frozenset[str]) -> list[str] | None:
    present = [sign for sign in SEPARATORS if sign in text and sign not in inner]
    if len(present) > 1:
        return None
    if present:
        parts = [part.strip() for part in text.split(present[0])]
        parts = parts[:-1] if len(parts) > 1 and not parts[-1] else parts
    else:
        parts = text.split()
        if any(part[0] in inner or part[-1] in inner for part in parts):
            return None
    for mark in "'\"`":
        if parts and all(len(part) > 2 and part[0] == part[-1] == mark for part in parts):
            parts = [part[1:-1] for part in parts]
    if any(not part or len(part.split()) != 1 or '"' in part for part in parts):
        return None
    return parts


def _is_inner(sign: str, texts: Sequence[str]) -> bool:
    """Whether items hold this sign: it can't separate them in every cell, and spaces can."""
    cells = [text for text in texts if sign in text and text.strip()[0] not in OPENING]
    if all(split_items(text) is not None for text in cells):
        return False
    return all(part[0] != sign and part[-1] != sign for text in cells for part in text.split())


def _without_doubt(texts: Sequence[str], rows: list[list[str] | None]) -> list[list[str] | None]:
    """A cell such as `a,b` is one item or two where other cells have spaces between theirs: no certain list."""
    bare = [text.strip() for text in texts]
    are_spaced = any(
        len(text.split()) > 1 and not any(sign in text for sign in SEPARATORS) and text[0] not in OPENING
        for text in bare
    )
    if not are_spaced:
        return rows
    return [
        None if any(sign in text for sign in SEPARATORS) and text[0] not in OPENING and len(text.split()) == 1 else row
        for text, row in zip(bare, rows, strict=True)
    ]


def _without_point(item: str) -> str:
    stem, colon, gain = item.rpartition(":")
    return f"{whole_number(stem)}:{gain}" if colon else whole_number(item)
