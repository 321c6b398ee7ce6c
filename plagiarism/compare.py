"""Compare every submission with every other: weighted n-gram containment, calibrated per run, spans by copydetect.

An n-gram that many wrote weighs little (inverse document frequency), one of the starter code nothing. Containment is
shrunk, so that a tiny file inside a large one proves little. The similarity that is published is calibrated on the
run itself: 0.5 lies where the scores of unrelated submissions have ended, because in one assignment everybody's
answers look alike and in another nobody's do.
"""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from plagiarism.canonical import Symbol, canonicalise
from plagiarism.spans import Range, RegionFinder

GRAM_SIZES = (3, 5)
SHRINK = 30.0
LOWEST_FLAG = 0.35
MIN_EVIDENCE = 0.02
SPANS_FROM = 0.25  # regions are for pairs that a person may open, and at least for the run's first ones
SPANS_FOR_FIRST = 200


@dataclass(frozen=True, kw_only=True)
class Span:
    """A shared region: lines from 1, both ends inclusive."""

    file_a: str
    start_a: int
    end_a: int
    file_b: str
    start_b: int
    end_b: int


@dataclass(frozen=True, kw_only=True)
class Pair:
    """Two submissions. `similarity` is calibrated (0.5: a person should look); `containment` is the raw score."""

    a: str
    b: str
    similarity: float
    containment: float
    spans: tuple[Span, ...]


@dataclass(frozen=True, kw_only=True)
class Skipped:
    """A file that was not compared, or not wholly."""

    submission: str
    file: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class Report:
    pairs: tuple[Pair, ...]
    skipped: tuple[Skipped, ...]
    settings: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Document:
    """A submission's symbols with the file of each; positions are shared with the fingerprints' offsets."""

    key: str
    symbols: tuple[Symbol, ...]
    files: tuple[str, ...]


def compare(
    submissions: Mapping[str, Mapping[str, bytes]],
    *,
    boilerplate: Sequence[bytes] = (),
    archive: Mapping[str, Mapping[str, bytes]] | None = None,
    top: int = 20,
    progress: Callable[[int, int], None] | None = None,
) -> Report:
    """Pairs with evidence, most similar first; those of an archive are compared with the submissions only.

    `submissions` maps a key to its files (name -> bytes). `top` bounds the candidates kept per submission.
    """
    skipped: list[Skipped] = []
    documents = [_document(key, files, skipped) for key, files in submissions.items()]
    n_own = len(documents)
    documents += [_document(key, files, skipped) for key, files in (archive or {}).items()]
    common = {gram for data in boilerplate for gram in _grams(canonicalise(data).symbols)}
    scores = _scores([_grams(d.symbols) for d in documents], common)
    scores[n_own:, n_own:] = 0.0
    flag = _flag(scores[:n_own, :n_own])
    candidates = _candidates(scores, top)
    finder = RegionFinder([document.symbols for document in documents])
    pairs = []
    for done, (i, j) in enumerate(candidates, start=1):
        raw = float(scores[i, j])
        similarity = round(_calibrate(raw, flag), 4)
        has_spans = similarity >= SPANS_FROM or done <= SPANS_FOR_FIRST
        pairs.append(
            Pair(
                a=documents[i].key,
                b=documents[j].key,
                similarity=similarity,
                containment=round(raw, 4),
                spans=_spans(documents[i], documents[j], finder.ranges(i, j)) if has_spans else (),
            )
        )
        if progress is not None:
            progress(done, len(candidates))
    settings = {"flag": round(flag, 4), "gram_sizes": list(GRAM_SIZES), "shrink": SHRINK, "top": top, "n": n_own}
    return Report(pairs=tuple(pairs), skipped=tuple(skipped), settings=settings)


