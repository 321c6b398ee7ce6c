"""A metric of the instructor's own, in Kaggle's shape, run in the sandbox like any stranger's program.

The program is one `.py` file with `score(solution, submission, row_id_column_name) -> float`. Both frames hold the id and
the solution's target columns, row by row the same ids, without `Usage`; ids are text. It is called once for each part. An
exception named `ParticipantVisibleError`, or a child of one, refuses the predictions with its message; any other one is the
program's fault. `kaggle_metric_utilities`, which Kaggle's published metrics import, lies beside it.
"""

from __future__ import annotations

import ast
import csv
import hashlib
import json
import tempfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from grader.outcome import Evaluation
from grader.own_metric_answers import PARTS, Answer, MetricFailed, answer_of
from grader.predictions import MAX_BYTES, Column, Predictions, Solution, read_predictions
from grader.sandbox import Job, Limits, Sandbox

__all__ = ["NAME", "MetricFailed", "check_program", "metric_name", "score_with_program", "try_program"]
RUNNER = Path(__file__).with_name("own_metric_runner.py")
KAGGLE = Path(__file__).with_name("kaggle_metric_utilities.py")
NAME = "own_metric"


def check_program(program: bytes) -> None:
    """Raises `MetricFailed` where the text is no Python with a function `score` of three parameters. Runs nothing."""
    try:
        tree = ast.parse(program)
    except (SyntaxError, ValueError) as error:
        line = error.lineno if isinstance(error, SyntaxError) else None
        why = error.msg if isinstance(error, SyntaxError) else str(error)
        message = f"The metric is no valid Python: {why}."
        raise MetricFailed(message, line=line, code="syntax", params={"why": why}) from error
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name == "score":
            _check_parameters(node)
            return
    message = "The metric needs a function score(solution, submission, row_id_column_name)."
    raise MetricFailed(message, code="no_function")


def _check_parameters(function: ast.FunctionDef) -> None:
    """Three parameters, and defaults for all others."""
    given = function.args
    n = len(given.posonlyargs) + len(given.args)
    if n < 3:
        message = "score must take solution, submission and row_id_column_name."
        raise MetricFailed(message, line=function.lineno, code="parameters")
    if n - len(given.defaults) > 3 or None in given.kw_defaults:
        message = "Each parameter of score after the third needs a default value."
        raise MetricFailed(message, line=function.lineno, code="no_default")


def metric_name(program: bytes, *, direction: str) -> str:
    """The name under which a competition, its results and a regrade speak of this very program.

    >>> metric_name(b"", direction="lower")
    'own_metric@lower:e3b0c44298fc'
    """
    return f"{NAME}@{direction}:{hashlib.sha256(program).hexdigest()[:12]}"


def score_with_program(
    path: Path,
    *,
    solution: Solution,
    program: bytes,
    direction: str,
    sandbox: Sandbox,
    runtime: Path,
    limits: Limits | None = None,
    allow_gzip: bool = False,
    max_bytes: int = MAX_BYTES,
) -> Evaluation:
    """Read, validate, align, and score in the sandbox. `runtime` is an environment with pandas.

    Raises `InvalidPredictions`, also for a score that is no finite number, and `MetricFailed`.
    """
    return try_program(
        path,
        solution=solution,
        program=program,
        direction=direction,
        sandbox=sandbox,
        runtime=runtime,
        limits=limits,
        allow_gzip=allow_gzip,
        max_bytes=max_bytes,
        is_trial=False,
    )[0]


def try_program(
    path: Path,
    *,
    solution: Solution,
    program: bytes,
    direction: str,
    sandbox: Sandbox,
    runtime: Path,
    limits: Limits | None = None,
    allow_gzip: bool = False,
    max_bytes: int = MAX_BYTES,
    is_trial: bool = True,
) -> tuple[Evaluation, tuple[str, ...]]:
    """Score, and call it once more with the same rows and once with the rows turned round: the score and its warnings.

    `not_repeatable`: the same rows got another score. `row_order`: the order of the rows changes it.
    """
    check_program(program)
    predictions = read_predictions(path, solution, allow_gzip=allow_gzip, max_bytes=max_bytes)
    with tempfile.TemporaryDirectory(prefix="arena-metric-") as name:
        data, out = Path(name) / "data", Path(name) / "out"
        data.mkdir()
        out.mkdir()
        _write_parts(data, solution, predictions, is_trial=is_trial)
        sources = {"arena_metric_runner.py": RUNNER, "kaggle_metric_utilities.py": KAGGLE}
        job = Job(
            sources={**{name: file.read_bytes() for name, file in sources.items()}, "metric.py": program},
            entry="arena_metric_runner.py",
            data_dir=data,
            out_dir=out,
            runtime=runtime,
            limits=limits or Limits(),
        )
        answer: Answer = answer_of(sandbox.run(job))
    evaluation = Evaluation(
        metric=metric_name(program, direction=direction),
        direction=direction,
        public=answer.scores["public"],
        private=answer.scores["private"],
        overall=answer.scores["overall"],
        n_rows=int(np.count_nonzero(solution.usage_codes < 2)),
        interval=None,
    )
    return evaluation, answer.warnings


def _write_parts(folder: Path, solution: Solution, predictions: Predictions, *, is_trial: bool) -> None:
    """`PART.solution.csv` and `PART.submission.csv` for each part that has rows."""
    names = solution.target_columns
    text = [name for name in names if solution.targets[name].dtype.kind != "f"]
    settings = {"id": solution.id_column, "text": text, "is_trial": is_trial}
    (folder / "settings.json").write_text(json.dumps(settings), encoding="utf-8")
    for part, usages in PARTS.items():
        rows = np.flatnonzero(np.isin(solution.usage_codes, usages))
        if not rows.size:
            continue
        for kind, columns in (("solution", solution.targets), ("submission", predictions.columns)):
            _write_table(folder / f"{part}.{kind}.csv", solution, rows.tolist(), columns)


def _write_table(path: Path, solution: Solution, rows: list[int], columns: Mapping[str, Column]) -> None:
    cells = [columns[name].tolist() for name in solution.target_columns]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([solution.id_column, *solution.target_columns])
        writer.writerows([solution.ids[row], *(column[row] for column in cells)] for row in rows)
