"""Compare every submission with every other, and with an archive: fingerprints, index, evidence, calibrated score.

The published similarity is calibrated on the run itself (`plagiarism.calibration`): 0.5 is where about one false
alarm is expected in the whole run. Regions are found by copydetect, for the pairs that a person may open.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from plagiarism import calibration
from plagiarism.evidence import gather
from plagiarism.fingerprints import GRAM_SIZES, SCHEME, Fingerprint, UInts, fingerprint, fingerprint_all
from plagiarism.index import Index
from plagiarism.spans import RegionFinder, Span

LOWEST_SIMILARITY = 0.02
SPANS_FROM = 0.35  # regions are for pairs that a person may open, and at least for the run's first ones
SPANS_FOR_FIRST = 200
Sources = Mapping[str, Mapping[str, bytes]]
Progress = Callable[[int, int], None]


@dataclass(frozen=True, kw_only=True)
class Pair:
    """Two submissions. `similarity` is calibrated (0.5: a person should look), `expected` the false alarms that a run
    like this would put as high, `containment` the larger raw share of the smaller one, `signals` each view's, `common_a`
    and `common_b` the lines (file -> numbers) of starter code or of what much of the class wrote."""

    a: str
    b: str
    similarity: float
    containment: float
    expected: float
    signals: Mapping[str, float]
    spans: tuple[Span, ...]
    common_a: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    common_b: Mapping[str, tuple[int, ...]] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Skipped:
    """Something odd about a file: it was not compared wholly, or tries to hide. `code` is of `reading.FINDINGS`."""

    submission: str
    file: str
    code: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class Report:
    """`pairs`, most similar first; `skipped` files with problems; the `settings` that the run was made with."""

    pairs: tuple[Pair, ...]
    skipped: tuple[Skipped, ...]
    settings: dict[str, Any] = field(default_factory=dict)


def compare(
    submissions: Sources,
    *,
    boilerplate: Sequence[bytes] = (),
    archive: Sources | None = None,
    students: Mapping[str, str] | None = None,
    top: int = 20,
    regions: bool = True,
    processes: int | None = None,
    progress: Progress | None = None,
) -> Report:
    """Pairs with evidence, most similar first; those of an archive are compared with the submissions only.

    `submissions` maps a key to its files (name -> bytes). `students` maps keys (of the archive too) to whoever wrote
    them: attempts of one student are never compared with each other. `top` bounds the candidates per submission.
    """
    twins = set(submissions) & set(archive or {})
    if twins:
        raise ValueError(f"keys of both the submissions and the archive: {sorted(twins)[:3]}")
    sources = {**submissions, **(archive or {})}
    processes = _processes() if processes is None else processes
    prints = fingerprint_all(list(sources.values()), processes=processes)
    return compare_prints(
        dict(zip(sources, prints, strict=True)),
        n_own=len(submissions),
        common=common_hashes(boilerplate),
        students=students,
        top=top,
        regions=regions,
        processes=processes,
        progress=progress,
    )


def common_hashes(boilerplate: Sequence[bytes]) -> UInts:
    """Hashes of starter code, which count for nothing."""
    prints = [fingerprint({"starter.py": data}) for data in boilerplate]
    return np.unique(np.concatenate([p.hashes for p in prints])) if prints else np.zeros(0, dtype=np.uint64)


def compare_prints(
    prints: Mapping[str, Fingerprint],
    *,
    n_own: int | None = None,
    common: UInts | None = None,
    students: Mapping[str, str] | None = None,
    top: int = 20,
    regions: bool = True,
    processes: int = 1,
    progress: Progress | None = None,
) -> Report:
    """`compare` on stored fingerprints; those from `n_own` on are the archive."""
    keys = list(prints)
    n_own = len(keys) if n_own is None else n_own
    index = Index.build(list(prints.values()), common=common)
    evidence = gather(
        index, n_own=n_own, top=top, group_of=_groups(keys, students), processes=processes, progress=progress
    )
    pairs = evidence.pairs
    signals = calibration.signals_of(evidence, index.totals)
    fit = calibration.calibrate(signals, pairs, len(index))
    scored = calibration.score(signals, pairs, fit)
    finder = RegionFinder(index)
    made = []
    for rank, row in enumerate(np.argsort(-scored.similarity, kind="stable").tolist()):
        i, j = pairs[row].tolist()
        similarity = float(scored.similarity[row])
        if similarity < LOWEST_SIMILARITY:
            break
        has_spans = regions and (similarity >= SPANS_FROM or rank < SPANS_FOR_FIRST)
        made.append(
            Pair(
                a=keys[i],
                b=keys[j],
                similarity=round(similarity, 6),
                containment=round(float(signals[row, 1:3].max()), 4),
                expected=float(f"{scored.expected[row]:.3g}"),
                signals={name: round(float(v), 4) for name, v in zip(calibration.SIGNALS, signals[row], strict=True)},
                spans=finder.spans(i, j) if has_spans else (),
                common_a=finder.common_lines(i) if has_spans else {},
                common_b=finder.common_lines(j) if has_spans else {},
            )
        )
    skipped = [
        Skipped(submission=key, file=f.file, code=f.code, reason=f.message)
        for key, one in prints.items()
        for f in one.findings
    ]
    return Report(pairs=tuple(made), skipped=tuple(skipped), settings=_settings(fit, n_own, len(keys), top))


def _groups(keys: Sequence[str], students: Mapping[str, str] | None) -> npt.NDArray[np.int64] | None:
    """A number for each document: the same for documents of one student."""
    if not students:
        return None
    numbers: dict[str, int] = {}
    return np.array([numbers.setdefault(f"s{students[k]}" if k in students else f"k{k}", len(numbers)) for k in keys])


def _settings(fit: calibration.Calibration, n_own: int, n_all: int, top: int) -> dict[str, Any]:
    return {
        "scheme": SCHEME,
        "gram_sizes": list(GRAM_SIZES),
        "top": top,
        "n": n_own,
        "n_archive": n_all - n_own,
        "flag_at_expected": calibration.FLAG_AT,
        "tails": {
            name: [round(float(a), 4), round(float(b), 4)]
            for name, a, b in zip(calibration.SIGNALS, fit.start, fit.scale, strict=True)
        },
        "fused": [round(fit.tail.start, 4), round(fit.tail.scale, 4), round(fit.tail.shape, 4)],
    }


def _processes() -> int:
    return min(len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1, 4)
