"""Whose entry is this? A person takes part alone or in a team, and what any member hands in is the whole team's.

A submission names who handed it in, never a team: it belongs to the entry in which that person is now. So what somebody
handed in before they joined becomes the team's, and whom the staff move takes theirs along.
"""

from __future__ import annotations

from collections.abc import Iterable

from arena.accounts.models import User
from arena.competitions.models import Competition, Team, TeamMember


def mates(user_id: int, competition: Competition) -> tuple[int, ...]:
    """The ids of all whose submissions make one entry with this person's, themselves included, in a fixed order."""
    if not competition.has_teams:
        return (user_id,)
    mine = TeamMember.objects.filter(competition=competition, user=user_id).values("team")
    found = TeamMember.objects.filter(team__in=mine).order_by("user_id").values_list("user_id", flat=True)
    return tuple(found) or (user_id,)


def are_mates(one_id: int, other_id: int, competition: Competition) -> bool:
    """Whether both are the same entrant."""
    return one_id == other_id or other_id in mates(one_id, competition)


def team_of(user_id: int, competition: Competition) -> Team | None:
    return (
        Team.objects.filter(competition=competition, members__user=user_id).first() if competition.has_teams else None
    )


class Entrants:
    """The teams of a competition, read at once."""

    def __init__(self, competition: Competition) -> None:
        self.people: dict[int, tuple[User, ...]] = {}
        self._teams: dict[int, Team] = {}
        if competition.has_teams:
            for row in (
                TeamMember.objects.filter(competition=competition).select_related("team", "user").order_by("user_id")
            ):
                self._teams[row.user_id] = row.team
                self.people[row.team_id] = (*self.people.get(row.team_id, ()), row.user)

    def team(self, user_id: int) -> Team | None:
        return self._teams.get(user_id)

    def mates(self, user_id: int) -> tuple[int, ...]:
        """As the function of this name."""
        team = self._teams.get(user_id)
        return tuple(user.pk for user in self.people[team.pk]) if team else (user_id,)

    def all_mates(self, user_ids: Iterable[int]) -> set[int]:
        """These people and all their team-mates."""
        return {mate for user_id in user_ids for mate in self.mates(user_id)}


def lock_entrant(user_id: int, competition: Competition) -> tuple[int, ...]:
    """In a transaction: let uploads and choices of one entrant happen one after the other; who that is.

    The order is person, then team, as whoever changes a team takes the locks. They keep nobody from naming the person or
    the team in a new row, as a result does that is recorded meanwhile.
    """
    User.objects.select_for_update(no_key=True).get(pk=user_id)
    if competition.has_teams:
        mine = TeamMember.objects.filter(competition=competition, user=user_id).values("team")
        list(Team.objects.select_for_update(no_key=True).filter(pk__in=list(mine.values_list("team", flat=True))))
    return mates(user_id, competition)
