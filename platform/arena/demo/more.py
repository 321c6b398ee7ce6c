"""One more board of each kind that the first four are not: seeded when all else is handed in, so that nobody waits for it.

The data are the reference models' own boards, a few students hand in files, and two models each are baselines.
"""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Iterator
from statistics import stdev

from django.db import transaction

from arena.competitions.models import Competition
from arena.courses.models import Course
from arena.demo.seeding import Plan, add_competition
from arena.demo.work import Row, Upload, predictions, table
from reference_models import boards

PLANS = (
    Plan("progress", boards.progress, 24 * 20, metric="root_mean_squared_error"),
    Plan("ranking", boards.ranking, 24 * 23, metric="kendall_tau_score"),
    Plan("groups", boards.groups, 24 * 26, metric="adjusted_rand_score"),
    Plan("analogies", boards.analogies, 24 * 29),
)
# paths of the catalogue
BASELINES = {
    "progress": ("regress/linear.py", "regress/tree.py"),
    "ranking": ("regress/bias_variance.py", "regress/tree.py"),
    "groups": ("unsupervised/kmeans.py", "unsupervised/mixture.py"),
    "analogies": ("represent/cooccurrence.py", "represent/word2vec.py"),
}
# noise in standard deviations of the truth, from the best student's to the worst's
NOISE = {"progress": (0.7, 1.1), "ranking": (0.45, 1.4)}
EVERY = 7


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
    if number % EVERY != sum(slug.encode()) % EVERY:
        return []
    rng = random.Random(f"{slug}-{number}")  # noqa: S311 - a demo, no secret
    hours, share = rng.uniform(10, 40), rng.random()
    found = []
    for step in range(rng.randint(1, 2)):
        better = share * (1 - 0.3 * step)
        if slug in NOISE:
            low, high = NOISE[slug]
            rows = _near(solution, noise=low + (high - low) * better, rng=rng)
        else:
            rows = predictions(solution, error_rate=0.02 + 0.4 * better, rng=rng)
        found.append(Upload({"submission.csv": table(rows)}, hours / (1 + step), f"v{step + 1}"))
    return found


def _near(solution: str, *, noise: float, rng: random.Random) -> list[Row]:
    """The truth with normal noise, in standard deviations of the truth."""
    rows = [(row["id"], float(row["label"])) for row in csv.DictReader(io.StringIO(solution))]
    spread = noise * stdev(value for _, value in rows)
    return [(key, f"{value + rng.gauss(0, spread):.3f}") for key, value in rows]
