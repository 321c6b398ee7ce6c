"""What scoring a predictions file costs: validate, align and score, beside reading the bytes and beside pandas.

Run as `python benchmarks/scoring.py [--rows 10000 1000000 10000000] [--runs 5]` from the root. A file of shuffled ids with
a label and a score is judged three times over (accuracy, macro-F1, ROC AUC). The ways take turns and the best run of each
counts, in processor time, so that a busy machine slows all alike: read the ratios. `pandas` is `read_csv`, a check of ids
and values, `merge` and scikit-learn's metric. `disk` is the wall time of reading the bytes from the disk, not from the page
cache, where the system lets go of them. Memory is what the work adds at its peak to a fresh process that holds the
solution already, the file's bytes included (Linux).
"""

from __future__ import annotations

import argparse
import ctypes
import gc
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from grader.predictions import read_solution  # noqa: E402 - the root comes first
from grader.scoring import score_file  # noqa: E402

N_CLASSES = 10
MAX_BYTES = 2**30
FILES = {"accuracy": "labels", "macro_f1": "labels", "roc_auc": "scores"}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, nargs="+", default=[10_000, 1_000_000, 10_000_000])
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--peak", nargs=3, metavar=("FOLDER", "METRIC", "WAY"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.peak:
        _print_peak(Path(arguments.peak[0]), *arguments.peak[1:])
        return
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, best of {arguments.runs}; times in ms, memory in MB")
    head = f"{'rows':>10} {'metric':>9} {'disk':>8} {'bytes':>8} {'arena':>9} {'pandas':>9}"
    head += f" {'arena/disk':>10} {'arena/bytes':>11} {'pandas/arena':>12}"
    print(head + f" {'arena MB':>9} {'pandas MB':>9}")
    for n_rows in arguments.rows:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            write(folder, n_rows)
            runs = arguments.runs if n_rows < 10**7 else max(1, arguments.runs // 2)
            for metric in FILES:
                _print_row(folder, n_rows, metric, runs)


def write(folder: Path, n_rows: int) -> None:
    """A solution in order and predictions in another, three quarters of them right; a third of the rows is public."""
    rng = np.random.default_rng(n_rows)
    ids = rng.permutation(n_rows * 3)[:n_rows] + 10**7
    usage = np.where(rng.random(n_rows) < 0.3, "Public", "Private")
    shuffled = rng.permutation(n_rows)
    truth = rng.integers(0, N_CLASSES, n_rows)
    guess = np.where(rng.random(n_rows) < 0.75, truth, rng.integers(0, N_CLASSES, n_rows))
    positive = rng.integers(0, 2, n_rows)
    scores = np.round(np.clip(rng.normal(0.4 + 0.2 * positive, 0.2), 0, 1), 6)
    _write(folder / "labels.solution.csv", "id,label,Usage", ids, truth, usage)
    _write(folder / "labels.csv", "id,label", ids[shuffled], guess[shuffled])
    _write(folder / "scores.solution.csv", "id,label,Usage", ids, positive, usage)
    _write(folder / "scores.csv", "id,label", ids[shuffled], scores[shuffled])


def _write(path: Path, header: str, *columns: np.ndarray) -> None:
    with path.open("w") as file:
        file.write(header + "\n")
        step = 10**6
        for start in range(0, len(columns[0]), step):
            parts = [column[start : start + step].tolist() for column in columns]
            file.writelines(",".join(map(str, row)) + "\n" for row in zip(*parts, strict=True))


def _print_row(folder: Path, n_rows: int, metric: str, runs: int) -> None:
    path = folder / f"{FILES[metric]}.csv"
    solution = read_solution(folder / f"{FILES[metric]}.solution.csv")
    truth = _frame(folder, metric)
    ways: dict[str, Callable[[], object]] = {
        "bytes": path.read_bytes,
        "arena": lambda: score_file(path, solution=solution, metric=metric, max_bytes=MAX_BYTES),
        "pandas": lambda: pandas_scores(path, truth, metric),
    }
    disk = min(_from_disk(path) for _ in range(runs + 1))
    best = dict.fromkeys(ways, float("inf"))
    for _ in range(runs + 1):
        for name, way in ways.items():
            gc.collect()
            start = time.process_time()
            way()
            best[name] = min(best[name], time.process_time() - start)
    ours = score_file(path, solution=solution, metric=metric, max_bytes=MAX_BYTES)
    theirs = pandas_scores(path, truth, metric)
    assert ours.private is not None and abs(ours.private - theirs["Private"]) < 1e-9
    peaks = [_peak(folder, metric, way) for way in ("arena", "pandas")]
    print(
        f"{n_rows:>10} {metric:>9} {1000 * disk:>8.1f} {1000 * best['bytes']:>8.1f} {1000 * best['arena']:>9.1f}"
        f" {1000 * best['pandas']:>9.1f} {best['arena'] / disk:>10.1f} {best['arena'] / best['bytes']:>11.1f} {best['pandas'] / best['arena']:>12.1f}"
        f" {peaks[0]:>9.0f} {peaks[1]:>9.0f}",
        flush=True,
    )


def _from_disk(path: Path) -> float:
    """Seconds of wall time to read a file that the page cache was asked to forget."""
    with path.open("rb") as file:
        os.fsync(file.fileno())
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    start = time.perf_counter()
    path.read_bytes()
    return time.perf_counter() - start


def _frame(folder: Path, metric: str) -> object:
    import pandas as pd

    return pd.read_csv(folder / f"{FILES[metric]}.solution.csv", dtype={"id": str})


def pandas_scores(path: Path, truth: object, metric: str) -> dict[str, float]:
    """What a careful person writes: ids as text, checked, merged, scored by scikit-learn for each part."""
    import pandas as pd
    from sklearn import metrics

    assert isinstance(truth, pd.DataFrame)
    predicted = pd.read_csv(path, dtype={"id": str})
    assert list(predicted.columns) == ["id", "label"]
    assert predicted["id"].is_unique
    assert np.isfinite(predicted["label"]).all()
    merged = truth.merge(predicted, on="id", how="left", suffixes=("", "_predicted"))
    assert len(predicted) == len(truth) and merged["label_predicted"].notna().all()
    scores = {}
    for usage, rows in merged.groupby("Usage"):
        pair = rows["label"], rows["label_predicted"]
        if metric == "accuracy":
            scores[str(usage)] = float(metrics.accuracy_score(*pair))
        elif metric == "macro_f1":
            scores[str(usage)] = float(metrics.f1_score(*pair, average="macro"))
        else:
            scores[str(usage)] = float(metrics.roc_auc_score(*pair))
    return scores


def _peak(folder: Path, metric: str, way: str) -> float:
    arguments = [sys.executable, str(Path(__file__).resolve()), "--peak", str(folder), metric, way]
    return float(subprocess.run(arguments, check=True, capture_output=True, text=True).stdout)


def _print_peak(folder: Path, metric: str, way: str) -> None:
    path = folder / f"{FILES[metric]}.csv"
    if way == "arena":
        solution = read_solution(folder / f"{FILES[metric]}.solution.csv")
        for name in solution.target_columns:
            _ = solution.labels(name) if FILES[metric] == "labels" else solution.targets[name]
        before = _from_now()
        score_file(path, solution=solution, metric=metric, max_bytes=MAX_BYTES)
    else:
        import sklearn.metrics  # noqa: F401 - loading it is not the work

        truth = _frame(folder, metric)
        before = _from_now()
        pandas_scores(path, truth, metric)
    print(_status("VmHWM") - before)


def _from_now() -> float:
    """Forget the highest memory so far; what is held now, in MB."""
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)
    Path("/proc/self/clear_refs").write_text("5")
    return _status("VmRSS")


def _status(field: str) -> float:
    lines = Path("/proc/self/status").read_text().splitlines()
    return float(next(line for line in lines if line.startswith(field)).split()[1]) / 1024


if __name__ == "__main__":
    main()
