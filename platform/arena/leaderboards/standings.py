"""The rows of a board, as two types: one that a reader may get before the reveal, and one that holds everything.

A `PublicStanding` has no way to a private score, so no page, fragment or answer that is made of it can tell one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from arena.accounts.models import User
from arena.competitions.lateness import Lateness
from arena.leaderboards.models import BoardRow


@dataclass(frozen=True, kw_only=True, slots=True)
class PublicStanding:
    """A row of a public board as one reader gets it. `rank` is None for baselines, staff and people without a score.

    `key` is the row's number, `score` is rounded for students, and `member_names` are a team's, as the reader may read them.
    """

    key: int
    name: str
    rank: int | None
    score: float | None
    n_entries: int
    last_at: datetime | None
    is_baseline: bool
    is_disqualified: bool
    member_ids: tuple[int, ...]
    member_names: tuple[str, ...]

    def is_of(self, user: User) -> bool:
        return user.pk in self.member_ids


@dataclass(frozen=True, kw_only=True)
class Standing:
    """A row of a board with all that is known of it: for the staff, for marks, and for everybody after the reveal.

    `people` are the members of a team, or the one participant; `late` is for private boards.
    """

    row: BoardRow
    name: str
    rank: int | None
    score: float | None
    public_rank: int | None = None
    n_entries: int = 0
    last_at: datetime | None = None
    late: Lateness | None = None
    people: tuple[User, ...] = ()
    member_names: tuple[str, ...] = ()

    @property
    def key(self) -> int:
        return self.row.pk

    @property
    def is_baseline(self) -> bool:
        return self.row.is_baseline

    @property
    def is_disqualified(self) -> bool:
        return self.row.is_disqualified

    @property
    def member_ids(self) -> tuple[int, ...]:
        """Whose standing it is; nobody's for a baseline."""
        return () if self.row.is_baseline else tuple(user.pk for user in self.people)

    def is_of(self, user: User) -> bool:
        return user.pk in self.member_ids

    @property
    def shake(self) -> int | None:
        """Places gained (positive) or lost from the public to the private board."""
        if self.rank is None or self.public_rank is None:
            return None
        return self.public_rank - self.rank
