"""Shared regions of two programs, found by copydetect's winnowing on canonical text.

Each symbol becomes one character of the private-use planes, so a position in that text is the index of a symbol.
"""

from __future__ import annotations

import io
from collections.abc import Sequence

from plagiarism.canonical import Symbol

NOISE, WINDOW = 12, 3
FIRST_CHARACTER, N_CHARACTERS = 0xF0000, 65_000
Range = tuple[int, int]


def matching_ranges(a: Sequence[Symbol], b: Sequence[Symbol]) -> list[tuple[Range, Range]]:
    """Pairs of half-open symbol ranges, each region of `a` with the first region of `b` that holds its beginning."""
    if min(len(a), len(b)) < NOISE:
        return []
    from copydetect import CodeFingerprint, compare_files

    alphabet = {text: i for i, text in enumerate(sorted({s.text for s in (*a, *b)}))}
    texts = ["".join(chr(FIRST_CHARACTER + alphabet[s.text] % N_CHARACTERS) for s in side) for side in (a, b)]
    prints = [
        CodeFingerprint("canonical", NOISE, WINDOW, filter=False, language="text", fp=io.StringIO(text))
        for text in texts
    ]
    _, _, (slices_a, slices_b) = compare_files(*prints)
    if not len(slices_a) or not len(slices_a[0]):
        return []
    ranges_b = [(int(s), min(int(e), len(b))) for s, e in zip(slices_b[0], slices_b[1], strict=True)]
    matched = []
    for start, end in zip(slices_a[0], slices_a[1], strict=True):
        range_a = (int(start), min(int(end), len(a)))
        beginning = texts[0][range_a[0] : range_a[0] + NOISE]
        partner = next((r for r in ranges_b if beginning in texts[1][r[0] : r[1]]), None)
        if partner is not None and range_a[1] > range_a[0]:
            matched.append((range_a, partner))
    return matched
