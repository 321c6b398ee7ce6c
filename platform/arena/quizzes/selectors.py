"""Places in a course's quizzes."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

from arena.courses.models import Course
from arena.quizzes.models import QuizPlayer, QuizSession
from grader.bonuses import places


def session_places(session: QuizSession, *, policy: str) -> list[tuple[QuizPlayer, Decimal | int | None]]:
    """Every player with a place (None without points), best first. Unmatched players hold theirs."""
    players = list(session.players.select_related("enrolment__user"))
    return list(zip(players, places([p.points for p in players], policy=policy), strict=True))


def places_by_enrolment(course: Course, *, policy: str) -> dict[int, list[Decimal | int]]:
    """Per enrolment the places of all quizzes; somebody who played twice in one keeps the better place."""
    found: dict[int, list[Decimal | int]] = defaultdict(list)
    for session in course.quizzes.all():
        best: dict[int, Decimal | int] = {}
        for player, place in session_places(session, policy=policy):
            if player.enrolment_id is not None and place is not None:
                best[player.enrolment_id] = min(place, best.get(player.enrolment_id, place))
        for enrolment_id, place in best.items():
            found[enrolment_id].append(place)
    return dict(found)
