"""Read boards: ranked rows, a person's own standing, the distribution of scores."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

from arena.accounts.models import User
from arena.competitions.definition import current_digest, is_comparable
from arena.competitions.entrants import Entrants
from arena.competitions.lateness import Deadlines, Lateness
from arena.competitions.models import Competition
from arena.competitions.selectors import is_frozen_for, is_private_visible
from arena.courses.selectors import is_course_staff
from arena.leaderboards.models import BoardRow
from arena.leaderboards.standings import Standing
from grader.metrics import get_metric
from grader.ranking import Entry, rank


class View(StrEnum):
    """Which scores of its rows a board is made of; the released ones are those of the Ladder."""

    PUBLIC = "public"
    PRIVATE = "private"
    FROZEN = "frozen"
    RELEASED = "released"
    FROZEN_RELEASED = "frozen_released"

    @property
    def is_frozen(self) -> bool:
        return self in {View.FROZEN, View.FROZEN_RELEASED}


def direction_of(competition: Competition) -> str:
    return get_metric(competition.metric).direction


def board(competition: Competition, *, private: bool, reader: User | None = None) -> list[Standing]:
    """All rows with their exact scores, best first; unranked rows stand where their score puts them.

    A `reader` who is no staff reads the pseudonyms of those who chose one, and nothing of others who are disqualified;
    without a reader names stand as they are. What students get of the public board is `shown.shown_board`.
    """
    view = View.PRIVATE if private else View.PUBLIC
    # what no board reads costs a third of the time
    unread = ["user__password", "user__last_login", "user__date_joined"]
    unread += ["frozen_last_at"] if private else ["frozen_last_at", "interval"]
    shown = {view, View.PUBLIC} if private else {view}
    unread += [f"{other}_{what}" for other in set(View) - shown for what in ("score", "at")]
    stored = BoardRow.objects.filter(competition=competition).select_related("user", "team").defer(*unread)
    rows = list(stored.order_by("pk"))
    entrants = Entrants(competition)
    is_staff = reader is None or is_course_staff(reader, competition.course)
    if not is_staff:
        rows = [row for row in rows if not row.is_disqualified or reader.pk in entrants.mates(row.user_id)]
    _take_out_incomparable(rows, competition)
    main = _ranks(rows, competition, view)
    public = _ranks(rows, competition, View.PUBLIC) if private else {}
    higher = direction_of(competition) == "higher"

    def order(row: BoardRow) -> tuple[bool, float, object]:
        score = _score(row, view)
        return (score is None, (-score if higher else score) if score is not None else 0.0, _at(row, view))

    hidden = {} if is_staff else pseudonyms(competition, reader)
    late = _lateness(rows, competition) if private and competition.late_hours else {}
    return [
        Standing(
            row=r,
            name=r.label or (r.team.name if r.team else hidden.get(r.user_id) or r.user.name),
            rank=main.get(r.pk),
            score=_score(r, view),
            n_entries=r.n_submissions,
            last_at=r.last_at,
            public_rank=public.get(r.pk),
            late=late.get(r.pk),
            people=(people := entrants.people.get(r.team_id, (r.user,))),
            member_names=tuple(hidden.get(user.pk) or user.name for user in people) if r.team else (),
        )
        for r in sorted(rows, key=order)
    ]


def _take_out_incomparable(rows: list[BoardRow], competition: Competition) -> None:
    """Rows of another metric or other labels stay on the board without a score until they are judged anew."""
    current = current_digest(competition)
    for row in rows:
        if not is_comparable(row.definition, current):
            for name in (*(f"{view}_score" for view in View), "interval"):
                row.__dict__[name] = None


def waits_for_regrade(competition: Competition) -> bool:
    """Whether some row has scores of another definition, and so no rank."""
    return (
        BoardRow.objects.filter(competition=competition)
        .exclude(definition__in=["", current_digest(competition)])
        .exists()
    )


def view_for(reader: User, competition: Competition, *, private: bool, at: datetime) -> View:
    """Which scores this person reads now; `private` is what was asked for, not what may be seen."""
    if private and is_private_visible(reader, competition, at=at):
        return View.PRIVATE
    has_ladder = competition.has_ladder and not is_course_staff(reader, competition.course)
    if is_frozen_for(reader, competition, at=at):
        return View.FROZEN_RELEASED if has_ladder else View.FROZEN
    return View.RELEASED if has_ladder else View.PUBLIC


def by_user(standings: Iterable[Standing]) -> dict[int, Standing]:
    """Everybody's own standing; the members of a team share theirs."""
    return {user_id: standing for standing in standings for user_id in standing.member_ids}


def pseudonyms(competition: Competition, reader: User) -> dict[int, str]:
    """What this reader reads instead of names, by user id."""
    chosen = competition.course.enrolments.exclude(pseudonym="").exclude(user=reader)
    return dict(chosen.values_list("user_id", "pseudonym"))


def _lateness(rows: list[BoardRow], competition: Competition) -> dict[int, Lateness | None]:
    """By row, how late what counts was handed in."""
    deadlines = Deadlines(competition)
    return {
        row.pk: deadlines.lateness(row.user_id, at=row.private_at)
        for row in rows
        if row.private_at is not None and not row.is_baseline
    }


def _score(row: BoardRow, view: View) -> float | None:
    score: float | None = getattr(row, f"{view}_score")
    return score


def _at(row: BoardRow, view: View) -> object:
    return getattr(row, f"{view}_at") or row.last_at


def _ranks(rows: list[BoardRow], competition: Competition, view: View) -> dict[int, int]:
    entries = [
        Entry(key=r.pk, score=_score(r, view), at=_at(r, view))
        for r in rows
        if r.is_ranked and _score(r, view) is not None
    ]
    return {ranked.key: ranked.rank for ranked in rank(entries, direction=direction_of(competition))}


def gate_label(competition: Competition) -> str:
    """The name of the baseline that a project must exceed now; empty while none has a score."""
    if competition.gate_baseline:
        return competition.gate_baseline
    score = baseline_score(competition)
    rows = BoardRow.objects.filter(competition=competition, is_baseline=True, private_score=score)
    return "" if score is None else rows.values_list("label", flat=True).order_by("private_at").first() or ""


def baseline_score(competition: Competition) -> float | None:
    """The private score that a project must exceed, of the gate's baseline or the best; None while there is none."""
    rows = BoardRow.objects.filter(competition=competition, is_baseline=True)
    if competition.gate_baseline:
        rows = rows.filter(label=competition.gate_baseline)
    current = current_digest(competition)
    scores = [r.private_score for r in rows if r.private_score is not None and is_comparable(r.definition, current)]
    if not scores:
        return None
    return max(scores) if direction_of(competition) == "higher" else min(scores)
