"""Shared regions of two programs, found by copydetect on the events of their evaluation.

Each event becomes one character of the private-use planes, so a position in that text is the index of an event and
leads back to its file and line. A document is written and fingerprinted once, however many partners it has. Events of
starter code and of what most of the class wrote get characters that match nothing.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from plagiarism.fingerprints import GRAM_SIZES, VIEWS, Fingerprint
from plagiarism.index import Index

NOISE, WINDOW = 6, 1  # a window of 1 keeps every fingerprint: with more, what is kept hangs on salted hashes
FIRST_CHARACTER, N_CHARACTERS = 0xF0000, 65_000
FIRST_LONELY = 0x100000
COMMON_SHARE, COMMON_LEAST = 0.25, 8  # a run of statements that so many hold is nobody's
MOST_TEXT = 20_000
Range = tuple[int, int]


@dataclass(frozen=True, kw_only=True)
class Span:
    """A shared region: lines from 1, both ends inclusive. `holders`: how many of the run hold its rarest run."""

    file_a: str
    start_a: int
    end_a: int
    file_b: str
    start_b: int
    end_b: int
    holders: int = 2


class RegionFinder:
    """Finds the shared regions of documents, which it knows by their position in the index."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._alphabet: dict[int, str] = {}
        self._texts: dict[int, str] = {}
        self._prints: dict[int, Any] = {}
        self._marks: dict[int, npt.NDArray[np.bool_]] = {}

    def spans(self, i: int, j: int) -> tuple[Span, ...]:
        """Regions of i with their counterparts in j, the longest first."""
        a, b = self._index.prints[i], self._index.prints[j]
        found: dict[tuple[str, int, int, str, int, int], Span] = {}
        ranges = sorted(self.ranges(i, j), key=lambda r: r[0][0] - r[0][1])
        for (start_a, end_a), (start_b, end_b) in ranges:
            place_a, place_b = _lines(a, start_a, end_a), _lines(b, start_b, end_b)
            if place_a + place_b not in found:
                found[place_a + place_b] = Span(
                    file_a=place_a[0],
                    start_a=place_a[1],
                    end_a=place_a[2],
                    file_b=place_b[0],
                    start_b=place_b[1],
                    end_b=place_b[2],
                    holders=self._holders(i, start_a, end_a),
                )
        return tuple(found.values())

    def ranges(self, i: int, j: int) -> list[tuple[Range, Range]]:
        """Half-open event ranges: each region of `i` with the best region of `j` that holds its beginning."""
        prints = self._index.prints
        if min(len(prints[i].stream), len(prints[j].stream)) < NOISE:
            return []
        from copydetect import compare_files

        _, _, (slices_a, slices_b) = compare_files(self._fingerprint(i), self._fingerprint(j))
        if not len(slices_a) or not len(slices_a[0]):
            return []
        text_a, text_b = self._texts[i], self._texts[j]
        ranges_b = [(int(s), min(int(e), len(text_b))) for s, e in zip(slices_b[0], slices_b[1], strict=True)]
        matched = []
        for start, end in zip(slices_a[0], slices_a[1], strict=True):
            matched += _aligned(text_a, text_b, (int(start), min(int(end), len(text_a))), ranges_b)
        return matched

    def is_common(self, d: int) -> npt.NDArray[np.bool_]:
        """`(n_events,)`: whether an event belongs to starter code or to what most of the class wrote."""
        index, one = self._index, self._index.prints[d]
        marks = np.zeros(len(one.stream), dtype=np.bool_)
        terms, places = self._grams(d)
        frequency = index.first[terms + 1] - index.first[terms]
        limit = max(COMMON_LEAST, COMMON_SHARE * len(index))
        for place in places[(index.weights[terms] == 0) | (frequency > limit)].tolist():
            marks[place : place + GRAM_SIZES[0]] = True
        return marks

    def common_lines(self, d: int) -> dict[str, tuple[int, ...]]:
        """File -> the numbers of lines that hold nothing but common events."""
        one = self._index.prints[d]
        marks = self._common(d)
        found: dict[str, tuple[int, ...]] = {}
        for number, name in enumerate(one.files):
            here = one.file_of == number
            lines = set(one.lines[here & marks].tolist()) - set(one.lines[here & ~marks].tolist())
            if lines:
                found[name] = tuple(sorted(lines))
        return found

    def _common(self, d: int) -> npt.NDArray[np.bool_]:
        if d not in self._marks:
            self._marks[d] = self.is_common(d)
        return self._marks[d]

    def _grams(self, d: int) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
        v = VIEWS.index("grams")
        one = self._index.prints[d]
        low, high = one.bounds[v], one.bounds[v + 1]
        return self._index.own(d)[low:high], one.places[low:high]

    def _holders(self, d: int, start: int, end: int) -> int:
        """The median number of submissions that hold a run of statements of this region."""
        terms, places = self._grams(d)
        inside = terms[(places >= start) & (places < max(end - GRAM_SIZES[0], start + 1))]
        if not len(inside):
            return 2
        return max(int(np.median(self._index.first[inside + 1] - self._index.first[inside])), 1)

    def _fingerprint(self, i: int) -> Any:
        if i not in self._prints:
            from copydetect import CodeFingerprint

            stream = self._index.prints[i].stream[:MOST_TEXT].tolist()
            common = self._common(i).tolist()
            self._texts[i] = "".join(
                chr(FIRST_LONELY + (i * 7919 + p * 31) % N_CHARACTERS) if is_common else self._character(event)
                for p, (event, is_common) in enumerate(zip(stream, common, strict=False))
            )
            self._prints[i] = CodeFingerprint(
                "events", NOISE, WINDOW, filter=False, language="text", fp=io.StringIO(self._texts[i])
            )
        return self._prints[i]

    def _character(self, event: int) -> str:
        return self._alphabet.setdefault(event, chr(FIRST_CHARACTER + len(self._alphabet) % N_CHARACTERS))


