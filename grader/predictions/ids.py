"""Find where ids belong, as exact text: a hash table in numpy arrays, built once per solution.

An id is loaded as 8-byte words padded with zero bytes, which no text file holds, so equal words are equal text. A row in
the solution's own order is recognised by comparing words, without a look into the table.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from grader.predictions.numbers import ZEROS, are_digits, eight_digits
from grader.predictions.tables import Cells, cells_of

U64 = np.uint64
MULTIPLIER = U64(0x9E3779B97F4A7C15)
MAX_ID_BYTES = 256
SPARSE = 8  # a table by value may be this many times longer than the ids
# the first `n` bytes of a word
KEPT = np.array([0, *[(1 << 8 * n) - 1 for n in range(1, 9)]], dtype=U64)

Words = list[npt.NDArray[np.uint64]]


def load_words(cells: Cells, width: int) -> Words:
    """The first `8 * width` bytes of each cell: `width` arrays `(n_cells,)`."""
    lengths = cells.ends - cells.starts
    view: npt.NDArray[np.uint64] = np.ndarray((len(cells.buffer) - 7,), "<u8", cells.buffer, 0, (1,))
    if len(cells) and (lengths == lengths[0]).all():
        kept = [KEPT[min(max(int(lengths[0]) - 8 * i, 0), 8)] for i in range(width)]
        return [view[cells.starts + 8 * i if i else cells.starts] & kept[i] for i in range(width)]
    return [view[cells.starts + 8 * i] & KEPT[np.clip(lengths - 8 * i, 0, 8)] for i in range(width)]


def width_of(cells: Cells) -> int:
    """Words that hold the longest cell."""
    return max(1, -(-int((cells.ends - cells.starts).max(initial=0)) // 8))


@dataclass(frozen=True)
class NumberTable:
    """Positions by value, where every id is a number of up to 8 digits and no other text has the same value.

    That is so where all are of one `length`, or none has a zero in front (`length` is 0 then). -1 where no id is.
    """

    positions: npt.NDArray[np.int32]
    lowest: int
    length: int

    def locate(self, word: npt.NDArray[np.uint64], lengths: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Each cell's position `(n_cells,)`, -1 where it is no id."""
        values, is_number = _values(word, lengths)
        places = values - self.lowest
        is_number &= (places >= 0) & (places < len(self.positions)) & _is_plain(word, lengths, self.length)
        found: npt.NDArray[np.int64] = self.positions[np.where(is_number, places, 0)].astype(np.int64)
        return found if is_number.all() else np.where(is_number, found, -1)


def build_numbers(word: npt.NDArray[np.uint64], lengths: npt.NDArray[np.int64]) -> NumberTable | None:
    """The table of distinct ids, or None where ids are no such numbers or lie too far apart."""
    values, is_number = _values(word, lengths)
    length = int(lengths[0]) if (lengths == lengths[0]).all() else 0
    if not (is_number & _is_plain(word, lengths, length)).all():
        return None
    lowest, highest = int(values.min()), int(values.max())
    if highest - lowest >= SPARSE * len(values) + 1000:
        return None
    positions = np.full(highest - lowest + 1, -1, dtype=np.int32)
    positions[values - lowest] = np.arange(len(values))
    return NumberTable(positions, lowest, length)


