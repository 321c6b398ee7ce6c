"""The public board as one reader gets it, read without anything that is not on it: no column of a private score is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from arena.accounts.models import User
from arena.competitions.definition import current_digest, is_comparable
from arena.competitions.entrants import Entrants
from arena.competitions.models import Competition
from arena.competitions.public_scores import PublicScores
from arena.courses.selectors import is_course_staff
from arena.leaderboards.models import BoardRow
from arena.leaderboards.selectors import View, board, direction_of, pseudonyms, view_for
from arena.leaderboards.standings import PublicStanding, Standing
from grader.ranking import Entry, order_key, rank

FIELDS = (
    "pk",
    "user_id",
    "user__name",
    "team_id",
    "team__name",
    "label",
    "is_baseline",
    "is_ranked",
    "is_disqualified",
)


@dataclass(frozen=True, slots=True)
class _Row:
    key: int
    user_id: int
    user_name: str
    team_id: int | None
    team_name: str | None
    label: str
    is_baseline: bool
    is_ranked: bool
    is_disqualified: bool
    definition: str
    n_entries: int
    last_at: datetime | None
    at: datetime | None
    score: float | None


def shown_board(competition: Competition, *, reader: User, at: datetime) -> list[PublicStanding]:
    """The public board as this person gets it now: for students, with rounded scores, and frozen while it is frozen."""
    return _shown(competition, reader=reader, view=view_for(reader, competition, private=False, at=at))


def standings_of(competition: Competition, *, reader: User, view: View) -> list[PublicStanding] | list[Standing]:
    """The board of a view as this person gets it."""
    if view == View.PRIVATE:
        return board(competition, private=True, reader=reader)
    return _shown(competition, reader=reader, view=view)


def _shown(competition: Competition, *, reader: User, view: View) -> list[PublicStanding]:
    """All rows, best first; unranked rows stand where their score puts them.

    Students read the pseudonyms of those who chose one, and nothing of others who are disqualified.
    """
    entrants, scores = Entrants(competition), PublicScores(competition, reader)
    rows = _rows(competition, view)
    hidden: Mapping[int, str] = {}
    if not is_course_staff(reader, competition.course):
        hidden = pseudonyms(competition, reader)
        rows = [row for row in rows if not row.is_disqualified or reader.pk in entrants.mates(row.user_id)]
    direction = direction_of(competition)
    entries = [
        Entry(key=row.key, score=row.score, at=row.at or row.last_at)
        for row in rows
        if row.is_ranked and row.score is not None
    ]
    ranks = {ranked.key: ranked.rank for ranked in rank(entries, direction=direction)}

    def order(row: _Row) -> Any:
        return (order_key(row.score, direction=direction), row.at or row.last_at)

    standings = []
    for row in sorted(rows, key=order):
        people = entrants.people.get(row.team_id, ()) if row.team_id else ()
        standings.append(
            PublicStanding(
                key=row.key,
                name=row.label or row.team_name or hidden.get(row.user_id) or row.user_name,
                rank=ranks.get(row.key),
                score=scores.shown(row.score),
                n_entries=row.n_entries,
                last_at=row.last_at,
                is_baseline=row.is_baseline,
                is_disqualified=row.is_disqualified,
                member_ids=() if row.is_baseline else tuple(user.pk for user in people) or (row.user_id,),
                member_names=tuple(hidden.get(user.pk) or user.name for user in people),
            )
        )
    return standings


def _rows(competition: Competition, view: View) -> list[_Row]:
    """Rows of another definition stay without a score until they are judged anew."""
    counts = ("n_frozen", "frozen_last_at") if view.is_frozen else ("n_submissions", "last_at")
    stored = BoardRow.objects.filter(competition=competition).order_by("pk")
    if view.is_frozen:
        stored = stored.filter(n_frozen__gt=0)
    current = current_digest(competition)
    return [
        _Row(*values, score if is_comparable(values[len(FIELDS)], current) else None)
        for *values, score in stored.values_list(*FIELDS, "definition", *counts, f"{view}_at", f"{view}_score")
    ]
