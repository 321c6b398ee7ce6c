"""Which names of one program became which of another, read off the regions that both share."""

from __future__ import annotations

import builtins
import keyword
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher

from plagiarism.spans import Span

TOKEN = re.compile(r"[^\W\d]\w*|\d[\w.]*|[^\s\w]")
KEPT = frozenset(dir(builtins)) | frozenset(keyword.kwlist) | {"self", "cls"}
MOST_TOKENS = 2_000


def renames(
    a: Mapping[str, str], b: Mapping[str, str], spans: Sequence[Span], *, most: int = 12
) -> list[tuple[str, str, int]]:
    """`(name in a, name in b, times)`, the most frequent first, for names that changed between the shared regions.

    `a` and `b` map files to texts. A name counts with the one that most often stands in its place.
    """
    pairs: Counter[tuple[str, str]] = Counter()
    for span in spans:
        left = _tokens(a.get(span.file_a, ""), span.start_a, span.end_a)
        right = _tokens(b.get(span.file_b, ""), span.start_b, span.end_b)
        matcher = SequenceMatcher(a=_shapes(left), b=_shapes(right), autojunk=False)
        for start_a, start_b, size in matcher.get_matching_blocks():
            for one, other in zip(left[start_a : start_a + size], right[start_b : start_b + size], strict=True):
                if one.isidentifier() and one not in KEPT and other not in KEPT:
                    pairs[one, other] += 1
    best: dict[str, tuple[str, int]] = {}
    for (one, other), times in pairs.most_common():
        best.setdefault(one, (other, times))
    changed = [(one, other, times) for one, (other, times) in best.items() if one != other and times > 1]
    return sorted(changed, key=lambda row: (-row[2], row[0]))[:most]


def _tokens(text: str, start: int, end: int) -> list[str]:
    lines = (line.split("#", 1)[0] for line in text.split("\n")[start - 1 : end])
    return TOKEN.findall("\n".join(lines))[:MOST_TOKENS]


def _shapes(tokens: Sequence[str]) -> list[str]:
    """Names alike, numbers alike, everything else itself."""
    return ["V" if t.isidentifier() and t not in KEPT else "N" if t[:1].isdigit() else t for t in tokens]
