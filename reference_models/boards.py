"""Tasks for the models to stand on, besides the demo's: one small board of each kind, generated or from scikit-learn.

Everything is seeded and nothing is downloaded. A board is a folder of public files, a hidden solution and a metric's
name; `write(board, folder)` lays the public files out as a submission sees them.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.ndimage import gaussian_filter1d
from sklearn.datasets import load_diabetes, load_digits, make_moons

PIXELS = [f"pixel{i}" for i in range(64)]


@dataclass(frozen=True, kw_only=True)
class Board:
    """Public files as text, keyed by name; the solution stays hidden. `metric` is a name that `grader metrics` lists."""

    public: dict[str, str]
    solution: str
    metric: str


def write(board: Board, folder: Path) -> Path:
    """Lay out the public files in `folder`, which is made; gives the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in board.public.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def board(metric: str, test: pd.DataFrame, **tables: pd.DataFrame) -> Board:
    """A board whose `test` holds the answers in `label`, which only the solution keeps."""
    truth = test[["id", "label"]].assign(Usage=np.where(np.arange(len(test)) % 10 < 3, "Public", "Private"))
    sample = truth[["id"]].assign(label=0.0 if test["label"].dtype.kind == "f" else test["label"].min())
    files = {**tables, "test": test.drop(columns="label"), "sample_submission": sample}
    public = {f"{name}.csv": table.to_csv(index=False) for name, table in files.items()}
    return Board(public=public, solution=truth.to_csv(index=False), metric=metric)


def table(values: np.ndarray, label: np.ndarray | None = None, *, start: int = 0, prefix: str = "x") -> pd.DataFrame:
    """Columns `id`, `x0`..., and `label` where there is one."""
    frame = pd.DataFrame(values, columns=[f"{prefix}{i}" for i in range(values.shape[1])])
    frame.insert(0, "id", [f"{start + i:05}" for i in range(len(values))])
    return frame if label is None else frame.assign(label=label)


def split(frame: pd.DataFrame, metric: str, *, n_train: int, seed: int) -> Board:
    """Shuffle, and keep the first `n_train` rows for training."""
    frame = frame.sample(frac=1, random_state=seed)
    return board(metric, frame.iloc[n_train:], train=frame.iloc[:n_train])


def spam() -> Board:
    """1200 short messages: is it spam? Both kinds share most words; a third of spam's tell-tale words occur in both."""
    rng = np.random.default_rng(5)
    shared = [
        "the",
        "a",
        "you",
        "we",
        "is",
        "for",
        "and",
        "your",
        "this",
        "today",
        "please",
        "time",
        "at",
        "see",
        "will",
        "have",
    ]
    tells = {
        "spam": [
            "free",
            "win",
            "prize",
            "cash",
            "offer",
            "click",
            "credit",
            "winner",
            "urgent",
            "money",
            "loan",
            "cheap",
            "guaranteed",
            "bonus",
        ],
        "ham": [
            "meeting",
            "lecture",
            "homework",
            "dinner",
            "mother",
            "train",
            "exam",
            "notes",
            "library",
            "weekend",
            "thanks",
            "project",
            "tea",
            "rain",
        ],
    }
    rows = []
    for i in range(1200):
        label = ("spam", "ham")[rng.random() < 0.6]
        other = "ham" if label == "spam" else "spam"
        words = [
            rng.choice(shared if u < 0.55 else tells[label] if u < 0.86 else tells[other])
            for u in rng.random(rng.integers(4, 12))
        ]
        rows.append((f"{i:05}", " ".join(words), label))
    return split(pd.DataFrame(rows, columns=["id", "text", "label"]), "accuracy_score", n_train=700, seed=5)


def progress() -> Board:
    """442 diabetes patients (Efron et al. 2004, in scikit-learn): how far is the disease a year on?"""
    bunch = load_diabetes()
    return split(table(bunch.data.round(6), bunch.target), "root_mean_squared_error", n_train=280, seed=6)


def ranking() -> Board:
    """Order 400 items as a hidden, curved taste does (Friedman's first function, with noise); Kendall's tau."""
    rng = np.random.default_rng(7)
    X = rng.random((900, 8)).round(5)
    taste = 10 * np.sin(np.pi * X[:, 0] * X[:, 1]) + 20 * (X[:, 2] - 0.5) ** 2 + 10 * X[:, 3] + 5 * X[:, 4]
    return split(table(X, (taste + rng.normal(0, 2, 900)).round(4)), "kendall_tau_score", n_train=500, seed=7)


