"""The quizzes of one lecture with whom their nicknames belong to: one place per person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from grader.bonuses import lecture_points, places
from grader.name_matching import Match, RosterEntry, match
from grader.quiz_report import QuizPlayer, QuizReport


@dataclass(frozen=True, kw_only=True)
class LectureRow:
    """A nickname with its points over the lecture. `place` is None without points, or if a better row is the same person's."""

    nickname: str
    points: Decimal
    place: Decimal | None
    match: Match
    rank: int | None = None
    correct: int | None = None
    incorrect: int | None = None


@dataclass(frozen=True, kw_only=True)
class Lecture:
    """The rows of one report in its order; of several joined reports, best first."""

    rows: tuple[LectureRow, ...]
    warnings: tuple[str, ...]


def lecture(
    reports: Sequence[QuizReport], roster: Sequence[RosterEntry], *, ties: str, same_lecture: str = "summed"
) -> Lecture:
    """Match, join and place. A nickname that matches nobody holds its own place."""
    warnings: list[str] = []
    quizzes: list[dict[str, Decimal]] = []
    shown: dict[str, tuple[QuizPlayer, Match]] = {}
    doubles: list[tuple[QuizPlayer, Match]] = []
    for report in reports:
        points: dict[str, Decimal] = {}
        best: dict[str, str] = {}
        identified = {p.nickname: p.identifier for p in report.players if p.identifier}
        matches = match([player.nickname for player in report.players], roster, identified=identified)
        for player, found in sorted(zip(report.players, matches, strict=True), key=lambda row: -row[0].points):
            key = f"student {found.student_id}" if found.student_id is not None else f"nobody {player.nickname}"
            if found.student_id is None and len(found.candidates) > 1 and found.confidence >= 0.5:
                names = ", ".join(found.candidates)
                warnings.append(f"“{player.nickname}” could be several students: {names}.")
            if key in points:
                text = f"“{best[key]}” and “{player.nickname}” are the same student; the better result counts."
                warnings.append(text)
                doubles.append((player, found))
                continue
            points[key], best[key] = player.points, player.nickname
            if key not in shown or shown[key][0].points < player.points:
                shown[key] = (player, found)
        quizzes.append(points)
    (joined,) = lecture_points(quizzes, policy=same_lecture)
    placed = dict(zip(joined, places(list(joined.values()), policy=ties), strict=True))
    rows = [_row(*shown[key], points=joined[key], place=placed[key], alone=len(reports) == 1) for key in joined]
    rows += [_row(player, found, points=player.points, place=None, alone=True) for player, found in doubles]
    if len(reports) == 1:
        order = {player.nickname: at for at, player in enumerate(reports[0].players)}
        rows.sort(key=lambda row: order[row.nickname])
    else:
        rows.sort(key=lambda row: (row.place is None, -row.points))
    return Lecture(rows=tuple(rows), warnings=tuple(dict.fromkeys(warnings)))


def _row(player: QuizPlayer, found: Match, *, points: Decimal, place: Decimal | None, alone: bool) -> LectureRow:
    return LectureRow(
        nickname=player.nickname,
        points=points,
        place=place,
        match=found,
        rank=player.rank if alone else None,
        correct=player.correct if alone else None,
        incorrect=player.incorrect if alone else None,
    )
