import json
import os
from dataclasses import dataclass
from pathlib import Path

import pytest

from grader.cli import main
from grader.metrics import UnknownMetric, get_metric
from grader.outcome import RunResult, Verdict
from grader.own_metric import MetricFailed, check_program, metric_name, score_with_program
from grader.predictions import InvalidPredictions, read_solution
from grader.sandbox import Job, open_sandbox, probe

RUNTIME = Path(os.environ.get("ARENA_STUDENT_RUNTIME", Path(__file__).resolve().parents[2] / ".venv-student"))
SOLUTION = "id,label,Usage\n007,1,Public\n008,0,Public\n009,4,Private\n010,2,Ignored\n"
GUESS = "id,label\n010,9\n009,1\n008,0\n007,3\n"
METRIC = b"""
class ParticipantVisibleError(Exception):
    pass

def score(solution, submission, row_id_column_name):
    assert list(solution[row_id_column_name]) == list(submission[row_id_column_name])
    assert all(text.startswith("0") for text in solution[row_id_column_name])
    assert "Usage" not in solution.columns
    if (submission["label"] < 0).any():
        raise ParticipantVisibleError("Labels below 0 are no labels.")
    del solution[row_id_column_name], submission[row_id_column_name]
    return float((solution - submission).abs().mean().iloc[0])
"""


@dataclass
class FakeSandbox:
    """Answers with a file of its own making, as a hostile metric could."""

    verdict: Verdict
    text: str = ""

    def run(self, job: Job, *, on_log=None) -> RunResult:
        output = job.out_dir / "submission.csv"
        output.write_text(self.text)
        return RunResult(verdict=self.verdict, message="It ended.", stderr="line 3", output=output)


def score(tmp_path, *, sandbox, program=METRIC, guess=GUESS):
    (tmp_path / "s.csv").write_text(SOLUTION)
    (tmp_path / "p.csv").write_text(guess)
    solution = read_solution(tmp_path / "s.csv")
    return score_with_program(
        tmp_path / "p.csv",
        solution=solution,
        program=program,
        direction="lower",
        sandbox=sandbox,
        runtime=RUNTIME,
    )


@pytest.mark.parametrize(
    ("program", "message"),
    [
        (b"def score(", "no valid Python"),
        (b"\0", "no valid Python"),
        (b"x = 1", "needs a function score"),
        (b"def score(a, b): return 1", "must take solution, submission"),
        (b"def score(a, b, c, epsilon): return 1", "after the third needs a default"),
        (b"def score(a, b, c, *, epsilon): return 1", "after the third needs a default"),
    ],
)
def test_a_program_without_the_function_is_refused_unrun(program, message):
    with pytest.raises(MetricFailed, match=message):
        check_program(program)


def test_a_syntax_error_names_its_line():
    with pytest.raises(MetricFailed) as caught:
        check_program(b"x = 1\ndef score(a, b, c):\n    return (\n")
    assert (caught.value.line, str(caught.value)) == (3, "The metric is no valid Python: '(' was never closed.")


def test_a_program_has_a_name_that_says_direction_and_version():
    name = metric_name(METRIC, direction="lower")
    metric = get_metric(name)
    assert (metric.name, metric.direction, metric.takes) == (name, "lower", "own")
    assert metric_name(METRIC + b"\n", direction="lower") != name
    with pytest.raises(UnknownMetric):
        get_metric("own_metric@lower:0123")


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", '{"scores": 1}', '{"scores": {"private": "1"}}', '{"scores": {"private": true}}', "[" * 9999],
)
def test_an_answer_that_is_no_score_is_the_programs_fault(tmp_path, text):
    with pytest.raises(MetricFailed, match="must return one number") as caught:
        score(tmp_path, sandbox=FakeSandbox(Verdict.OK, text))
    assert not caught.value.is_retryable


