"""Read boards: ranked rows, a person's own standing, the distribution of scores."""

from __future__ import annotations

from dataclasses import dataclass

from arena.accounts.models import User
from arena.competitions.models import Competition
from arena.courses.selectors import is_course_staff
from arena.leaderboards.models import BoardRow
from grader.metrics import get_metric
from grader.ranking import Entry, rank


@dataclass(frozen=True, kw_only=True)
class Standing:
    """A row of a board. `rank` is None for baselines, staff and people without a score."""

    row: BoardRow
    name: str
    rank: int | None
    score: float | None
    public_rank: int | None = None

    @property
    def shake(self) -> int | None:
        """Places gained (positive) or lost from the public to the private board."""
        if self.rank is None or self.public_rank is None:
            return None
        return self.public_rank - self.rank


def direction_of(competition: Competition) -> str:
    return get_metric(competition.metric).direction


def board(competition: Competition, *, private: bool, reader: User | None = None) -> list[Standing]:
    """All rows, best first; unranked rows stand where their score puts them.

    A `reader` who is no staff reads the pseudonyms of those who chose one, and nothing of others who are disqualified;
    without a reader names stand as they are.
    """
    rows = list(BoardRow.objects.filter(competition=competition).select_related("user").order_by("pk"))
    is_staff = reader is None or is_course_staff(reader, competition.course)
    if not is_staff:
        rows = [row for row in rows if not row.is_disqualified or row.user_id == reader.pk]
    main = _ranks(rows, competition, private=private)
    public = _ranks(rows, competition, private=False) if private else {}
    higher = direction_of(competition) == "higher"

    def order(row: BoardRow) -> tuple[bool, float, object]:
        score = _score(row, private)
        return (score is None, (-score if higher else score) if score is not None else 0.0, _at(row, private))

    hidden = {} if is_staff else _pseudonyms(competition, reader)
    return [
        Standing(
            row=r,
            name=r.label or hidden.get(r.user_id) or r.user.name,
            rank=main.get(r.pk),
            score=_score(r, private),
            public_rank=public.get(r.pk),
        )
        for r in sorted(rows, key=order)
    ]


def _pseudonyms(competition: Competition, reader: User) -> dict[int, str]:
    chosen = competition.course.enrolments.exclude(pseudonym="").exclude(user=reader)
    return dict(chosen.values_list("user_id", "pseudonym"))


def _score(row: BoardRow, private: bool) -> float | None:
    return row.private_score if private else row.public_score


def _at(row: BoardRow, private: bool) -> object:
    return (row.private_at if private else row.public_at) or row.last_at


def _ranks(rows: list[BoardRow], competition: Competition, *, private: bool) -> dict[int, int]:
    entries = [
        Entry(key=r.pk, score=_score(r, private), at=_at(r, private))
        for r in rows
        if r.is_ranked and _score(r, private) is not None
    ]
    return {ranked.key: ranked.rank for ranked in rank(entries, direction=direction_of(competition))}


def baseline_score(competition: Competition) -> float | None:
    """The private score that a project must exceed, of the gate's baseline or the best; None while there is none."""
    rows = BoardRow.objects.filter(competition=competition, is_baseline=True)
    if competition.gate_baseline:
        rows = rows.filter(label=competition.gate_baseline)
    scores = [r.private_score for r in rows if r.private_score is not None]
    if not scores:
        return None
    return max(scores) if direction_of(competition) == "higher" else min(scores)
