"""What an open board asks for news with: a digest of the board as this reader gets it, and of nothing else.

A digest over more would tell when a score that is hidden from the reader changed, keyed or not: two of them can be compared. So
that a board nobody changes costs one small query however many look at it, a digest is kept under the sums of the rows.
Those never leave the server: a hidden change makes the digest be computed again, and come out the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.core.cache import cache
from django.db.models import Count, Max, Q, Sum
from django.utils.crypto import salted_hmac

from arena.accounts.models import User
from arena.competitions.definition import current_digest
from arena.competitions.models import Competition
from arena.leaderboards.models import BoardRow
from arena.leaderboards.selectors import View
from arena.leaderboards.shown import standings_of
from arena.leaderboards.standings import PublicStanding, Standing

KEPT_S = 120
ORDERED = ("name", "rank", "score", "n_entries", "last_at", "is_disqualified", "member_names")


class BoardVersion:
    """The version of one reader's view of a board at one moment; it changes each minute in any case, as times on it do."""

    def __init__(self, competition: Competition, *, reader: User, view: View, at: datetime) -> None:
        self._competition, self._reader, self._view = competition, reader, view
        self._minute = int(at.timestamp()) // 60
        self._key = f"board-{self._digest(reader.pk, self._facts())}"

    def known(self) -> str | None:
        """The digest, if the board was read since its rows changed."""
        found: str | None = cache.get(self._key)
        return found

    def of(self, standings: Sequence[PublicStanding] | Sequence[Standing]) -> str:
        """The digest of these rows, which are those of this view."""
        rows = [tuple(getattr(s, name) for name in ORDERED) for s in standings]
        rows += [(s.public_rank, s.row.interval) for s in standings if isinstance(s, Standing)]
        version = self._digest(self._competition.is_private_board_shown, rows)
        cache.set(self._key, version, KEPT_S)
        return version

    def _facts(self) -> tuple[object, ...]:
        """What changes with the rows, whoever may see it; private scores too, for those who may."""
        sums = {f"sum_{name}": Sum(f"{name}_score") for name in (self._view, View.PUBLIC)}
        facts = BoardRow.objects.filter(competition=self._competition).aggregate(
            n=Count("pk"),
            newest=Max("pk"),
            entries=Sum("n_submissions"),
            last=Max("last_at"),
            ranked=Count("pk", filter=Q(is_ranked=True)),
            out=Count("pk", filter=Q(is_disqualified=True)),
            comparable=Count("pk", filter=Q(definition__in=["", current_digest(self._competition)])),
            **sums,
        )
        return (self._competition.is_private_board_shown, *facts.values())

    def _digest(self, *parts: object) -> str:
        told = "\n".join(map(str, (self._competition.pk, self._view, self._minute, *parts)))
        return salted_hmac("arena.board", told, algorithm="sha256").hexdigest()[:16]


def board_version(competition: Competition, *, reader: User, view: View, at: datetime) -> str:
    """The version alone, for whoever has no use for the rows."""
    version = BoardVersion(competition, reader=reader, view=view, at=at)
    return version.known() or version.of(standings_of(competition, reader=reader, view=view))