def _document(key: str, files: Mapping[str, bytes], skipped: list[Skipped]) -> Document:
    symbols: list[Symbol] = []
    names: list[str] = []
    for name, data in sorted(files.items()):
        found = canonicalise(data)
        if found.problem:
            skipped.append(Skipped(submission=key, file=name, reason=found.problem))
        symbols += found.symbols
        names += [name] * len(found.symbols)
    return Document(key=key, symbols=tuple(symbols), files=tuple(names))


def _grams(symbols: Sequence[Symbol]) -> Counter[int]:
    """Stable 64-bit hashes of the n-grams, with their counts."""
    texts = [s.text for s in symbols]
    grams: Counter[int] = Counter()
    for size in GRAM_SIZES:
        for start in range(len(texts) - size + 1):
            joined = "\x1f".join(texts[start : start + size]).encode("utf-8", "surrogatepass")
            grams[int.from_bytes(hashlib.blake2b(joined, digest_size=8).digest(), "big")] += 1
    return grams


def _scores(grams: Sequence[Counter[int]], common: set[int]) -> npt.NDArray[np.float64]:
    """Shrunk containment `(n, n)`, symmetric, zero diagonal: weight of the overlap / (smaller weight + SHRINK)."""
    from scipy.sparse import csr_matrix

    n = len(grams)
    frequency = Counter(gram for counter in grams for gram in counter)
    # a gram of one document alone still weighs in that document's total
    columns = {gram: i for i, gram in enumerate(g for g in frequency if g not in common)}
    weight = np.array([math.log((n + 1) / frequency[g]) for g in columns])
    rows, cols = [], []
    for row, counter in enumerate(grams):
        for gram in counter:
            if gram in columns:
                rows.append(row)
                cols.append(columns[gram])
    values = np.sqrt(weight[cols]) if cols else np.zeros(0)
    matrix = csr_matrix((values, (rows, cols)), shape=(n, max(len(columns), 1)))
    overlap = np.asarray((matrix @ matrix.T).todense(), dtype=np.float64)
    totals = overlap.diagonal().copy()
    scores: npt.NDArray[np.float64] = overlap / (np.minimum.outer(totals, totals) + SHRINK)
    np.fill_diagonal(scores, 0.0)
    return scores


def _flag(scores: npt.NDArray[np.float64]) -> float:
    """Where unrelated submissions have ended: median + 6 robust deviations of each one's best match, within bounds."""
    if len(scores) < 3:
        return LOWEST_FLAG
    best = scores.max(axis=1)
    middle = float(np.median(best))
    deviation = 1.4826 * float(np.median(np.abs(best - middle)))
    return float(np.clip(middle + 6 * deviation, LOWEST_FLAG, 0.9))


def _calibrate(raw: float, flag: float) -> float:
    return 0.5 * raw / flag if raw < flag else 0.5 + 0.5 * (raw - flag) / (1 - flag)


def _candidates(scores: npt.NDArray[np.float64], top: int) -> list[tuple[int, int]]:
    """The `top` best partners of each, as pairs i < j, most similar first."""
    found: set[tuple[int, int]] = set()
    for i in range(len(scores)):
        for j in np.argsort(-scores[i])[:top].tolist():
            if scores[i, j] >= MIN_EVIDENCE:
                found.add((min(i, j), max(i, j)))
    return sorted(found, key=lambda p: (-scores[p], p))


def _spans(a: Document, b: Document, ranges: Sequence[tuple[Range, Range]]) -> tuple[Span, ...]:
    spans = []
    for (start_a, end_a), (start_b, end_b) in ranges:
        span = Span(
            file_a=a.files[start_a],
            start_a=a.symbols[start_a].line,
            end_a=_last_line(a, start_a, end_a),
            file_b=b.files[start_b],
            start_b=b.symbols[start_b].line,
            end_b=_last_line(b, start_b, end_b),
        )
        spans.append(span)
    return tuple(spans)


def _last_line(document: Document, start: int, end: int) -> int:
    """The last line of a range, without running over into the submission's next file."""
    last = end - 1
    while document.files[last] != document.files[start]:
        last -= 1
    return document.symbols[last].line
