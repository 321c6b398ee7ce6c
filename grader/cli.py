"""`python -m grader`: run, score, metrics, grade, quiz. Exits 0 when done, 2 on bad input, 1 on a fault of ours."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from grader.refusing import refuse

if TYPE_CHECKING:
    from grader.outcome import Evaluation
    from grader.predictions import Solution


def main(argv: Sequence[str] | None = None) -> int:
    """Parse and run one command."""
    parser = argparse.ArgumentParser(prog="python -m grader", description="Run, score and grade a course's work.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    from grader.marks_cli import add_commands as add_marks
    from grader.sandbox.cli import add_commands as add_sandbox

    add_sandbox(commands)
    _add_scoring(commands)
    add_marks(commands)
    arguments = parser.parse_args(argv)
    code: int = arguments.func(arguments)
    return code


def _add_scoring(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    score = commands.add_parser("score", help="score a predictions file against a solution")
    score.add_argument("--solution", type=Path, required=True, help="id, target column(s), optional Usage")
    score.add_argument("--predictions", type=Path, required=True)
    how = score.add_mutually_exclusive_group(required=True)
    how.add_argument("--metric", help="a name of `python -m grader metrics`")
    how.add_argument("--program", type=Path, metavar="METRIC.py", help="a metric in Kaggle's shape, run in the sandbox")
    score.add_argument("--direction", choices=["higher", "lower"], default="higher", help="of the program's score")
    score.add_argument("--runtime", type=Path, default=Path(".venv-student"), help="the program's environment")
    score.add_argument("--id-column", default="id")
    score.set_defaults(func=_score)
    metrics = commands.add_parser("metrics", help="list every metric")
    metrics.set_defaults(func=_metrics)


def _score(arguments: argparse.Namespace) -> int:
    from grader.metrics import UnknownMetric
    from grader.own_metric import MetricFailed
    from grader.predictions import InvalidPredictions, InvalidSolution, read_solution
    from grader.sandbox import SandboxUnavailable
    from grader.scoring import score_file
    from grader.zipped_tables import unzipped

    try:
        solution = read_solution(arguments.solution, id_column=arguments.id_column)
        with unzipped(arguments.predictions) as path:
            if arguments.program is not None:
                result = _score_with_program(arguments, path, solution)
            else:
                result = score_file(path, solution=solution, metric=arguments.metric)
    except InvalidPredictions as error:
        return refuse("invalid_predictions", error.code, error.message, rows=list(error.rows))
    except InvalidSolution as error:
        return refuse("invalid_solution", error.code, error.message, rows=list(error.rows))
    except UnknownMetric as error:
        return refuse("unknown_metric", "unknown_metric", str(error))
    except FileNotFoundError as error:
        return refuse("invalid_input", "no_file", f"There is no file {error.filename}.")
    except MetricFailed as error:
        code = refuse("metric_failed", "metric_failed", error.message, log=error.log)
        return 1 if error.is_retryable else code
    except SandboxUnavailable as error:
        print(error, file=sys.stderr)
        return 1
    print(json.dumps(asdict(result)))
    return 0


def _score_with_program(arguments: argparse.Namespace, path: Path, solution: Solution) -> Evaluation:
    from grader.own_metric import score_with_program
    from grader.sandbox import open_sandbox

    return score_with_program(
        path,
        solution=solution,
        program=arguments.program.read_bytes(),
        direction=arguments.direction,
        sandbox=open_sandbox(),
        runtime=arguments.runtime,
    )


def _metrics(arguments: argparse.Namespace) -> int:
    from grader.metrics import METRICS

    rows = [
        {
            "name": m.name,
            "direction": m.direction,
            "range": m.range,
            "truth": m.truth.value,
            "takes": m.takes,
            "each_part": m.each_part.value,
            "undefined": m.undefined,
            "source": m.source,
        }
        for m in METRICS.values()
    ]
    print(json.dumps(rows, indent=1))
    return 0
