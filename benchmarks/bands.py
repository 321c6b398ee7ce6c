"""How long a board's band stability takes: every student's chance of the band that the board gives.

Run as `python benchmarks/bands.py [--students 1000] [--rows 10000] [--classes 5]` from the root. Counts all from aligned
predictions in memory to `band_odds` and `tied_groups`: a paired bootstrap of 1000 boards. Processor time stands beside wall
time, since other work on the machine lengthens the latter.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from grader.predictions import Predictions, read_solution  # noqa: E402 - the root comes first
from grader.significance import band_odds, board_rows, tied_groups  # noqa: E402

EDGES = (30, 50, 90, 120, 150)  # of 158 students


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--students", type=int, default=1000)
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--classes", type=int, default=5)
    parser.add_argument("--metrics", nargs="+", default=["accuracy", "macro_f1", "rmse", "auc"])
    arguments = parser.parse_args()
    edges = [round(edge * arguments.students / 158) for edge in EDGES]
    print(
        f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; {arguments.students} students x {arguments.rows} rows"
    )
    print(
        f"{'metric':>10} {'influences s':>13} {'odds s':>8} {'ties s':>8} {'wall s':>8} {'CPU s':>8} {'sure bands':>11}"
    )
    for metric in arguments.metrics:
        solution, entries = _board(arguments, metric)
        wall, cpu, marks = time.perf_counter(), time.process_time(), [time.perf_counter()]
        rows = board_rows(entries, solution=solution, metric=metric)
        marks.append(time.perf_counter())
        odds = band_odds(rows, edges=edges)
        marks.append(time.perf_counter())
        tied_groups(rows)
        marks.append(time.perf_counter())
        steps = " ".join(f"{step:>{width}.2f}" for step, width in zip(np.diff(marks), (13, 8, 8), strict=True))
        sure = sum(o.probability > 0.9 for o in odds) / len(odds)
        print(
            f"{metric:>10} {steps} {time.perf_counter() - wall:>8.2f} {time.process_time() - cpu:>8.2f} {sure:>11.2f}",
            flush=True,
        )


def _board(arguments: argparse.Namespace, metric: str):  # type: ignore[no-untyped-def]
    """A solution and entries of rising quality that share most of their errors, as a class's do."""
    import tempfile

    rng = np.random.default_rng(1)
    n, n_classes = arguments.rows, 2 if metric == "auc" else arguments.classes
    truth = rng.integers(0, n_classes, n)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "solution.csv"
        path.write_text("id,label\n" + "".join(f"{i},{label}\n" for i, label in enumerate(truth.tolist())))
        solution = read_solution(path)
    labels = solution.labels("label")
    hardness = rng.random(n)
    entries = []
    for skill in rng.normal(0.75, 0.05, arguments.students):
        right = hardness + rng.normal(0, 0.1, n) < skill
        if metric in {"accuracy", "macro_f1"}:
            codes = np.where(right, labels.codes, rng.integers(0, n_classes, n))
            entries.append(Predictions(values={}, codes={"label": codes}, labels={"label": labels}))
        else:
            values = np.round(truth + rng.normal(0, 1, n) * (1 - 0.5 * right), 4)
            entries.append(Predictions(values={"label": values}))
    return solution, entries


if __name__ == "__main__":
    main()
