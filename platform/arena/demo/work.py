"""What the demo's students hand in: predictions of varied quality, some broken, and programs."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from arena.demo.programs import COPIES, programs_of

Row = tuple[str, str]
HEADER = "id,label"


@dataclass(frozen=True)
class Upload:
    """Files to hand in, how many hours before the course began here, and a comment: no two of one student's are equal."""

    files: dict[str, bytes]
    hours_ago: float
    comment: str


def predictions(solution: str, *, error_rate: float, rng: random.Random) -> list[Row]:
    """The truth with a share of the labels replaced: what a model of that quality would write."""
    rows = list(csv.DictReader(io.StringIO(solution)))
    labels = sorted({row["label"] for row in rows})
    found = []
    for row in rows:
        wrong = rng.random() < error_rate
        found.append((row["id"], rng.choice([x for x in labels if x != row["label"]]) if wrong else row["label"]))
    return found


def table(rows: list[Row], header: str = HEADER) -> bytes:
    return ("\n".join([header, *map(",".join, rows)]) + "\n").encode()


# How a first try goes wrong, by the code of the refusal. Each is one that real students made.
BREAKAGES: dict[str, Callable[[list[Row]], bytes]] = {
    "missing_ids": lambda rows: table(rows[: len(rows) * 2 // 3]),
    "duplicate_ids": lambda rows: table([*rows, *rows[:3]]),
    "unknown_ids": lambda rows: table([(f"{key}.0", label) for key, label in rows]),
    "empty_cells": lambda rows: table([(key, "" if n % 9 == 0 else label) for n, (key, label) in enumerate(rows)]),
    "not_a_number": lambda rows: table([(key, "NaN" if n % 50 == 0 else label) for n, (key, label) in enumerate(rows)]),
    "wrong_columns": lambda rows: table(rows, "id,prediction"),
    "is_archive": lambda rows: b"PK\x03\x04\x00\x00" + table(rows),
}
CARELESS = 7
# the share of students who take no part
ABSENT = {"tumours": 0.45, "wine-lab-test": 0.06}


def breakage(slug: str, number: int) -> str | None:
    """The refusal that a student's first CSV meets; None for most. Any text may be a label, so not all fit there."""
    if number % CARELESS != 4:
        return None
    kinds = [kind for kind in BREAKAGES if slug != "dialects" or kind != "not_a_number"]
    return kinds[number // CARELESS % len(kinds)]


@cache
def _programs(slug: str) -> dict[int, dict[str, bytes]]:
    return programs_of(slug)


def code_uploads(slug: str, number: int) -> list[Upload]:
    """The program of a student, if there is one; a copy is handed in after what it was copied from."""
    files = _programs(slug).get(number)
    copied = number in {copy for _, copy in COPIES.get(slug, ())}
    hours = 60.0 + number % 37 if copied else 110.0 + number % 89
    return [Upload(files, hours, "code")] if files else []


def csv_uploads(slug: str, number: int, solution: str) -> list[Upload]:
    """The CSVs of a student, oldest first; deterministic. They get better with time, and a broken one is put right."""
    rng = random.Random(f"{slug}-{number}")  # noqa: S311 - a demo, no secret
    if rng.random() < ABSENT.get(slug, 0.0):
        return []
    worst = 0.5 * rng.betavariate(2, 8) + 0.01
    first = rng.uniform(20, 40)
    hours = [first, first - rng.uniform(1, 18)][: rng.randint(1, 2)]
    found = []
    for step, hours_ago in enumerate(hours):
        rows = predictions(solution, error_rate=worst * (1 - 0.25 * step), rng=rng)
        if step == 0 and (kind := breakage(slug, number)):
            found.append(Upload({"submission.csv": BREAKAGES[kind](rows)}, hours_ago + 0.2, kind))
        found.append(Upload({"submission.csv": table(rows)}, hours_ago, f"v{step + 1}"))
    return found
