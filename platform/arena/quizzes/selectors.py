"""Places in a course's quizzes."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

from arena.courses.models import Course
from arena.quizzes.models import QuizPlayer, QuizSession
from grader.bonuses import lecture_points, places


def session_places(session: QuizSession, *, policy: str) -> list[tuple[QuizPlayer, Decimal | int | None]]:
    """Every player with a place (None without points), best first. Unmatched players hold theirs."""
    players = list(session.players.select_related("enrolment__user"))
    return list(zip(players, places([p.points for p in players], policy=policy), strict=True))


def places_by_enrolment(course: Course, *, ties: str, same_lecture: str) -> dict[int, list[Decimal | int]]:
    """Per enrolment the places of all lectures. Quizzes of one lecture are joined as the scheme says.

    A nickname that matches nobody holds its place; somebody who played twice in one quiz keeps the better result.
    """
    lectures: dict[str, list[dict[str, Decimal]]] = defaultdict(list)
    for session in course.quizzes.prefetch_related("players"):
        points: dict[str, Decimal] = {}
        for player in session.players.all():
            key = str(player.enrolment_id) if player.enrolment_id else f"nobody: {player.nickname}"
            points[key] = max(player.points, points.get(key, player.points))
        lectures[session.lecture].append(points)
    found: dict[int, list[Decimal | int]] = defaultdict(list)
    for quizzes in lectures.values():
        for joined in lecture_points(quizzes, policy=same_lecture):
            for key, place in zip(joined, places(list(joined.values()), policy=ties), strict=True):
                if place is not None and key.isdigit():
                    found[int(key)].append(place)
    return dict(found)
