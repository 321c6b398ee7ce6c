"""Metrics of word vectors: a submission is an embedding, the truth a list of analogies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
BLOCK = 256


def analogy_hits(questions: Sequence[tuple[str, str, str, str]], words: Mapping[str, int], vectors: Array) -> Array:
    """Booleans `(n_questions,)`: is d the nearest to b - a + c, "a is to b as c is to d" (3CosAdd, Mikolov et al. 2013)?

    `vectors` is `(n_words, n_dimensions)`, `words` gives each word's row. Vectors count by direction alone; a, b and c
    are no answers. A question with a word that has no vector is a miss, as is a tie with another word.
    """
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit = np.divide(vectors, lengths, out=np.zeros_like(vectors, dtype=float), where=lengths > 0)
    hits = np.zeros(len(questions), dtype=bool)
    known = [i for i, question in enumerate(questions) if all(word in words for word in question)]
    for start in range(0, len(known), BLOCK):
        block = known[start : start + BLOCK]
        a, b, c, d = np.array([[words[word] for word in questions[i]] for i in block]).T
        nearness = (unit[b] - unit[a] + unit[c]) @ unit.T
        rows = np.arange(len(block))
        own = nearness[rows, d].copy()
        asked = (d == a) | (d == b) | (d == c)
        for excluded in (a, b, c, d):
            nearness[rows, excluded] = -np.inf
        hits[block] = (own > nearness.max(axis=1, initial=-np.inf)) & ~asked
    return hits


def analogy_accuracy_score(
    questions: Sequence[tuple[str, str, str, str]], words: Mapping[str, int], vectors: Array
) -> float:
    """Share of analogies answered right, 0..1."""
    return float(analogy_hits(questions, words, vectors).mean())
