"""Programs of every kind of fault, run in the sandbox: what each one's answer becomes."""

from __future__ import annotations

import os
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from grader.own_metric import MetricFailed, check_program, score_with_program, try_program
from grader.own_metric_runner import WrongType, number_of
from grader.predictions import InvalidPredictions, read_solution
from grader.sandbox import Limits, open_sandbox, probe

RUNTIME = Path(os.environ.get("ARENA_STUDENT_RUNTIME", Path(__file__).resolve().parents[2] / ".venv-student"))
pytestmark = [
    pytest.mark.sandbox,
    pytest.mark.skipif(
        probe().backend is None or not (RUNTIME / "pyvenv.cfg").exists(),
        reason="needs bubblewrap and the students' runtime",
    ),
]
HEAD = "import numpy as np\nimport pandas as pd\nclass ParticipantVisibleError(Exception): pass\n"


def run(tmp_path, body, *, run_with=score_with_program, head=HEAD, limits=None):
    (tmp_path / "s.csv").write_text("id,y,Usage\na,1,Public\nb,2,Public\nc,3,Private\nd,5,Private\n")
    (tmp_path / "p.csv").write_text("id,y\na,1\nb,1\nc,1\nd,1\n")
    lines = "\n    ".join(body.split("; "))
    program = f"{head}def score(solution, submission, row_id_column_name):\n    {lines}\n".encode()
    check_program(program)
    return run_with(
        tmp_path / "p.csv", solution=read_solution(tmp_path / "s.csv"), program=program, direction="lower",
        sandbox=open_sandbox(), runtime=RUNTIME, limits=limits,
    )  # fmt: skip


def test_what_is_no_number_is_named_with_its_type_and_rows(tmp_path):
    with pytest.raises(MetricFailed) as caught:
        run(tmp_path, "return np.array([0.5])")
    assert (caught.value.code, caught.value.is_retryable) == ("wrong_type", False)
    assert caught.value.params == {"part": "public", "type": "ndarray", "shown": "array([0.5])"}
    assert "for the Public rows it returned array([0.5]), a ndarray" in caught.value.message


@pytest.mark.parametrize(
    "value",
    ["0.5", (0.5, 1), 1j, True, np.bool_(True), np.array([0.5]), pd.Series([0.5]), {"score": 1}, None, [], b"1"],
)
def test_only_a_number_is_a_score(value):
    with pytest.raises(WrongType):
        number_of(value)


@pytest.mark.parametrize("value", [2, 2.0, np.float32(2), np.int64(2), np.array(2.0), Decimal(2), Fraction(2)])
def test_a_number_of_any_make_is_a_score(value):
    assert number_of(value) == 2.0


def test_a_score_without_a_return_says_so(tmp_path):
    with pytest.raises(MetricFailed, match="perhaps a return is missing") as caught:
        run(tmp_path, "solution['y'].mean()")
    assert caught.value.code == "returned_none"


def test_a_number_too_large_for_a_float_is_infinite(tmp_path):
    with pytest.raises(InvalidPredictions, match=r"\(inf\)"):
        run(tmp_path, "return 10 ** 400")


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("class Mine(ParticipantVisibleError): pass; raise Mine('Days are missing.')", "Days are missing."),
        ("raise ParticipantVisibleError", "The metric refuses these predictions and doesn't say why."),
        ("raise ParticipantVisibleError('two\\nlines \\x1b[31m')", "two lines  [31m"),
    ],
)
def test_a_visible_error_or_a_child_of_one_refuses_the_predictions(tmp_path, body, message):
    with pytest.raises(InvalidPredictions) as caught:
        run(tmp_path, body)
    assert (caught.value.code, caught.value.message) == ("metric_refused", message)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("raise ValueError('label of a is 1')", "stopped"),
        ("raise SystemExit(0)", "stopped"),
        ("raise KeyboardInterrupt", "stopped"),
        ("__import__('os')._exit(0)", "exited"),
        ("while True: pass", "stopped"),
        ("return float(len(bytearray(10**9)))", "stopped"),
    ],
)
def test_a_program_that_ends_without_a_score_is_the_staffs_fault_and_not_the_sandboxs(tmp_path, body, code):
    limits = Limits(wall_time_s=20, cpu_time_s=4, memory_mb=600)
    with pytest.raises(MetricFailed) as caught:
        run(tmp_path, body, limits=limits)
    assert (caught.value.code, caught.value.is_retryable) == (code, False)


def test_printing_moving_and_changing_the_tables_change_no_score(tmp_path):
    body = "print('x' * 100_000); __import__('os').chdir('/tmp'); del submission['y']; solution['y'] *= 7; return 3"
    found = run(tmp_path, body)
    assert (found.public, found.private, found.overall) == (3.0, 3.0, 3.0)


@pytest.mark.parametrize(
    ("body", "warnings"),
    [
        ("return float((solution['y'] - submission['y']).abs().mean())", ()),
        ("return float(np.random.default_rng().random())", ("not_repeatable",)),
        ("return float(solution['y'].iloc[0])", ("row_order",)),
        ("return float(solution['y'].diff().iloc[1:].gt(0).all())", ("row_order",)),
    ],
)
def test_a_trial_finds_what_is_not_repeatable_or_goes_by_the_order_of_rows(tmp_path, body, warnings):
    assert run(tmp_path, body, run_with=try_program)[1] == warnings


@pytest.mark.parametrize(
    ("call", "message"),
    [
        ("k.verify_valid_probabilities(submission[['y']] * 2, 'submission')", "no greater than one"),
        ("k.verify_valid_probabilities(submission[['y']] * -1, 'submission')", "at least zero"),
        ("k.verify_valid_probabilities(submission[['y']] / 2, 'submission')", "do not add to one"),
        ("k.verify_valid_probabilities(submission[['y']].astype(str), 'submission')", "must be numeric"),
        ("k.safe_call_score(fail, solution[['y']], submission, text='no such thing')", "no such thing"),
    ],
)
def test_kaggles_helper_module_refuses_as_kaggles_does(tmp_path, call, message):
    head = "import kaggle_metric_utilities as k\ndef fail(solution, submission, text): raise ValueError(text)\n"
    with pytest.raises(InvalidPredictions, match=message):
        run(tmp_path, call, head=head)


@pytest.mark.parametrize("text", ["row 3 is wrong", "true or false"])
def test_kaggles_helper_module_tells_no_error_that_may_quote_the_solution(tmp_path, text):
    head = "import kaggle_metric_utilities as k\ndef fail(solution, submission): raise ValueError('" + text + "')\n"
    with pytest.raises(MetricFailed) as caught:
        run(tmp_path, "k.safe_call_score(fail, solution[['y']] > 1, submission)", head=head)
    assert text in caught.value.log


def test_an_error_for_the_host_stays_with_the_staff(tmp_path):
    head = "import kaggle_metric_utilities as k\n"
    with pytest.raises(MetricFailed, match="HostVisibleError"):
        run(tmp_path, "raise k.HostVisibleError('The solution lacks a column.')", head=head)
