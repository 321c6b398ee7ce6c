"""Places in a course's quizzes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from arena.courses.models import Course, Enrolment
from arena.quizzes.models import Method, QuizPlayer, QuizSession
from grader.bonuses import lecture_points, places

# Matches below this are shown to a person
SURE_FROM = 0.9


def session_places(session: QuizSession, *, policy: str) -> list[tuple[QuizPlayer, Decimal | int | None]]:
    """Every player with a place (None without points), best first. Unmatched players hold theirs."""
    players = list(session.players.select_related("enrolment__user"))
    return list(zip(players, places([p.points for p in players], policy=policy), strict=True))


@dataclass(frozen=True, kw_only=True)
class Review:
    """A player that a person should look at: nobody's, or matched by likeness. `candidates` are likeliest first."""

    player: QuizPlayer
    candidates: list[Enrolment]


def to_review(players: Iterable[QuizPlayer]) -> list[Review]:
    """The unmatched players, then the doubtful ones, best results first."""
    doubtful = [
        p for p in players if p.method != Method.PERSON and (p.enrolment_id is None or p.confidence < SURE_FROM)
    ]
    ids = {pk for player in doubtful for pk in player.candidates}
    people = {e.pk: e for e in Enrolment.objects.filter(pk__in=ids).select_related("user")}
    found = [Review(player=p, candidates=[people[pk] for pk in p.candidates if pk in people]) for p in doubtful]
    return sorted(found, key=lambda one: (one.player.enrolment_id is not None, -one.player.points))


def doubles(players: Iterable[QuizPlayer]) -> list[list[QuizPlayer]]:
    """Players of one quiz that are the same student; the better result counts."""
    by_student: dict[int, list[QuizPlayer]] = defaultdict(list)
    for player in players:
        if player.enrolment_id:
            by_student[player.enrolment_id].append(player)
    return [same for same in by_student.values() if len(same) > 1]


Lectures = dict[str, list[dict[str, Decimal]]]


def lecture_results(course: Course) -> Lectures:
    """Per lecture the points of each of its quizzes, by person.

    A nickname that matches nobody stands for itself; somebody who played twice in one quiz keeps the better result.
    """
    lectures: Lectures = defaultdict(list)
    quizzes: dict[int, dict[str, Decimal]] = {}
    rows = QuizPlayer.objects.filter(session__course=course, session__is_preview=False).order_by(
        "session__lecture", "session_id", "-points", "pk"
    )
    for session, lecture, nickname, points, enrolment in rows.values_list(
        "session_id", "session__lecture", "nickname", "points", "enrolment_id"
    ):
        if session not in quizzes:
            quizzes[session] = {}
            lectures[lecture].append(quizzes[session])
        key = str(enrolment) if enrolment else f"nobody: {nickname}"
        quizzes[session][key] = max(points, quizzes[session].get(key, points))
    return lectures


def places_in(lectures: Lectures, *, ties: str, same_lecture: str) -> dict[int, list[Decimal | int]]:
    """Per enrolment the places of all lectures. Quizzes of one lecture are joined as the scheme says."""
    found: dict[int, list[Decimal | int]] = defaultdict(list)
    for quizzes in lectures.values():
        for joined in lecture_points(quizzes, policy=same_lecture):
            for key, place in zip(joined, places(list(joined.values()), policy=ties), strict=True):
                if place is not None and key.isdigit():
                    found[int(key)].append(place)
    return dict(found)


def places_by_enrolment(course: Course, *, ties: str, same_lecture: str) -> dict[int, list[Decimal | int]]:
    """Per enrolment the places of all lectures of a course."""
    return places_in(lecture_results(course), ties=ties, same_lecture=same_lecture)