def groups() -> Board:
    """600 points in five stretched bells in four dimensions, no labels at all: adjusted Rand."""
    rng = np.random.default_rng(8)
    which = rng.choice(5, size=600, p=[0.3, 0.25, 0.2, 0.15, 0.1])
    centres = rng.normal(0, 4, (5, 4))
    stretch = rng.normal(0, 0.8, (5, 4, 4))
    X = centres[which] + np.einsum("nij,nj->ni", stretch[which], rng.normal(size=(600, 4)))
    return board("adjusted_rand_score", table(X.round(4), which))


def shapes() -> Board:
    """600 points in two interlocked moons and a small disc, which distance to a centre can't tell apart."""
    rng = np.random.default_rng(9)
    X, which = make_moons(500, noise=0.06, random_state=9)
    X = np.vstack([X, rng.normal([0.5, 1.8], 0.12, (100, 2))])
    order = rng.permutation(600)
    return board("adjusted_rand_score", table(X[order].round(4), np.append(which, np.full(100, 2))[order]))


def outliers() -> Board:
    """Which of 500 measurements come from nowhere? Train on clean ones; hand in a number, the larger the odder."""
    rng = np.random.default_rng(10)
    mixing = rng.normal(size=(3, 6, 6)) * 0.6
    centres = rng.normal(0, 3, (3, 6))

    def clean(n: int) -> np.ndarray:
        which = rng.integers(0, 3, n)
        return centres[which] + np.einsum("nij,nj->ni", mixing[which], rng.normal(size=(n, 6)))

    train, odd = clean(600), rng.uniform(-6, 6, (40, 6))
    X, label = np.vstack([clean(460), odd]), np.append(np.zeros(460, int), np.ones(40, int))
    order = rng.permutation(500)
    return board("roc_auc_score", table(X[order].round(4), label[order]), train=table(train.round(4), start=1000))


WORDS = {
    "royal": (["king", "queen", "prince", "princess"], ["crown", "throne", "palace", "kingdom"]),
    "people": (["man", "woman", "boy", "girl"], ["street", "market", "village", "work"]),
    "family": (["father", "mother", "son", "daughter"], ["home", "supper", "cradle", "love"]),
    "stable": (["stallion", "mare", "colt", "filly"], ["hay", "saddle", "gallop", "meadow"]),
    "yard": (["rooster", "hen", "cockerel", "pullet"], ["feather", "perch", "grain", "coop"]),
}
SEXES = (["he", "his", "him", "himself"], ["she", "her", "hers", "herself"])
AGES = (["old", "wise", "grown", "grey"], ["young", "small", "playful", "child"])


def analogies() -> Board:
    """4000 generated sentences, then 360 questions: a is to b as c is to what?"""
    rng = np.random.default_rng(11)
    fillers = ["the", "and", "in", "of", "with", "a", "near"]
    sentences, pairs = [], []
    for i in range(4000):
        role = rng.choice(list(WORDS))
        sex, age = rng.integers(0, 2, 2)
        names, places = WORDS[role]
        pools = [places, places, SEXES[sex], SEXES[sex], AGES[age], AGES[age], fillers]
        words = [names[2 * age + sex], *(rng.choice(pool) for pool in pools)]
        sentences.append((f"s{i:05}", " ".join(rng.permutation(words))))
    for first, second in ((0, 1), (2, 3), (1, 0), (3, 2), (0, 2), (1, 3), (2, 0), (3, 1)):
        kind = (second - first) if abs(second - first) == 1 else 2 * (second - first)
        pairs += [(names[first], names[second], kind) for names, _ in WORDS.values()]
    questions = [(a, b, c, d) for a, b, k in pairs for c, d, q in pairs if k == q and (a, b) != (c, d)]
    test = pd.DataFrame(questions, columns=["a", "b", "c", "label"])
    test.insert(0, "id", [f"q{i:05}" for i in range(len(test))])
    return board("accuracy_score", test, train=pd.DataFrame(sentences, columns=["id", "text"]))


