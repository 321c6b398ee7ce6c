"""`python -m grader`: run, score, metrics, grade, quiz. Exits 0 when done, 2 on bad input, 1 on a fault of ours."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path


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


def refuse(verdict: str, code: str, message: str, **more: object) -> int:
    """One JSON object on stdout, the sentence on stderr, exit code 2."""
    print(json.dumps({"verdict": verdict, "code": code, "message": message, **more}, ensure_ascii=False))
    print(message, file=sys.stderr)
    return 2


def _add_scoring(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    score = commands.add_parser("score", help="score a predictions file against a solution")
    score.add_argument("--solution", type=Path, required=True)
    score.add_argument("--predictions", type=Path, required=True)
    score.add_argument("--metric", required=True)
    score.add_argument("--id-column", default="id")
    score.set_defaults(func=_score)
    metrics = commands.add_parser("metrics", help="list every metric")
    metrics.set_defaults(func=_metrics)


def _score(arguments: argparse.Namespace) -> int:
    from grader.metrics import UnknownMetric
    from grader.predictions import InvalidPredictions, InvalidSolution, read_solution
    from grader.scoring import score_file

    try:
        solution = read_solution(arguments.solution, id_column=arguments.id_column)
        result = score_file(arguments.predictions, solution=solution, metric=arguments.metric)
    except InvalidPredictions as error:
        return refuse("invalid_predictions", error.code, error.message, rows=list(error.rows))
    except InvalidSolution as error:
        return refuse("invalid_solution", error.code, error.message)
    except UnknownMetric as error:
        return refuse("unknown_metric", "unknown_metric", str(error))
    except FileNotFoundError as error:
        return refuse("invalid_input", "no_file", f"There is no file {error.filename}.")
    print(json.dumps(asdict(result)))
    return 0


def _metrics(arguments: argparse.Namespace) -> int:
    from grader.metrics import METRICS

    rows = [
        {"name": m.name, "direction": m.direction, "range": m.range, "takes": m.takes, "source": m.source}
        for m in METRICS.values()
    ]
    print(json.dumps(rows, indent=1))
    return 0
