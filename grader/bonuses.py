"""Places in a quiz, and what places and lab answers are worth. Exact decimals throughout."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from typing import TypeVar

from grader.schemes import Scheme

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, kw_only=True)
class Bonus:
    """`parts` in the order of what earned them, their sum `total`, and what is `counted` of it under the cap."""

    parts: tuple[Decimal, ...]
    total: Decimal
    counted: Decimal


def places(points: Sequence[Decimal | int], *, policy: str) -> list[Decimal | None]:
    """A place per result (1 is best), in the given order; None for a score of 0 or less.

    `shared`: equal points share the better place, 1-2-3-3-5. `tool`: the quiz tool's own rank, 1-2-3-4-5, equal points in
    the given order. `mean`: the mean of the tied places. Raises ValueError for another policy.

    >>> [int(p) for p in places([9, 7, 7, 5], policy="shared")]
    [1, 2, 2, 4]
    >>> [str(p) for p in places([9, 7, 7, 0], policy="mean")]
    ['1', '2.5', '2.5', 'None']
    """
    if policy not in {"shared", "tool", "mean"}:
        raise ValueError(f"no policy for ties is called {policy!r}")
    order = sorted((i for i, value in enumerate(points) if value > 0), key=lambda i: -points[i])
    first: dict[Decimal, int] = {}
    last: dict[Decimal, int] = {}
    for place, i in enumerate(order, start=1):
        first.setdefault(Decimal(points[i]), place)
        last[Decimal(points[i])] = place
    found: list[Decimal | None] = [None] * len(points)
    for place, i in enumerate(order, start=1):
        value = Decimal(points[i])
        if policy == "tool":
            found[i] = Decimal(place)
        elif policy == "shared":
            found[i] = Decimal(first[value])
        else:
            found[i] = Decimal(first[value] + last[value]) / 2
    return found


def lecture_points(quizzes: Sequence[Mapping[Key, Decimal]], *, policy: str) -> list[dict[Key, Decimal]]:
    """The points that places are given for, from the quizzes of one lecture (points per player each).

    `summed` and `best` make one result of them, `each` leaves them apart. Raises ValueError for another policy.
    """
    if policy == "each":
        return [dict(quiz) for quiz in quizzes]
    if policy not in {"summed", "best"}:
        raise ValueError(f"no policy for quizzes of one lecture is called {policy!r}")
    joined: dict[Key, Decimal] = {}
    for quiz in quizzes:
        for player, points in quiz.items():
            earlier = joined.get(player, Decimal(0))
            joined[player] = earlier + points if policy == "summed" else max(earlier, points)
    return [joined]


def course_bonus(quiz_places: Sequence[int | Decimal], *, scheme: Scheme) -> Bonus:
    """Points for the place in each quiz (1 is best; a mean such as 3.5 counts as 4), capped."""
    parts = []
    for place in quiz_places:
        whole = int(Decimal(place).to_integral_value(rounding=ROUND_CEILING))
        group = (whole - 1) // scheme.quiz_group_size
        parts.append(scheme.quiz_points[group] if 0 <= group < len(scheme.quiz_points) else Decimal(0))
    return _capped(parts, scheme.quiz_cap)


def lab_bonus(correct_per_lab: Sequence[int], *, scheme: Scheme) -> Bonus:
    """Points for the first correct answers in each lab, a few per lab at most, capped."""
    counts = (min(max(n, 0), scheme.answers_per_lab) for n in correct_per_lab)
    return _capped([scheme.answer_points * n for n in counts], scheme.answers_cap)


def _capped(parts: Sequence[Decimal], cap: Decimal) -> Bonus:
    total = sum(parts, Decimal(0))
    return Bonus(parts=tuple(parts), total=total, counted=min(total, cap))
