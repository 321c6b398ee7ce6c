"""Read word vectors as text, in word2vec's or GloVe's layout: a word and its numbers on each line.

word2vec writes a first line with the number of words and of dimensions; it is taken for that only where the second line fits
it. What is refused is named with its line.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from grader.predictions.decoding import MAX_BYTES, clean, read_bytes
from grader.predictions.errors import clipped, refusal

MAX_DIMENSIONS = 2000
HEADER = re.compile(r"(\d+) (\d+)", re.ASCII)
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class Vectors:
    """`words` gives each word's row in `matrix`, `(n_words, n_dimensions)`."""

    words: Mapping[str, int]
    matrix: npt.NDArray[np.float64]


def read_vectors(path: Path, *, allow_gzip: bool = False, max_bytes: int = MAX_BYTES) -> Vectors:
    """Raises `InvalidPredictions`, which names the offending line."""
    lines = clean(read_bytes(path, allow_gzip=allow_gzip, max_bytes=max_bytes)).decode("utf-8").splitlines()
    start, n_dimensions = _layout(lines)
    words: dict[str, int] = {}
    rows: list[npt.NDArray[np.float64]] = []
    for number, line in enumerate(lines[start:], start=start + 1):
        cells = line.split()
        if not cells:
            continue
        if len(cells) != n_dimensions + 1:
            raise refusal("vector_length", (number,), line=number, found=len(cells) - 1, expected=n_dimensions)
        word = cells[0]
        if word in words:
            raise refusal("word_twice", (number,), line=number, word=clipped(word))
        rows.append(_numbers(cells[1:], number))
        words[word] = len(words)
    if not words:
        raise refusal("empty_file")
    return Vectors(words=words, matrix=np.vstack(rows))


def _layout(lines: list[str]) -> tuple[int, int]:
    """Where the words begin, and how many numbers follow each."""
    filled = [(at, line.split()) for at, line in enumerate(lines[:1000]) if line.strip()]
    if not filled:
        raise refusal("empty_file")
    at, first = filled[0]
    header = HEADER.fullmatch(" ".join(first))
    if header and len(filled) > 1 and len(filled[1][1]) == int(header[2]) + 1:
        return at + 1, int(header[2])
    if len(first) < 2:
        raise refusal("no_vectors")
    if len(first) - 1 > MAX_DIMENSIONS:
        raise refusal("long_vectors", limit=MAX_DIMENSIONS)
    return at, len(first) - 1


def _numbers(cells: list[str], line: int) -> npt.NDArray[np.float64]:
    try:
        values = np.array(cells, dtype=np.float64)
        if np.isfinite(values).all() and not any("_" in cell for cell in cells):
            return values
    except ValueError:
        pass
    wrong = next((cell for cell in cells if not NUMBER.fullmatch(cell)), cells[0])
    raise refusal("not_a_vector", (line,), line=line, cell=clipped(wrong))
