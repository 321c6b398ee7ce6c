"""Places in a quiz, and what places and lab answers are worth."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from grader.schemes import Scheme


def places(points: Sequence[Decimal], *, policy: str) -> list[Decimal | None]:
    """A place per result, in the given order; None for a score of 0 or less.

    `shared`: equal points share the better place, 1-2-3-3-5; `tool`: without gaps, 1-2-3-3-4; `mean`: of the tied places.

    >>> [int(p) for p in places([Decimal(9), Decimal(7), Decimal(7), Decimal(5)], policy="shared")]
    [1, 2, 2, 4]
    """
    ordered = sorted((p for p in points if p > 0), reverse=True)
    distinct = sorted(set(ordered), reverse=True)
    found: list[Decimal | None] = []
    for value in points:
        if value <= 0:
            found.append(None)
        elif policy == "tool":
            found.append(Decimal(distinct.index(value) + 1))
        else:
            first = ordered.index(value) + 1
            last = first + ordered.count(value) - 1
            found.append(Decimal(first) if policy == "shared" else Decimal(first + last) / 2)
    return found


def course_bonus(quiz_places: Sequence[Decimal | int], *, scheme: Scheme) -> Decimal:
    """Points for the places of all quizzes, capped."""
    total = Decimal(0)
    for place in quiz_places:
        group = (int(-(-Decimal(place) // 1)) - 1) // scheme.quiz_group_size
        if 0 <= group < len(scheme.quiz_points):
            total += scheme.quiz_points[group]
    return min(total, scheme.quiz_cap)


def lab_bonus(correct_per_lab: Sequence[int], *, scheme: Scheme) -> Decimal:
    """Points for first correct answers, a few per lab at most, capped."""
    counted = sum(min(max(n, 0), scheme.answers_per_lab) for n in correct_per_lab)
    return min(scheme.answer_points * counted, scheme.answers_cap)
