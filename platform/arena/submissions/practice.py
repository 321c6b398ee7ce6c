"""Practice runs: the public train.csv is cut in two, and a program that sees one part is judged on the other.

The cut is seeded, so that two runs can be compared. Everything lies in a folder named by the hashes of the public files;
only `data/` in it is shown to code.
"""

from __future__ import annotations

import csv
import io
import shutil
from dataclasses import dataclass
from pathlib import Path

from arena.competitions.models import Competition
from arena.competitions.selectors import data_folder
from arena.competitions.truth import truth_of
from grader.metrics import get_metric
from grader.predictions import Solution as Truth
from grader.predictions import classes_in, read_solution
from grader.splitting import split_labelled
from grader.suitability import check_solution

TRAIN = "train.csv"
HELD_OUT = 0.3


class NoPractice(Exception):
    """There is no labelled train.csv."""


@dataclass(frozen=True, kw_only=True)
class PracticeData:
    """What a practice run sees, and what judges it."""

    folder: Path
    truth: Truth


def may_practise(competition: Competition) -> bool:
    """Whether the pages offer it; what train.csv holds is looked at when somebody tries."""
    return competition.kind != "predictions" and competition.files.filter(name=TRAIN).exists()


def practice_data(competition: Competition) -> PracticeData:
    """Cut train.csv, unless that was done. Raises `NoPractice`, `InvalidSolution` and `InvalidTable`."""
    if not may_practise(competition):
        raise NoPractice
    public = data_folder(competition)
    targets = truth_of(competition).target_columns
    columns = _columns(public / TRAIN)
    if not set(targets) <= set(columns):
        raise NoPractice
    folder = public.with_name(f"{public.name}.practice")
    if not folder.exists():
        _build(folder, public, targets=targets, competition=competition, has_ids=competition.id_column in columns)
    known: set[str] = set()
    if get_metric(competition.metric).takes == "labels":
        known = {name for column in targets for name in classes_in(public / TRAIN, column)}
    truth = read_solution(folder / "solution.csv", id_column=competition.id_column, classes=tuple(sorted(known)))
    check_solution(truth, metric=competition.metric)
    return PracticeData(folder=folder / "data", truth=truth)


def _columns(path: Path) -> list[str]:
    with path.open(encoding="utf-8-sig", newline="", errors="replace") as file:
        return next(csv.reader(file), [])


def _build(folder: Path, public: Path, *, targets: tuple[str, ...], competition: Competition, has_ids: bool) -> None:
    parts = split_labelled(
        (public / TRAIN).read_bytes(),
        target_columns=tuple(targets),
        id_column=competition.id_column,
        test_share=HELD_OUT,
        public_share=0.0,
        seed=competition.pk,
        keep_ids=True,
    )
    building = folder.with_name(f"{folder.name}.{id(parts)}.part")
    shutil.copytree(public, building / "data")
    # where the real train.csv has no ids, this one has none either
    train = parts.train if has_ids else _without(parts.train, competition.id_column)
    texts = {TRAIN: train, "test.csv": parts.test, "sample_submission.csv": parts.sample}
    for name, text in texts.items():
        (building / "data" / name).write_text(text, encoding="utf-8")
    (building / "solution.csv").write_text(_without(parts.solution, "Usage"), encoding="utf-8")
    try:
        building.rename(folder)
    except OSError:  # another process was faster, with the same content
        shutil.rmtree(building)


def _without(text: str, column: str) -> str:
    """A CSV text less one column."""
    rows = csv.reader(io.StringIO(text, newline=""))
    header = next(rows)
    gone = header.index(column)
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerows([cell for i, cell in enumerate(row) if i != gone] for row in (header, *rows))
    return out.getvalue()
