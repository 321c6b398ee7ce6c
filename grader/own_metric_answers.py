"""What a run of the instructor's own metric says: scores, a refusal of the predictions, or that the metric failed.

The answer is a file that the program could have written itself: nothing in it is believed. A refusal is for whoever made
the predictions, and costs them a submission as any wrong file does; a failure is for the staff alone, since its text may
quote hidden labels.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from grader.outcome import RunResult, Verdict
from grader.predictions import InvalidPredictions

PARTS = {"public": (0,), "private": (1,), "overall": (0, 1)}
NAMES = {"public": "the Public rows", "private": "the Private rows", "overall": "all rows together"}
MAX_ANSWER = 10_000
MAX_LOG = 2000
LINE = re.compile(r'File "[^"]*\bmetric\.py", line (\d+)')
CAUSE = "Predictions that are all alike are the usual cause."
# sums in another order differ by rounding alone
SAME = 1e-9


@dataclass
class MetricFailed(Exception):
    """The instructor's program gave no score. `log` is what it printed last; a retryable failure is the sandbox's.

    `line` is the line of the program, where one is known. `code` and `params` are for a translation of `message`.
    """

    message: str
    log: str = ""
    is_retryable: bool = False
    line: int | None = None
    code: str = ""
    params: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.message


@dataclass(frozen=True, kw_only=True)
class Answer:
    """Each part's score; a part without rows has None. `warnings` are codes of a trial: `not_repeatable`, `row_order`."""

    scores: Mapping[str, float | None]
    warnings: tuple[str, ...] = ()


def answer_of(result: RunResult) -> Answer:
    """Raises `InvalidPredictions` where the metric refuses them or gives them no number, and `MetricFailed`."""
    log = result.stderr[-MAX_LOG:]
    if result.verdict is Verdict.SANDBOX_FAULT:
        raise MetricFailed(result.message, log, is_retryable=True, code="sandbox", params={"why": result.message})
    if result.verdict is Verdict.MISSING_OUTPUT:
        raise MetricFailed("The metric ended the program (exit) before it returned a score.", log, code="exited")
    if result.verdict is not Verdict.OK or result.output is None:
        lines = LINE.findall(result.stderr)
        line = int(lines[-1]) if lines else None
        why = result.message.removeprefix("The program ended with an error: ")
        raise MetricFailed(f"The metric did not finish: {why}", log, line=line, code="stopped", params={"why": why})
    text = result.output.read_text(encoding="utf-8", errors="replace")[:MAX_ANSWER]
    try:
        answer = json.loads(text)
        if isinstance(answer.get("refused"), str):
            raise _refused(answer["refused"])
        if "wrong" in answer:
            raise _wrong_type(answer["wrong"], log)
        scores = {part: _number(answer["scores"].get(part)) for part in PARTS}
        warnings = _warnings(answer["tries"], scores) if answer.get("tries") else ()
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError) as error:
        raise MetricFailed("The metric must return one number.", log, code="bad_answer") from error
    _check_finite(scores)
    return Answer(scores=scores, warnings=warnings)


def _refused(text: str) -> InvalidPredictions:
    message = _plain(text, most=500)
    return InvalidPredictions("metric_refused", message, (), {"message": message})


def _wrong_type(wrong: Mapping[str, object], log: str) -> MetricFailed:
    params = {name: _plain(str(wrong[name]), most=200) for name in ("part", "type", "shown")}
    if params["type"] == "NoneType":
        message = "The metric returned None; perhaps a return is missing. It must return one number."
        return MetricFailed(message, log, code="returned_none")
    rows = NAMES.get(params["part"], params["part"])
    message = f"The metric must return one number; for {rows} it returned {params['shown']}, a {params['type']}."
    return MetricFailed(message, log, code="wrong_type", params=params)


def _check_finite(scores: Mapping[str, float | None]) -> None:
    """Predictions without a number in any part have no score at all: half a score would be ranked wrongly.

    The sentence names the public rows alone: what the hidden ones do stays hidden.
    """
    bad = {part: value for part, value in scores.items() if value is not None and not math.isfinite(value)}
    if not bad:
        return
    if "public" in bad:
        value = str(bad["public"])
        message = f"The metric gave no finite number ({value}) for the Public rows, so there is no score. {CAUSE}"
        raise InvalidPredictions("metric_undefined_public", message, (), {"value": value})
    message = f"The metric gave no finite number (NaN or infinity) for these predictions, so there is no score. {CAUSE}"
    raise InvalidPredictions("metric_undefined", message)


def _warnings(tries: Mapping[str, object], scores: Mapping[str, float | None]) -> tuple[str, ...]:
    first = next(value for part in ("overall", "private", "public") if (value := scores[part]) is not None)
    if not _is_same(first, tries.get("again")):
        return ("not_repeatable",)
    return () if "backwards" in tries and _is_same(first, tries["backwards"]) else ("row_order",)


def _is_same(first: float, second: object) -> bool:
    number = _number(second)
    if number is None:
        return False
    return first == number or math.isclose(first, number, rel_tol=SAME, abs_tol=SAME) or number != number != first


def _number(value: object) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError("no number")
    return float(value)


def _plain(text: str, *, most: int) -> str:
    return "".join(c if c.isprintable() else " " for c in text).strip()[:most]
