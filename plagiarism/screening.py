"""One more submission against many stored ones, in milliseconds: an archive of past terms, or a class still handing in.

The index and the calibration are made once, from the stored fingerprints; each query then costs a lookup.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from plagiarism import calibration
from plagiarism.compare import Pair
from plagiarism.evidence import gather, of_one
from plagiarism.fingerprints import Fingerprint, UInts
from plagiarism.index import Index


class Screen:
    """Stored fingerprints by key, ready to be asked. `common` are the hashes of starter code."""

    def __init__(
        self, prints: Mapping[str, Fingerprint], *, common: UInts | None = None, top: int = 20, processes: int = 1
    ) -> None:
        self._keys = list(prints)
        self._top = top
        self._index = Index.build(list(prints.values()), common=common)
        evidence = gather(self._index, n_own=len(prints), top=top, processes=processes)
        signals = calibration.signals_of(evidence, self._index.totals)
        self._fit = calibration.calibrate(signals, evidence.pairs, len(prints))

    def check(self, key: str, one: Fingerprint, *, without: frozenset[str] = frozenset()) -> list[Pair]:
        """Its pairs, most similar first, without regions; none with the keys in `without` (the same student's)."""
        left_out = np.array([n for n, k in enumerate(self._keys) if k in without], dtype=np.intp) if without else None
        found = of_one(self._index, one, top=self._top, without=left_out)
        if not len(found.others):
            return []
        mine = np.tile(found.totals, (len(found.others), 1))
        signals = calibration.signals(found.shared, found.scans, mine, self._index.totals[found.others])
        scored = calibration.score_one(signals, found.others, self._fit)
        return [
            Pair(
                a=key,
                b=self._keys[int(found.others[row])],
                similarity=round(float(scored.similarity[row]), 6),
                containment=round(float(signals[row, 1:3].max()), 4),
                expected=float(f"{scored.expected[row]:.3g}"),
                signals={name: round(float(v), 4) for name, v in zip(calibration.SIGNALS, signals[row], strict=True)},
                spans=(),
            )
            for row in np.argsort(-scored.similarity, kind="stable").tolist()
        ]