def covered(one: Fingerprint, places: Sequence[tuple[str, int, int]]) -> float:
    """The part of a submission's lines of code that lies in `places` (file, first and last line)."""
    numbers = {name: number for number, name in enumerate(one.files)}
    rows = np.unique(np.stack([one.file_of, one.lines], axis=1), axis=0) if len(one.lines) else np.zeros((0, 2))
    inside = np.zeros(len(rows), dtype=np.bool_)
    for file, start, end in places:
        inside |= (rows[:, 0] == numbers.get(file, -1)) & (rows[:, 1] >= start) & (rows[:, 1] <= end)
    return float(inside.mean()) if len(rows) else 0.0


def _aligned(text_a: str, text_b: str, region: Range, ranges_b: Sequence[Range]) -> list[tuple[Range, Range]]:
    """A region of a cut into pieces that stand somewhere in b as a whole; what stands nowhere is left out."""
    pieces = []
    start, end = region
    while end - start >= NOISE:
        best: tuple[int, int] | None = None
        opening = text_a[start : start + NOISE]
        for low, high in ranges_b:
            at = text_b.find(opening, low, high)
            if at >= 0:
                length = NOISE
                while start + length < end and at + length < high and text_a[start + length] == text_b[at + length]:
                    length += 1
                if best is None or length > best[1]:
                    best = (at, length)
        if best is None:
            start += 1
            continue
        pieces.append(((start, start + best[1]), (best[0], best[0] + best[1])))
        start += best[1]
    return pieces


def _lines(one: Fingerprint, start: int, end: int) -> tuple[str, int, int]:
    """File, first and last line of a range of events, without running over into the next file."""
    file = int(one.file_of[start])
    within = one.lines[start:end][one.file_of[start:end] == file]
    return one.files[file], int(within.min()), int(within.max())
