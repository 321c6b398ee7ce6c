"""Cells to numbers, many at a time.

A cell of up to 24 bytes is loaded as one to three 8-byte words; the decimal point is squeezed out and the digits of a
word are added up by three multiplications (Lemire 2022, "Number parsing at a gigabyte per second", section 5). The
result is what `float()` gives: mantissas below 2**53 are divided by an exact power of ten (Clinger 1990), longer ones in
extended precision, and whatever lies too near a rounding border, has an exponent or isn't a number is looked at singly.
"""

from __future__ import annotations

import math
import re
from typing import Any

import numpy as np
import numpy.typing as npt

from grader.predictions.tables import Cells

NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", re.ASCII)
LARGEST = 1e100  # squares and sums of what is accepted stay finite
COMMA, PLUS, MINUS, POINT, ZERO, NINE = 44, 43, 45, 46, 48, 57
MAX_LENGTH = 400  # of one cell
MAX_DIGITS = 19  # fit an unsigned 64-bit integer

U64 = np.uint64
ONES, HIGHS = U64(0x0101010101010101), U64(0x8080808080808080)
ZEROS, POINTS = U64(0x3030303030303030), U64(0x2E2E2E2E2E2E2E2E)
UPPER, SIXES, THREES = U64(0xF0F0F0F0F0F0F0F0), U64(0x0606060606060606), U64(0x3333333333333333)
# the last `n` bytes of a word
KEPT = np.array([0, *[(2**64 - 1) ^ (2 ** (64 - 8 * n) - 1) for n in range(1, 9)]], dtype=U64)
POWERS = 10.0 ** np.arange(23)
LONG_POWERS = np.longdouble(10) ** np.arange(20)
WHOLE_POWERS = np.array([10**n for n in range(20)], dtype=U64)
HAS_LONG = np.finfo(np.longdouble).nmant >= 63


