"""Form and change teams: by students until teams must stand, by the staff at any time. All of it is in the audit log.

Locks are taken on people, then on teams, then on submissions that are chosen as final; at the end `_changed` lets the
boards follow in the same transaction, which lock the competition. It is the order of `arena.locking`.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from arena.accounts.models import User
from arena.audit.services import record as audit
from arena.competitions.entrants import team_of
from arena.competitions.models import Competition, Team, TeamInvitation, TeamMember
from arena.courses.board_names import is_taken
from arena.courses.models import Enrolment, Role
from arena.locking import lock, tried_again
from arena.lookalikes import skeleton
from arena.notifications.services import notify
from arena.plain_text import one_line
from arena.submissions.models import Submission
from arena.submissions.signals import entrants_changed

# no letters and digits that look alike, and no vowels that make words
LETTERS = "23456789BCDFGHJKLMNPQRSTVWXZ"
CODE_LENGTH = 8


class NotPossible(Exception):
    """A team can't be changed so, or not now; the text says why, in the reader's language."""


def may_change(competition: Competition, *, at: datetime) -> bool:
    """Whether students may form, join and leave teams at that moment."""
    return competition.has_teams and at <= competition.teams_close_at


@tried_again
@transaction.atomic
def create(competition: Competition, *, name: str, user: User, at: datetime) -> Team:
    """A team of one, who may invite others. Raises `NotPossible`."""
    _check_open(competition, at=at)
    _lock(competition, [user.pk])
    _check_free(competition, user)
    team = _made(competition, name)
    _admit(team, user, actor=user, how="created")
    _changed(competition, [user.pk])
    return team


@tried_again
@transaction.atomic
def join(competition: Competition, *, code: str, user: User, at: datetime) -> Team:
    """Join the team whose code it is. Raises `NotPossible`."""
    _check_open(competition, at=at)
    found = competition.teams.filter(code="".join(code.upper().split()).replace("-", "")).first()
    if found is None:
        raise NotPossible(_("No team of this competition has this code."))
    return _join(found, user, at=at, how="code")


@tried_again
@transaction.atomic
def invite(team: Team, *, user: User, actor: User, at: datetime) -> TeamInvitation:
    """A member asks another student of the course. Raises `NotPossible`."""
    _check_open(team.competition, at=at)
    team = _lock(team.competition, [actor.pk], [team.pk])[team.pk]
    if not team.members.filter(user=actor).exists():
        raise NotPossible(_("You are not in this team."))
    if not Enrolment.objects.filter(course=team.competition.course, user=user, role=Role.STUDENT).exists():
        raise NotPossible(_("Only students of the course can be in a team."))
    if team.members.filter(user=user).exists() or team.invitations.filter(user=user).exists():
        raise NotPossible(_("This student is in your team or invited already."))
    if team.members.count() + team.invitations.count() >= team.competition.team_size:
        raise NotPossible(_("Your team would be too large; take an invitation back first."))
    row = TeamInvitation.objects.create(team=team, user=user, invited_by=actor)
    audit("team.invited", team, actor=actor, user=user.pk)
    _tell(user, "team_invited", team)
    return row


@tried_again
@transaction.atomic
def accept(invitation: TeamInvitation, *, at: datetime) -> Team:
    """Whoever is invited joins. Raises `NotPossible`."""
    _check_open(invitation.team.competition, at=at)
    if not TeamInvitation.objects.filter(pk=invitation.pk).delete()[0]:
        raise NotPossible(_("This invitation was taken back."))
    return _join(invitation.team, invitation.user, at=at, how="invitation")


@tried_again
@transaction.atomic
def drop(invitation: TeamInvitation, *, actor: User) -> None:
    """The invited says no, or a member takes the invitation back."""
    if TeamInvitation.objects.filter(pk=invitation.pk).delete()[0]:
        audit("team.invitation_dropped", invitation.team, actor=actor, user=invitation.user_id)


@tried_again
@transaction.atomic
def leave(competition: Competition, *, user: User, at: datetime) -> None:
    """Before the team has handed anything in; later only the staff part a team. Raises `NotPossible`."""
    _check_open(competition, at=at)
    team = team_of(user.pk, competition)
    if team is None:
        raise NotPossible(_("You are not in a team."))
    _lock(competition, [user.pk], [team.pk])
    members = _member_ids(team)
    handed_in = Submission.entries.filter(competition=competition, user__in=members)
    if len(members) > 1 and handed_in.exists():
        raise NotPossible(_("Your team has handed something in. Ask the staff if it must part."))
    _remove(team, user, actor=user)
    _changed(competition, members)


@tried_again
@transaction.atomic
def rename(team: Team, *, name: str, actor: User) -> Team:
    """Another name. Raises `NotPossible`."""
    team = _lock(team.competition, [], [team.pk])[team.pk]
    team.name = _free_name(team.competition, name, but=team)
    team.save(update_fields=["name", "name_key"])
    audit("team.renamed", team, actor=actor, name=team.name)
    return team


@tried_again
@transaction.atomic
def make(competition: Competition, *, name: str, users: Iterable[User], actor: User) -> Team:
    """For the staff: a team of students who are in none. Raises `NotPossible`."""
    people = list(users)
    _lock(competition, [user.pk for user in people])
    if not people:
        raise NotPossible(_("Choose at least one student."))
    team = _made(competition, name)
    for user in people:
        _check_free(competition, user)
        _admit(team, user, actor=actor, how="staff")
        _tell(user, "team_changed", team)
    _changed(competition, [user.pk for user in people])
    return team


@tried_again
@transaction.atomic
def move(competition: Competition, user: User, *, team: Team | None, actor: User) -> None:
    """For the staff: put a student into another team, or (None) into none. Raises `NotPossible`."""
    before = team_of(user.pk, competition)
    teams = _lock(competition, [user.pk], [one.pk for one in (before, team) if one])
    before = team_of(user.pk, competition)
    if before == team:
        raise NotPossible(_("This student is there already."))
    touched = [user.pk]
    if before is not None:
        touched += _member_ids(before)
        _remove(before, user, actor=actor)
    if team is not None:
        _admit(teams[team.pk], user, actor=actor, how="staff")
    _tell(user, "team_changed", team or before)
    _changed(competition, sorted({*touched, *(_member_ids(team) if team else ())}))


@tried_again
@transaction.atomic
def merge(team: Team, *, into: Team, actor: User) -> None:
    """For the staff: all members of one team go to another, and the first is no more. Raises `NotPossible`."""
    if team.pk == into.pk or team.competition_id != into.competition_id:
        raise NotPossible(_("Choose two different teams."))
    competition = team.competition
    people = sorted({*_member_ids(team), *_member_ids(into)})
    locked = _lock(competition, people, [team.pk, into.pk])
    moving = list(User.objects.filter(pk__in=_member_ids(team)))
    for user in moving:
        _remove(team, user, actor=actor)
    for user in moving:
        _admit(locked[into.pk], user, actor=actor, how="staff")
        _tell(user, "team_changed", into)
    _changed(competition, people)
    audit("team.merged", into, actor=actor, name=team.name, users=[user.pk for user in moving])


@tried_again
@transaction.atomic
def split(team: Team, *, actor: User) -> None:
    """For the staff: each member takes part alone from now on."""
    people = _member_ids(team)
    _lock(team.competition, people, [team.pk])
    for user in User.objects.filter(pk__in=people):
        _tell(user, "team_changed", team)
        _remove(team, user, actor=actor)
    _changed(team.competition, people)


def _lock(competition: Competition, user_ids: Collection[int], team_ids: Iterable[int] = ()) -> dict[int, Team]:
    """The teams as they stand now that nobody else changes them. Raises `NotPossible` if one is gone."""
    list(User.objects.select_for_update(no_key=True).filter(pk__in=list(user_ids)).order_by("pk"))
    wanted = set(team_ids)
    teams = Team.objects.select_for_update(no_key=True).filter(competition=competition, pk__in=wanted).order_by("pk")
    found = {team.pk: team for team in teams}
    # who joins may lose a choice (`_admit`)
    lock(Submission.entries.filter(competition=competition, user__in=list(user_ids), is_selected=True))
    if set(found) != wanted:
        raise NotPossible(_("This team is no more."))
    return found


def _check_open(competition: Competition, *, at: datetime) -> None:
    if not may_change(competition, at=at):
        when = date_format(localtime(competition.teams_close_at), "DATETIME_FORMAT")
        raise NotPossible(_("Teams can't change since %(when)s. Ask the staff.") % {"when": when})


def _check_free(competition: Competition, user: User) -> None:
    if team_of(user.pk, competition):
        raise NotPossible(_("%(name)s is in a team already.") % {"name": user.name})


def _join(team: Team, user: User, *, at: datetime, how: str) -> Team:
    competition = team.competition
    team = _lock(competition, [user.pk], [team.pk])[team.pk]
    _check_free(competition, user)
    members = _member_ids(team)
    if len(members) >= competition.team_size:
        raise NotPossible(_("This team is full."))
    _check_limits(competition, [*members, user.pk], at=at)
    _admit(team, user, actor=user, how=how)
    for mate in User.objects.filter(pk__in=members):
        _tell(mate, "team_joined", team, who=user.name)
    _changed(competition, [*members, user.pk])
    return team


def _check_limits(competition: Competition, user_ids: list[int], *, at: datetime) -> None:
    """Together people must not have handed in more than one entrant may by now."""
    used = Submission.entries.filter(competition=competition, user__in=user_ids, counts_for_quota=True).count()
    zone = ZoneInfo(settings.TIME_ZONE)
    days = (at.astimezone(zone).date() - competition.opens_at.astimezone(zone).date()).days + 1
    allowed = competition.daily_limit * max(days, 1)
    if competition.total_limit is not None:
        allowed = min(allowed, competition.total_limit)
    if used > allowed:
        said = _("Together you have handed in %(used)d submissions, and one team may have %(allowed)d by now.")
        raise NotPossible(said % {"used": used, "allowed": allowed})


def _admit(team: Team, user: User, *, actor: User, how: str) -> None:
    """A student becomes a member; what they handed in becomes the team's, but no more final choices than one may have.

    The caller calls `_changed` when all are where they belong.
    """
    competition = team.competition
    if not Enrolment.objects.filter(course=competition.course, user=user, role=Role.STUDENT).exists():
        raise NotPossible(_("Only students of the course can be in a team."))
    members = _member_ids(team)
    if competition.disqualifications.filter(user__in=[*members, user.pk], lifted_at=None).exists():
        raise NotPossible(_("Who is disqualified can't join a team, and nobody can join theirs."))
    try:
        with transaction.atomic():
            TeamMember.objects.create(team=team, competition=competition, user=user)
    except IntegrityError as error:
        raise NotPossible(_("%(name)s is in a team already.") % {"name": user.name}) from error
    TeamInvitation.objects.filter(team__competition=competition, user=user).delete()
    chosen = Submission.entries.filter(competition=competition, is_selected=True)
    if chosen.filter(user__in=[*members, user.pk]).count() > competition.n_final:
        chosen.filter(user=user).update(is_selected=False)
    audit("team.joined", team, actor=actor, user=user.pk, how=how)


def _remove(team: Team, user: User, *, actor: User) -> None:
    """A member goes, with what they handed in. The caller calls `_changed`."""
    audit("team.left", team, actor=actor, user=user.pk, name=team.name)
    team.members.filter(user=user).delete()


def _changed(competition: Competition, user_ids: list[int]) -> None:
    """Let the boards follow; teams that became empty are no more."""
    entrants_changed.send(Team, competition=competition, user_ids=user_ids)
    competition.teams.filter(members=None).delete()


def _member_ids(team: Team) -> list[int]:
    return list(TeamMember.objects.filter(team=team.pk).order_by("user_id").values_list("user_id", flat=True))


def _made(competition: Competition, name: str) -> Team:
    name = _free_name(competition, name)
    code = "".join(secrets.choice(LETTERS) for _ in range(CODE_LENGTH))
    try:
        with transaction.atomic():
            return Team.objects.create(competition=competition, name=name, code=code)
    except IntegrityError as error:
        raise NotPossible(
            _("Somebody in the course has this name or one that looks like it; choose another.")
        ) from error


def _free_name(competition: Competition, name: str, *, but: Team | None = None) -> str:
    """The name in one line; nobody's own name, pseudonym or team."""
    name = one_line(name, most=40)
    if not name:
        raise NotPossible(_("Give the team a name."))
    key = skeleton(name)
    others = competition.teams.filter(name_key=key).exclude(pk=but.pk if but else None)
    if others.exists() or is_taken(competition.course, name):
        raise NotPossible(_("Somebody in the course has this name or one that looks like it; choose another."))
    return name


def _tell(user: User, code: str, team: Team, **more: str) -> None:
    params = {"competition": team.competition.title, "team": team.name, **more}
    notify(user, code, params=params, url=f"/competitions/{team.competition.slug}/team/")
