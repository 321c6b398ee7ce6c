"""One more board of each kind that the first four are not: seeded when all else is handed in, so that nobody waits for it.

The data are the reference models' own boards, a few students hand in files, and two models each are baselines.
"""

from __future__ import annotations

import io
import random
from collections.abc import Iterator

import pandas as pd
from django.db import transaction

from arena.competitions.models import Competition
from arena.courses.models import Course
from arena.demo.datasets import Dataset
from arena.demo.seeding import Plan, add_competition
from arena.demo.work import Upload, predictions, table
from reference_models import boards


def drawings() -> Dataset:
    """The board of generation, whose solution holds, where a drawing is asked for, a hidden one of that digit."""
    board = boards.generation()
    hidden = pd.read_csv(io.StringIO(board.solution))
    of_digit = {digit: iter(group.to_numpy()) for digit, group in hidden.groupby("label")[boards.PIXELS]}
    asked = pd.read_csv(io.StringIO(board.public["test.csv"]))
    solution = pd.DataFrame([next(of_digit[digit]) for digit in asked["digit"]], columns=boards.PIXELS)
    solution.insert(0, "id", asked["id"])
    # of each digit three in ten are public
    solution["Usage"] = ["Public" if n // 10 % 10 < 3 else "Private" for n in range(len(asked))]
    return Dataset(public=board.public, solution=solution.to_csv(index=False))


PLANS = (
    Plan("progress", boards.progress, 24 * 20, metric="root_mean_squared_error"),
    Plan("ranking", boards.ranking, 24 * 23, metric="kendall_tau_score"),
    Plan("groups", boards.groups, 24 * 26, metric="adjusted_rand_score"),
    Plan("analogies", boards.analogies, 24 * 29),
    Plan("generation", drawings, 24 * 32, program="recognised.py.txt"),
)
# paths of the catalogue
BASELINES = {
    "progress": ("regress/linear.py", "regress/tree.py"),
    "ranking": ("regress/bias_variance.py", "regress/tree.py"),
    "groups": ("unsupervised/kmeans.py", "unsupervised/mixture.py"),
    "analogies": ("represent/cooccurrence.py", "represent/word2vec.py"),
    "generation": ("generate/variational_autoencoder.py",),
}
# noise in standard deviations of the truth, from the best student's to the worst's
NOISE = {"progress": (0.7, 1.1), "ranking": (0.45, 1.4), "generation": (0.4, 1.6)}
# one student in so many takes part; drawings are scored by a program, which takes seconds
EVERY = {"generation": 31}


def seed_more(course: Course) -> Iterator[Competition]:
    """The competitions, one after the other; those that an earlier run made are found."""
    for plan in PLANS:
        found = course.competitions.filter(slug=plan.slug).first()
        if found is None:
            with transaction.atomic():
                found = add_competition(course, plan)
        yield found


def few_uploads(slug: str, number: int, solution: str) -> list[Upload]:
    """What student `number` hands in: for most of them nothing, else one or two CSVs, the later one better."""
    every = EVERY.get(slug, 7)
    if number % every != sum(slug.encode()) % every:
        return []
    rng = random.Random(f"{slug}-{number}")  # noqa: S311 - a demo, no secret
    hours, share = rng.uniform(10, 40), rng.random()
    found = []
    for step in range(rng.randint(1, 2)):
        better = share * (1 - 0.3 * step)
        if slug in NOISE:
            low, high = NOISE[slug]
            data = _near(solution, noise=low + (high - low) * better, rng=rng)
        else:
            data = table(predictions(solution, error_rate=0.02 + 0.4 * better, rng=rng))
        found.append(Upload({"submission.csv": data}, hours / (1 + step), f"v{step + 1}"))
    return found


def _near(solution: str, *, noise: float, rng: random.Random) -> bytes:
    """The truth with normal noise, in standard deviations of the truth."""
    truth = pd.read_csv(io.StringIO(solution), dtype={"id": str}).drop(columns="Usage").set_index("id")
    spread = noise * float(truth.to_numpy().std())
    lines = [
        ",".join([key, *(f"{value + rng.gauss(0, spread):.3f}" for value in values)])
        for key, values in zip(truth.index, truth.to_numpy().tolist(), strict=True)
    ]
    return "\n".join([",".join(["id", *truth.columns]), *lines, ""]).encode()
