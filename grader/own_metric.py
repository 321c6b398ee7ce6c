"""A metric of the instructor's own, in Kaggle's shape, run in the sandbox like any stranger's program.

The program is one `.py` file with `score(solution, submission, row_id_column_name) -> float`. Both frames hold the id and
the solution's target columns, row by row the same ids, without `Usage`; ids are text. It is called once for each part. An
exception named `ParticipantVisibleError` refuses the predictions with its message; any other one is the program's fault.
"""

from __future__ import annotations

import ast
import csv
import hashlib
import json
import math
import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from grader.outcome import Evaluation, Verdict
from grader.predictions import MAX_BYTES, Column, InvalidPredictions, Predictions, Solution, read_predictions
from grader.sandbox import Job, Limits, Sandbox

RUNNER = Path(__file__).with_name("own_metric_runner.py")
NAME = "own_metric"
MAX_ANSWER = 10_000
LINE = re.compile(r'File "[^"]*\bmetric\.py", line (\d+)')
PARTS = {"public": (0,), "private": (1,), "overall": (0, 1)}


@dataclass
class MetricFailed(Exception):
    """The instructor's program gave no score. `log` is what it printed last; a retryable failure is the sandbox's.

    `line` is the line of the program, where one is known.
    """

    message: str
    log: str = ""
    is_retryable: bool = False
    line: int | None = None

    def __str__(self) -> str:
        return self.message


def check_program(program: bytes) -> None:
    """Raises `MetricFailed` where the text is no Python with a function `score` of three parameters. Runs nothing."""
    try:
        tree = ast.parse(program)
    except (SyntaxError, ValueError) as error:
        line = error.lineno if isinstance(error, SyntaxError) else None
        why = error.msg if isinstance(error, SyntaxError) else str(error)
        raise MetricFailed(f"The metric is no valid Python: {why}.", line=line) from error
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name == "score":
            if len(node.args.posonlyargs + node.args.args) >= 3:
                return
            raise MetricFailed("score must take solution, submission and row_id_column_name.")
    raise MetricFailed("The metric needs a function score(solution, submission, row_id_column_name).")


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

    A score that isn't finite is None. Raises `InvalidPredictions` and `MetricFailed`.
    """
    check_program(program)
    predictions = read_predictions(path, solution, allow_gzip=allow_gzip, max_bytes=max_bytes)
    with tempfile.TemporaryDirectory(prefix="arena-metric-") as name:
        data, out = Path(name) / "data", Path(name) / "out"
        data.mkdir()
        out.mkdir()
        _write_parts(data, solution, predictions)
        answer = _run(
            Job(
                sources={"arena_metric_runner.py": RUNNER.read_bytes(), "metric.py": program},
                entry="arena_metric_runner.py",
                data_dir=data,
                out_dir=out,
                runtime=runtime,
                limits=limits or Limits(),
            ),
            sandbox,
        )
    return Evaluation(
        metric=metric_name(program, direction=direction),
        direction=direction,
        public=answer["public"],
        private=answer["private"],
        overall=answer["overall"],
        n_rows=int(np.count_nonzero(solution.usage_codes < 2)),
        interval=None,
    )


def _write_parts(folder: Path, solution: Solution, predictions: Predictions) -> None:
    """`PART.solution.csv` and `PART.submission.csv` for each part that has rows."""
    names = solution.target_columns
    settings = {"id": solution.id_column, "text": [name for name in names if solution.targets[name].dtype.kind != "f"]}
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


def _run(job: Job, sandbox: Sandbox) -> dict[str, float | None]:
    """Each part's score. The program's answer is a file that it could have written itself: nothing in it is believed."""
    result = sandbox.run(job)
    log = result.stderr[-2000:]
    if result.verdict is Verdict.SANDBOX_FAULT:
        raise MetricFailed(result.message, log, is_retryable=True)
    if result.verdict is not Verdict.OK or result.output is None:
        lines = LINE.findall(result.stderr)
        line = int(lines[-1]) if lines else None
        raise MetricFailed(f"The metric did not finish: {result.message}", log, line=line)
    text = result.output.read_text(encoding="utf-8", errors="replace")[:MAX_ANSWER]
    try:
        answer = json.loads(text)
        if isinstance(answer.get("refused"), str):
            message = "".join(c if c.isprintable() else " " for c in answer["refused"])[:500]
            raise InvalidPredictions("metric_refused", message, (), {"message": message})
        return {part: _number(answer["scores"].get(part)) for part in PARTS}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise MetricFailed("The metric must return one number.", log) from error


def _number(value: object) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError("no number")
    number = float(value)
    return number if math.isfinite(number) else None
