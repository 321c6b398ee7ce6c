"""Everybody's own deadline, what is late after it, and what that costs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.utils.translation import gettext as _

from arena.competitions.entrants import Entrants
from arena.competitions.models import Competition
from grader.lateness import late_points, started_days

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, kw_only=True)
class Lateness:
    """A late hand-in: the deadline that it missed, when it came, the days begun since, and the points deducted for them."""

    deadline: datetime
    at: datetime
    days: int
    points: Decimal

    @property
    def shown_at(self) -> datetime:
        """The next full minute after the deadline, so that no lateness reads as 0 minutes."""
        return self.deadline - (self.deadline - self.at) // MINUTE * MINUTE


class Deadlines:
    """The deadlines of all participants of a competition, read at once."""

    def __init__(self, competition: Competition) -> None:
        self._competition = competition
        self._extended: dict[int, datetime] = dict(competition.extensions.values_list("user_id", "until"))
        self._entrants = Entrants(competition)

    def of(self, user_id: int) -> datetime:
        """An extension counts if it is later than everybody's deadline, also a team-mate's."""
        extended = [self._extended[mate] for mate in self._entrants.mates(user_id) if mate in self._extended]
        return max([self._competition.deadline, *extended])

    def lateness(self, user_id: int, *, at: datetime) -> Lateness | None:
        """None for what came in time, and where the competition takes nothing late."""
        return lateness(self._competition, deadline=self.of(user_id), at=at)


def lateness(competition: Competition, *, deadline: datetime, at: datetime) -> Lateness | None:
    """What a hand-in at that moment is to somebody with this deadline; None if it is not late."""
    if not competition.late_hours or at <= deadline:
        return None
    late = at - deadline
    points = late_points(late, per_day=competition.late_deduction, most=competition.late_most)
    return Lateness(deadline=deadline, at=at, days=started_days(late), points=points)


def problems(values: Mapping[str, object]) -> dict[str, str]:
    """What is wrong with a late policy, by field: sentences in the reader's language. `values` are a competition's fields."""
    found = {}
    if values.get("late_hours") and values.get("is_lab_test"):
        found["late_hours"] = _("A lab test is taken in class, so nothing is handed in late.")
    if values.get("late_deduction") and not values.get("late_hours"):
        found["late_deduction"] = _("Say first for how many hours late hand-ins are taken.")
    if values.get("late_most") is not None and not values.get("late_deduction"):
        found["late_most"] = _("A cap needs a deduction.")
    return found
