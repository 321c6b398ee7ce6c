"""Shared regions of two programs, found by copydetect's winnowing on canonical text.

Each symbol becomes one character of the private-use planes, so a position in that text is the index of a symbol. A
document is fingerprinted once, however many partners it is compared with: the alphabet is the run's, not the pair's.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from plagiarism.canonical import Symbol

NOISE, WINDOW = 12, 3
FIRST_CHARACTER, N_CHARACTERS = 0xF0000, 65_000
Range = tuple[int, int]


class RegionFinder:
    """Finds the shared regions of documents, which it knows by their position in `documents`."""

    def __init__(self, documents: Sequence[Sequence[Symbol]]) -> None:
        self._documents = documents
        self._alphabet: dict[str, str] = {}
        self._texts: dict[int, str] = {}
        self._prints: dict[int, Any] = {}

    def ranges(self, i: int, j: int) -> list[tuple[Range, Range]]:
        """Half-open symbol ranges: each region of `i` with the first region of `j` that holds its beginning."""
        if min(len(self._documents[i]), len(self._documents[j])) < NOISE:
            return []
        from copydetect import compare_files

        _, _, (slices_a, slices_b) = compare_files(self._fingerprint(i), self._fingerprint(j))
        if not len(slices_a) or not len(slices_a[0]):
            return []
        text_a, text_b = self._texts[i], self._texts[j]
        ranges_b = [(int(s), min(int(e), len(text_b))) for s, e in zip(slices_b[0], slices_b[1], strict=True)]
        matched = []
        for start, end in zip(slices_a[0], slices_a[1], strict=True):
            range_a = (int(start), min(int(end), len(text_a)))
            beginning = text_a[range_a[0] : range_a[0] + NOISE]
            partner = next((r for r in ranges_b if beginning in text_b[r[0] : r[1]]), None)
            if partner is not None and range_a[1] > range_a[0]:
                matched.append((range_a, partner))
        return matched

    def _fingerprint(self, i: int) -> Any:
        if i not in self._prints:
            from copydetect import CodeFingerprint

            text = "".join(self._character(symbol.text) for symbol in self._documents[i])
            self._texts[i] = text
            self._prints[i] = CodeFingerprint(
                "canonical", NOISE, WINDOW, filter=False, language="text", fp=io.StringIO(text)
            )
        return self._prints[i]

    def _character(self, text: str) -> str:
        return self._alphabet.setdefault(text, chr(FIRST_CHARACTER + len(self._alphabet) % N_CHARACTERS))
