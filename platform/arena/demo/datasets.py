"""The demo's data: real sets that install with scikit-learn, and a generated text task. Everything is seeded."""

from __future__ import annotations

import random
from dataclasses import dataclass

import numpy as np
import pandas as pd


@dataclass(frozen=True, kw_only=True)
class Dataset:
    """Files as CSV text, keyed by name; `solution` stays hidden."""

    public: dict[str, str]
    solution: str


def digits() -> Dataset:
    """Handwritten digits, 8 x 8 pixels (UCI, in scikit-learn). Ids have leading zeros."""
    from sklearn.datasets import load_digits

    bunch = load_digits()
    features = pd.DataFrame(bunch.data.astype(int), columns=[f"pixel{i}" for i in range(64)])
    return _split(features, bunch.target, ids=[f"{i:05}" for i in range(len(features))], seed=1)


def tumours() -> Dataset:
    """Breast-cancer measurements (Wisconsin, in scikit-learn). Ids have 19 digits."""
    from sklearn.datasets import load_breast_cancer

    bunch = load_breast_cancer()
    features = pd.DataFrame(bunch.data, columns=[n.replace(" ", "_") for n in bunch.feature_names]).round(5)
    ids = [str(9_000_000_000_000_000_000 + 7919 * i) for i in range(len(features))]
    return _split(features, bunch.target, ids=ids, seed=2)


def wine() -> Dataset:
    """Wine cultivars (UCI, in scikit-learn), for the lab test."""
    from sklearn.datasets import load_wine

    bunch = load_wine()
    features = pd.DataFrame(bunch.data, columns=[n.replace("/", "_") for n in bunch.feature_names])
    # the rows come sorted by cultivar: ids in their order would tell it
    lot = np.random.default_rng(3).permutation(len(features))
    return _split(features, bunch.target, ids=[f"w{i}" for i in lot], seed=3)


SYLLABLES = {
    "velmor": ("ve", "lu", "mor", "sha", "ni", "el", "or", "thi", "la", "ren"),
    "quzzak": ("qu", "zza", "kra", "ve", "tok", "ni", "gur", "la", "iz", "or"),
    "pipilo": ("pi", "lo", "ni", "po", "la", "mi", "ve", "bo", "li", "or"),
}


def dialects(*, n_texts: int = 1500, seed: int = 4) -> Dataset:
    """Short texts in three invented dialects that share syllables and borrow words: which dialect is it?"""
    rng = random.Random(seed)  # noqa: S311 - data, no secret
    lexicon = {
        name: ["".join(rng.choices(parts, weights=range(10, 0, -1), k=rng.randint(1, 3))) for _ in range(400)]
        for name, parts in SYLLABLES.items()
    }
    texts, labels = [], []
    for _ in range(n_texts):
        label = rng.choice(list(lexicon))
        words = []
        for _ in range(rng.randint(3, 8)):
            borrowed = rng.random() < 0.35
            words.append(rng.choice(lexicon[rng.choice(list(lexicon)) if borrowed else label]))
        texts.append(" ".join(words))
        labels.append(label)
    return _split(pd.DataFrame({"text": texts}), np.array(labels), ids=[f"{i:06}" for i in range(n_texts)], seed=seed)


def _split(features: pd.DataFrame, labels: np.ndarray, *, ids: list[str], seed: int) -> Dataset:
    """60% train; of the test rows 30% are public."""
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(features))
    n_train = int(0.6 * len(features))
    table = features.copy()
    table.insert(0, "id", ids)
    train = table.iloc[order[:n_train]].assign(label=labels[order[:n_train]])
    test = table.iloc[order[n_train:]]
    usage = np.where(rng.random(len(test)) < 0.3, "Public", "Private")
    solution = pd.DataFrame({"id": test["id"], "label": labels[order[n_train:]], "Usage": usage})
    constant = np.unique(labels)[0]
    sample = pd.DataFrame({"id": test["id"], "label": constant})
    files = {"train.csv": train, "test.csv": test, "sample_submission.csv": sample}
    return Dataset(
        public={name: frame.to_csv(index=False) for name, frame in files.items()}, solution=solution.to_csv(index=False)
    )