@pytest.mark.parametrize(
    ("scores", "code", "message"),
    [
        ('"private": 1, "public": NaN, "overall": 1', "metric_undefined_public", "(nan) for the Public rows"),
        ('"private": NaN, "public": -1e999, "overall": 1', "metric_undefined_public", "(-inf) for the Public rows"),
        ('"private": NaN, "public": 2, "overall": 1', "metric_undefined", "(NaN or infinity) for these predictions"),
        ('"public": 2, "overall": 1e999', "metric_undefined", "(NaN or infinity) for these predictions"),
    ],
)
def test_a_score_that_is_not_finite_refuses_the_predictions_and_tells_of_public_rows_alone(
    tmp_path, scores, code, message
):
    with pytest.raises(InvalidPredictions) as caught:
        score(tmp_path, sandbox=FakeSandbox(Verdict.OK, '{"scores": {' + scores + "}}"))
    assert caught.value.code == code
    assert message in caught.value.message


def test_a_run_that_fails_is_the_programs_fault_and_a_fault_of_the_sandbox_is_retried(tmp_path):
    with pytest.raises(MetricFailed, match="did not finish") as caught:
        score(tmp_path, sandbox=FakeSandbox(Verdict.TIME_LIMIT))
    assert (caught.value.log, caught.value.is_retryable) == ("line 3", False)
    with pytest.raises(MetricFailed) as caught:
        score(tmp_path, sandbox=FakeSandbox(Verdict.SANDBOX_FAULT))
    assert caught.value.is_retryable


def test_wrong_predictions_are_refused_before_anything_runs(tmp_path):
    with pytest.raises(InvalidPredictions) as caught:
        score(tmp_path, sandbox=None, guess="id,label\n007,1\n")
    assert caught.value.code == "missing_ids"


needs_sandbox = pytest.mark.skipif(
    probe().backend is None or not (RUNTIME / "pyvenv.cfg").exists(),
    reason="needs bubblewrap and the students' runtime",
)


@pytest.mark.sandbox
@needs_sandbox
def test_a_metric_in_kaggles_shape_scores_each_part_in_the_sandbox(tmp_path):
    found = score(tmp_path, sandbox=open_sandbox())
    assert (found.public, found.private, found.overall, found.n_rows) == (1.0, 3.0, pytest.approx(5 / 3), 3)
    assert (found.metric, found.direction) == (metric_name(METRIC, direction="lower"), "lower")


@pytest.mark.sandbox
@needs_sandbox
def test_the_metric_may_refuse_predictions_and_its_own_errors_are_logged(tmp_path):
    with pytest.raises(InvalidPredictions) as caught:
        score(tmp_path, sandbox=open_sandbox(), guess=GUESS.replace(",3", ",-3"))
    assert (caught.value.code, str(caught.value)) == ("metric_refused", "Labels below 0 are no labels.")
    with pytest.raises(MetricFailed, match="did not finish") as failed:
        score(tmp_path, sandbox=open_sandbox(), program=b"def score(a, b, c):\n    return a.nonsense\n")
    assert "nonsense" in failed.value.log
    assert failed.value.line == 2


@pytest.mark.sandbox
@needs_sandbox
def test_the_command_line_scores_with_a_program_and_blames_a_broken_one(tmp_path, capsys):
    (tmp_path / "s.csv").write_text(SOLUTION)
    (tmp_path / "p.csv").write_text(GUESS)
    (tmp_path / "m.py").write_bytes(METRIC)
    (tmp_path / "broken.py").write_text("def score(a, b):\n    return 1\n")

    def run(program):
        files = ["--solution", str(tmp_path / "s.csv"), "--predictions", str(tmp_path / "p.csv")]
        return main(["score", *files, "--program", str(tmp_path / program), "--runtime", str(RUNTIME)])

    assert run("m.py") == 0
    assert json.loads(capsys.readouterr().out)["private"] == 3.0
    assert run("broken.py") == 2
    assert json.loads(capsys.readouterr().out)["code"] == "metric_failed"