def next_letter() -> Board:
    """Texts in which the last two letters decide the odds of the next (order-2 Markov): which letter comes next?"""
    rng = np.random.default_rng(12)
    odds = rng.dirichlet(np.full(8, 0.25), size=(8, 8))

    def text(length: int) -> str:
        codes = list(rng.integers(0, 8, 2))
        while len(codes) < length:
            codes.append(rng.choice(8, p=odds[codes[-2], codes[-1]]))
        return "".join("abcdefgh"[c] for c in codes)

    train = pd.DataFrame({"id": [f"t{i:04}" for i in range(400)], "text": [text(48) for _ in range(400)]})
    asked = [text(17) for _ in range(400)]
    test = pd.DataFrame({"id": [f"{i:05}" for i in range(400)], "text": [t[:16] for t in asked]})
    return board("accuracy_score", test.assign(label=[t[16] for t in asked]), train=train)


def dungeon(*, side: int = 7, discount: float = 0.95) -> Board:
    """A slippery maze with pits as a table of transitions: which of the four steps is best from each cell?"""
    rng = np.random.default_rng(13)
    n, moves = side * side, ((-1, 0), (0, 1), (1, 0), (0, -1))
    pits, goal = set(rng.choice(np.arange(1, n - 1), 8, replace=False).tolist()), n - 1
    chances, rewards = np.zeros((n, 4, n)), np.full(n, -0.04)
    rewards[goal], rewards[list(pits)] = 1.0, -1.0
    for s in range(n):
        for a in range(4):
            for turn, p in ((0, 0.8), (1, 0.1), (3, 0.1)):
                row, column = s // side + moves[(a + turn) % 4][0], s % side + moves[(a + turn) % 4][1]
                inside = 0 <= row < side and 0 <= column < side
                chances[s, a, row * side + column if inside else s] += p
    ends = pits | {goal}
    values = np.zeros(n)
    for _ in range(500):
        gains = chances @ (rewards + discount * np.where(np.isin(np.arange(n), list(ends)), 0, values))
        values = gains.max(axis=1)
    ordered = np.sort(gains, axis=1)
    asked = [s for s in range(n) if s not in ends and ordered[s, -1] - ordered[s, -2] > 0.01]
    rows = [
        (s, a, t, round(chances[s, a, t], 3), rewards[t], int(t in ends))
        for s, a, t in zip(*np.nonzero(chances), strict=True)
        if s not in ends
    ]
    train = pd.DataFrame(rows, columns=["state", "action", "next_state", "probability", "reward", "is_end"])
    train.insert(0, "id", [f"t{i:05}" for i in range(len(train))])
    test = pd.DataFrame({"id": [f"{s:03}" for s in asked], "state": asked, "label": gains[asked].argmax(axis=1)})
    return board("accuracy_score", test, train=train)


def gestures() -> Board:
    """Curves of 40 steps in five shapes, each performed at its own uneven pace: warping helps."""
    rng = np.random.default_rng(14)
    time = np.linspace(0, 1, 200)
    knots = [gaussian_filter1d(rng.normal(size=200), 12) for _ in range(5)]
    rows, labels = [], []
    for _ in range(400):
        label = int(rng.integers(0, 5))
        pace = np.cumsum(rng.gamma(0.25, size=40))
        curve = np.interp(pace / pace[-1], time, knots[label] / knots[label].std())
        rows.append(curve + rng.normal(0, 0.25, 40))
        labels.append(label)
    return split(table(np.array(rows).round(4), np.array(labels)), "accuracy_score", n_train=120, seed=14)


def xor() -> Board:
    """Four noisy corners of a square, opposite ones alike: no straight line will do."""
    rng = np.random.default_rng(15)
    corners = rng.integers(0, 2, (600, 2))
    X = corners + rng.normal(0, 0.2, (600, 2))
    return split(table(X.round(4), corners[:, 0] ^ corners[:, 1]), "accuracy_score", n_train=300, seed=15)


