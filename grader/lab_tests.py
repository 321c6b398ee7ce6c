"""A lab test scored by the platform: points for requirements, marked by a person, and points for the score."""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from grader.schemes import Scheme
from grader.trace import TraceLine

ZERO, ONE, TEN, CENT = Decimal(0), Decimal(1), Decimal(10), Decimal("0.01")


@dataclass(frozen=True, kw_only=True, slots=True)
class LabTest:
    """`requirement` in points; `target` is the score that gives the full points. `direction` is `higher` or `lower`.

    `baseline` and `chance` are scores too, and needed only where the scheme counts from them.
    """

    requirement: Decimal
    score: float | None
    target: float
    baseline: float | None = None
    chance: float | None = None
    direction: str = "higher"


def lab_test_mark(test: LabTest, *, scheme: Scheme) -> tuple[Decimal, TraceLine]:
    """requirement points + accuracy points x min(1, score / target), to two decimals, and the line that says so.

    Counted from a baseline or chance level, the share is (score - start) / (target - start), at least 0. For an error
    counted from zero it is target / score. Raises ValueError if the scheme counts from a score that isn't given.
    """
    requirement = min(max(test.requirement, ZERO), scheme.test_requirement_points)
    share = _share(test, scheme.test_counted_from)
    accuracy = (scheme.test_accuracy_points * share).quantize(CENT, rounding=ROUND_HALF_UP)
    mark = min(requirement + accuracy, TEN)
    params: dict[str, object] = {"requirement": requirement, "accuracy": accuracy, "most": scheme.test_accuracy_points}
    start = _start(test, scheme.test_counted_from)
    if test.score is None:
        return mark, TraceLine(rule="lab_test_unscored", params=params, after=mark)
    params |= {"score": f"{test.score:.6g}", "target": f"{test.target:.6g}"}
    if start is None:
        return mark, TraceLine(rule="lab_test", params=params, after=mark)
    return mark, TraceLine(rule="lab_test_from", params={**params, "start": f"{start:.6g}"}, after=mark)


def _start(test: LabTest, counted_from: str) -> float | None:
    if counted_from == "zero":
        return None
    start = test.baseline if counted_from == "baseline" else test.chance
    if start is None:
        raise ValueError(f"the scheme counts lab tests from the {counted_from}, which is missing")
    return start


def _share(test: LabTest, counted_from: str) -> Decimal:
    start = _start(test, counted_from)
    if test.score is None or not all(map(math.isfinite, (test.score, test.target))):
        return ZERO
    score, target = Decimal(repr(float(test.score))), Decimal(repr(float(test.target)))
    if start is not None:
        first = Decimal(repr(float(start)))
        done, way = score - first, target - first
    elif test.direction == "lower":
        done, way = target, score
    else:
        done, way = score, target
    reached = score >= target if test.direction == "higher" else score <= target
    if reached:
        return ONE
    return min(max(done / way, ZERO), ONE) if way else ZERO