def parse_numbers(cells: Cells, *, decimal_comma: bool = False) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.intp]]:
    """`(n_cells,)` floats and the positions of the cells that are no finite number of at most 1e100; NaN stands there."""
    values = np.full(len(cells), np.nan)
    if not len(cells):
        return values, np.empty(0, dtype=np.intp)
    starts, lengths = cells.starts, cells.ends - cells.starts
    first = cells.buffer[starts]
    is_negative = (first == MINUS) & (lengths > 0)
    is_signed = is_negative | ((first == PLUS) & (lengths > 0))
    if is_signed.any():
        lengths = lengths - is_signed
    width = min(3, -(-int(lengths.max(initial=0)) // 8))
    buffer = cells.buffer
    if decimal_comma and (buffer == COMMA).any():
        buffer = np.where(buffer == COMMA, np.uint8(POINT), buffer)
    mantissas, fractions, is_plain = _mantissas(buffer, cells.ends, lengths, max(1, width))
    if (is_plain & (mantissas >= U64(2**53))).any():
        values, is_plain = _long_quotients(mantissas, fractions, is_plain)
    else:
        values = mantissas.astype(np.float64)
        if fractions.any():
            values /= POWERS[np.minimum(fractions, 22)]
    if is_signed.any():
        values = np.where(is_negative, -values, values)
    rest = np.flatnonzero(~is_plain)
    for row in rest.tolist():
        text = cells.text(row)
        values[row] = parse_number(text.replace(",", ".") if decimal_comma else text)
    return values, rest[np.isnan(values[rest])]


def parse_number(text: str) -> float:
    """One cell, spaces around it aside; NaN where it is no finite number of at most 1e100.

    >>> parse_number(" 1e-3 "), parse_number("1_0"), parse_number("inf")
    (0.001, nan, nan)
    """
    text = text.strip()
    if len(text) > MAX_LENGTH or not NUMBER.fullmatch(text):
        return math.nan
    value = float(text)
    return value if abs(value) <= LARGEST else math.nan


def is_too_large(text: str) -> bool:
    """Whether a cell is a number beyond 1e100.

    >>> is_too_large("-1e101"), is_too_large("1e100"), is_too_large("inf")
    (True, False, False)
    """
    return bool(NUMBER.fullmatch(text.strip()[:MAX_LENGTH])) and abs(float(text.strip()[:MAX_LENGTH])) > LARGEST


def have_leading_zeros(cells: Cells) -> npt.NDArray[np.bool_]:
    """Which cells are codes, such as `01` and `-01`: digits with a zero in front."""
    found = np.zeros(len(cells), dtype=bool)
    first = cells.buffer[cells.starts]
    rows = np.flatnonzero((first == ZERO) | (first == MINUS) | (first == PLUS))
    starts = cells.starts[rows] + (first[rows] != ZERO)
    second = cells.buffer[starts + 1]
    has_digit = (second >= ZERO) & (second <= NINE) & (cells.ends[rows] - starts > 1)
    found[rows] = (cells.buffer[starts] == ZERO) & has_digit
    return found


def _mantissas(
    buffer: npt.NDArray[np.uint8], ends: npt.NDArray[np.int64], lengths: npt.NDArray[np.int64], width: int
) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    """Each cell's digits as an integer, how many of them follow the point, and whether there is nothing else in it."""
    words: npt.NDArray[Any] = np.ndarray((len(buffer) - 7,), "<u8", buffer, 0, (1,))
    total = np.zeros(len(ends), dtype=U64)
    fractions = np.zeros(len(ends), dtype=np.int64)
    n_points = np.zeros(len(ends), dtype=np.int64)
    is_plain = lengths <= MAX_DIGITS + 1
    for i in range(width):
        word = words[ends - 8 * (i + 1)]
        kept = KEPT[np.clip(lengths - 8 * i, 0, 8)]
        word = (word & kept) | (ZEROS & ~kept)
        different = word ^ POINTS
        # the lowest byte equal to a point has its high bit set, alone
        found = (different - ONES) & ~different & HIGHS
        if found.any():
            found &= ~found + U64(1)
            has_point = found != 0
            below = (found >> U64(7)) - has_point.astype(U64)  # bytes before the point
            after = ~((found << U64(1)) - U64(1)) & (U64(0) - has_point.astype(U64))
            squeezed = (word & after) | ((word & below) << U64(8)) | U64(0x30)
            word = np.where(has_point, squeezed, word)
            behind = np.bitwise_count(after).astype(np.int64) // 8
            fractions = np.where(has_point, behind + 8 * i, fractions)
            shift = 8 * i - (n_points > 0)
            n_points += has_point
        else:
            shift = 8 * i - (n_points > 0)
        is_plain &= are_digits(word)
        digits = eight_digits(word)
        total = digits if i == 0 else total + digits * WHOLE_POWERS[np.minimum(shift, MAX_DIGITS)]
    is_plain &= (n_points <= 1) & (lengths - n_points >= 1) & (lengths - n_points <= MAX_DIGITS)
    return total, fractions, is_plain


def are_digits(word: npt.NDArray[np.uint64]) -> npt.NDArray[np.bool_]:
    """Whether all 8 bytes are ASCII digits."""
    carried = ((word + SIXES) & UPPER) >> U64(4)  # a byte above 9 carries into its upper half
    same: npt.NDArray[np.bool_] = ((word & UPPER) | carried) == THREES
    return same


def eight_digits(word: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """The number that 8 digits make, the first of them in the lowest byte."""
    digits = word - ZEROS
    pairs = digits * U64(10) + (digits >> U64(8))
    mask = U64(0x000000FF000000FF)
    high = (pairs & mask) * U64(0x000F424000000064)
    low = ((pairs >> U64(16)) & mask) * U64(0x0000271000000001)
    return (high + low) >> U64(32)


def _long_quotients(
    mantissas: npt.NDArray[np.uint64], fractions: npt.NDArray[np.int64], is_plain: npt.NDArray[np.bool_]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
    """Quotients rounded twice, less the rows where rounding twice may differ from rounding once."""
    if not HAS_LONG:
        return mantissas.astype(np.float64) / POWERS[np.minimum(fractions, 22)], is_plain & (mantissas < U64(2**53))
    exact = mantissas.astype(np.longdouble) / LONG_POWERS[np.minimum(fractions, 19)]
    values = exact.astype(np.float64)
    half = np.spacing(np.abs(values)) / 2
    distance = np.abs(np.abs((exact - values).astype(np.float64)) - half)
    is_sure = (distance > half * 2.0**-8) | (fractions == 0)
    return values, is_plain & is_sure