def bells() -> Board:
    """Three overlapping normal densities that are published (`density.json`): the best possible score is known."""
    rng = np.random.default_rng(16)
    density = {
        "priors": [0.5, 0.3, 0.2],
        "means": [[0, 0], [2, 1], [-1, 2.5]],
        "covariances": [[[1, 0.3], [0.3, 1]], [[1.5, -0.6], [-0.6, 0.8]], [[0.5, 0], [0, 1.5]]],
    }
    label = rng.choice(3, size=2400, p=density["priors"])
    X = np.array([rng.multivariate_normal(density["means"][c], density["covariances"][c]) for c in label])
    made = split(table(X.round(5), label), "accuracy_score", n_train=400, seed=16)
    public = {**made.public, "density.json": json.dumps(density)}
    return Board(public=public, solution=made.solution, metric=made.metric)


def few_labels() -> Board:
    """Digits of which only 40 are labelled; 900 more without (`unlabelled.csv`, whose answers `oracle.csv` sells)."""
    bunch = load_digits()
    order = np.random.default_rng(17).permutation(len(bunch.data))
    frame = table(bunch.data.astype(int), bunch.target, prefix="pixel").iloc[order]
    rest = frame.iloc[40:940]
    return board(
        "accuracy_score",
        frame.iloc[940:],
        train=frame.iloc[:40],
        unlabelled=rest.drop(columns="label"),
        oracle=rest[["id", "label"]],
    )


def transfer() -> Board:
    """Five examples of each digit 5 to 9, and many of 0 to 4 to learn from first (`source.csv`)."""
    bunch = load_digits()
    order = np.random.default_rng(18).permutation(len(bunch.data))
    frame = table(bunch.data.astype(int), bunch.target, prefix="pixel").iloc[order]
    late = frame[frame["label"] >= 5]
    train = late.groupby("label").head(5)
    return board("accuracy_score", late.drop(train.index), train=train, source=frame[frame["label"] < 5])


def generation() -> Board:
    """Draw 300 digits as asked (`test.csv` names each); the submission holds 64 pixels a row. See `judge`."""
    bunch = load_digits()
    order = np.random.default_rng(19).permutation(len(bunch.data))
    frame = table(bunch.data.astype(int), bunch.target, prefix="pixel").iloc[order]
    test = pd.DataFrame({"id": [f"g{i:04}" for i in range(300)], "digit": np.arange(300) % 10})
    hidden = frame.iloc[900:].drop(columns="id").assign(id=frame["id"].iloc[900:])
    sample = test[["id"]].assign(**dict.fromkeys(PIXELS, 0))
    files = {"train": frame.iloc[:900], "test": test, "sample_submission": sample}
    public = {f"{name}.csv": t.to_csv(index=False) for name, t in files.items()}
    return Board(public=public, solution=hidden.to_csv(index=False), metric="judge")


def judge(board: Board, submission: pd.DataFrame, asked: pd.Series) -> dict[str, float]:
    """Score drawn digits with a classifier that learnt on the hidden ones.

    `recognised` is the share seen as the digit asked for (higher is better, 0..1); `distance` is the Fréchet distance
    (lower is better) between drawn and real digits in twenty principal components, which a generator that always
    draws the same five pays for. Source: Heusel et al., NeurIPS 2017, with an SVM's view instead of Inception's.
    """
    from scipy.linalg import sqrtm
    from sklearn.decomposition import PCA
    from sklearn.svm import SVC

    real = pd.read_csv(_text(board.solution))
    drawn = submission[PIXELS].clip(0, 16).to_numpy(float)
    truth = real[PIXELS].to_numpy(float)
    seen = SVC(gamma=0.001).fit(truth, real["label"]).predict(drawn)
    view = PCA(20, random_state=0).fit(truth)
    a, b = view.transform(drawn), view.transform(truth)
    cov_a, cov_b = np.cov(a.T), np.cov(b.T)
    cross = np.real(np.trace(sqrtm(cov_a @ cov_b)))
    distance = ((a.mean(axis=0) - b.mean(axis=0)) ** 2).sum() + np.trace(cov_a + cov_b) - 2 * cross
    return {"recognised": float((seen == asked.to_numpy()).mean()), "distance": float(distance)}


def _text(csv: str) -> object:
    from io import StringIO

    return StringIO(csv)


BOARDS: dict[str, Callable[[], Board]] = {
    make.__name__: make
    for make in (
        *(spam, progress, ranking, groups, shapes, outliers, analogies, next_letter, dungeon, gestures),
        *(xor, bells, few_labels, transfer, generation),
    )
}