def _values(
    word: npt.NDArray[np.uint64], lengths: npt.NDArray[np.int64]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    """Cells of up to 8 bytes as integers, and which of them are digits alone."""
    empty = np.clip(8 - lengths, 0, 7).astype(U64) << U64(3)
    digits = (word << empty) | (ZEROS & ((U64(1) << empty) - U64(1)))
    return eight_digits(digits).astype(np.int64), are_digits(digits) & (lengths > 0) & (lengths <= 8)


def _is_plain(word: npt.NDArray[np.uint64], lengths: npt.NDArray[np.int64], length: int) -> npt.NDArray[np.bool_]:
    plain: npt.NDArray[np.bool_] = lengths == (length or 1)
    return plain if length else plain | ((word & U64(0xFF)) != U64(ord("0")))


@dataclass(frozen=True)
class IdIndex:
    """Positions of distinct ids. `words` are theirs; `slots` is the table, -1 where free, a power of two long."""

    words: Words
    slots: npt.NDArray[np.int32]
    shift: int
    numbers: NumberTable | None = None

    @property
    def width(self) -> int:
        return len(self.words)

    def __len__(self) -> int:
        return len(self.words[0])

    def locate(self, cells: Cells, *, expected_at: int | None = None) -> npt.NDArray[np.int64]:
        """Each cell's position `(n_cells,)`, -1 where it is no id of ours. Rows may start at `expected_at` in our order."""
        words = load_words(cells, self.width)
        n = len(cells)
        fits = cells.ends - cells.starts <= 8 * self.width
        if expected_at is not None and expected_at + n <= len(self) and fits.all():
            stretch = slice(expected_at, expected_at + n)
            if all((word == own[stretch]).all() for word, own in zip(words, self.words, strict=True)):
                return np.arange(expected_at, expected_at + n)
        if self.numbers is not None:
            return self.numbers.locate(words[0], cells.ends - cells.starts)
        positions = self._probe(words)
        if not fits.all():
            positions[~fits] = -1
        return positions

    def _probe(self, words: Words) -> npt.NDArray[np.int64]:
        mask = len(self.slots) - 1
        slot = _slots(words, self.shift)
        found = self.slots[slot]
        same = self.words[0][found] == words[0]
        for word, own in zip(words[1:], self.words[1:], strict=True):
            same &= own[found] == word
        same &= found >= 0
        positions = np.where(same, found, -1).astype(np.int64)
        rest = np.flatnonzero(~same & (found >= 0))
        slot = slot[rest]
        while rest.size:
            slot = (slot + 1) & mask
            at = self.slots[slot]
            same = at >= 0
            for word, own in zip(words, self.words, strict=True):
                same &= own[at] == word[rest]
            positions[rest[same]] = at[same]
            is_open = ~same & (at >= 0)
            rest, slot = rest[is_open], slot[is_open]
        return positions


def build_index(words: Words) -> tuple[IdIndex, int | None]:
    """An index over the ids, and the position of one that occurs earlier too (None if all are distinct)."""
    n = len(words[0])
    bits = max(4, (2 * n - 1).bit_length())
    shift, mask = 64 - bits, (1 << bits) - 1
    slots = np.full(1 << bits, -1, dtype=np.int32)
    slot, pending = _slots(words, shift), np.arange(n)
    while pending.size:
        is_free = slots[slot] < 0
        slots[slot[is_free][::-1]] = pending[is_free][::-1]  # the first of equals wins
        owner = slots[slot]
        lost = owner != pending
        slot, pending, owner = slot[lost], pending[lost], owner[lost]
        same = np.ones(len(pending), dtype=bool)
        for word in words:
            same &= word[owner] == word[pending]
        if same.any():
            return IdIndex(words, slots, shift), int(pending[same].min())
        slot = (slot + 1) & mask
    return IdIndex(words, slots, shift), None


def index_texts(texts: Sequence[str]) -> IdIndex:
    """An index over distinct texts, such as the classes of a column."""
    cells = cells_of(texts)
    index, _ = build_index(load_words(cells, width_of(cells)))
    return index


def _slots(words: Words, shift: int) -> npt.NDArray[np.int64]:
    hashed = (words[0] ^ (words[0] >> U64(29))) * MULTIPLIER
    for word in words[1:]:
        hashed = ((hashed ^ (hashed >> U64(32))) + word) * MULTIPLIER
    if len(words) > 1:
        hashed = (hashed ^ (hashed >> U64(29))) * MULTIPLIER
    return (hashed >> U64(shift)).astype(np.int64)
