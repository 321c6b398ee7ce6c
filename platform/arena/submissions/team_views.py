"""The page of teams: a student's own team and invitations, or for the staff all teams with what can be changed."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from arena.accounts.models import User
from arena.competitions.entrants import team_of
from arena.competitions.models import Competition, Team, TeamInvitation
from arena.competitions.views import competition_or_404, page_context
from arena.courses.models import Enrolment, Role
from arena.courses.selectors import is_course_staff, students_of
from arena.parameters import whole_number, whole_numbers
from arena.submissions import teams


@login_required
def team(request: HttpRequest, slug: str) -> HttpResponse:
    """Shows the page; a POST does what its `act` names."""
    competition = competition_or_404(request, slug)
    if not competition.has_teams:
        raise Http404
    is_staff = is_course_staff(request.user, competition.course)
    if request.method == "POST":
        act = (STAFF_ACTS if is_staff else STUDENT_ACTS).get(request.POST.get("act", ""))
        try:
            if act is not None:
                messages.success(request, act(request, competition))
        except teams.NotPossible as error:
            messages.error(request, str(error))
        return redirect("team", slug)
    context = page_context(request, competition)
    context |= _all(competition) if is_staff else _own(request.user, competition)
    context["may_change"] = teams.may_change(competition, at=timezone.now())
    template = "submissions/team_list.html" if is_staff else "submissions/team_detail.html"
    return render(request, template, context)


def _own(user: User, competition: Competition) -> dict[str, object]:
    """What a student sees: the team with its members and code, or the ways into one."""
    mine = team_of(user.pk, competition)
    members = list(mine.members.select_related("user")) if mine else []
    asked = list(mine.invitations.select_related("user", "invited_by")) if mine else []
    taken = {row.user_id for row in (*members, *asked)}
    invited = TeamInvitation.objects.filter(team__competition=competition, user=user)
    return {
        "team": mine,
        "members": members,
        "asked": asked,
        "n_free": competition.team_size - len(taken),
        "classmates": [e.user for e in students_of(competition.course) if e.user_id not in taken],
        "invited": invited.select_related("team", "invited_by").prefetch_related("team__members__user"),
    }


def _all(competition: Competition) -> dict[str, object]:
    rows = list(competition.teams.prefetch_related("members__user", "invitations__user"))
    placed = {member.user_id: row for row in rows for member in row.members.all()}
    people = [e.user for e in students_of(competition.course)]
    return {
        "teams": rows,
        "people": [(user, placed.get(user.pk)) for user in people],
        "alone": [user for user in people if user.pk not in placed],
    }


def _create(request: HttpRequest, competition: Competition) -> str:
    made = teams.create(competition, name=request.POST.get("name", ""), user=request.user, at=timezone.now())
    return _("The team “%(name)s” is made. Invite your team-mates, or give them its code.") % {"name": made}


def _join(request: HttpRequest, competition: Competition) -> str:
    joined = teams.join(competition, code=request.POST.get("code", ""), user=request.user, at=timezone.now())
    return _("You are in the team “%(name)s” now.") % {"name": joined}


def _mine(request: HttpRequest, competition: Competition) -> Team:
    mine = team_of(request.user.pk, competition)
    if mine is None:
        raise teams.NotPossible(_("You are not in a team."))
    return mine


def _student(request: HttpRequest, competition: Competition, name: str = "user") -> User:
    """The student of the course whom the form names."""
    students = Enrolment.objects.filter(course=competition.course, role=Role.STUDENT).select_related("user")
    return get_object_or_404(students, user=_number(request, name)).user


def _number(request: HttpRequest, name: str) -> int:
    return whole_number(request.POST.get(name)) or 0


def _invite(request: HttpRequest, competition: Competition) -> str:
    user = _student(request, competition)
    teams.invite(_mine(request, competition), user=user, actor=request.user, at=timezone.now())
    return _("%(name)s is invited.") % {"name": user.name}


def _accept(request: HttpRequest, competition: Competition) -> str:
    invitations = TeamInvitation.objects.filter(team__competition=competition, user=request.user)
    joined = teams.accept(get_object_or_404(invitations, pk=_number(request, "invitation")), at=timezone.now())
    return _("You are in the team “%(name)s” now.") % {"name": joined}


def _drop(request: HttpRequest, competition: Competition) -> str:
    """Decline an own invitation, or take back one of the own team."""
    rows = TeamInvitation.objects.filter(team__competition=competition)
    own = rows.filter(user=request.user) | rows.filter(team=team_of(request.user.pk, competition))
    teams.drop(get_object_or_404(own, pk=_number(request, "invitation")), actor=request.user)
    return _("The invitation is taken back.")


def _leave(request: HttpRequest, competition: Competition) -> str:
    teams.leave(competition, user=request.user, at=timezone.now())
    return _("You take part alone now.")


def _rename(request: HttpRequest, competition: Competition) -> str:
    if not teams.may_change(competition, at=timezone.now()):
        raise teams.NotPossible(_("Teams can't change any more."))
    teams.rename(_mine(request, competition), name=request.POST.get("name", ""), actor=request.user)
    return _("Saved.")


def _one(request: HttpRequest, competition: Competition, name: str) -> Team:
    return get_object_or_404(competition.teams, pk=_number(request, name))


def _staff_make(request: HttpRequest, competition: Competition) -> str:
    chosen = whole_numbers(request.POST.getlist("user"))
    students = students_of(competition.course).filter(user__in=chosen)
    users = [enrolment.user for enrolment in students]
    made = teams.make(competition, name=request.POST.get("name", ""), users=users, actor=request.user)
    return _("The team “%(name)s” is made.") % {"name": made}


def _staff_move(request: HttpRequest, competition: Competition) -> str:
    user = _student(request, competition)
    target = _one(request, competition, "team") if request.POST.get("team") else None
    teams.move(competition, user, team=target, actor=request.user)
    return _("Done; the board has followed.")


def _staff_merge(request: HttpRequest, competition: Competition) -> str:
    into = _one(request, competition, "into")
    teams.merge(_one(request, competition, "team"), into=into, actor=request.user)
    return _("Done; the board has followed.")


def _staff_split(request: HttpRequest, competition: Competition) -> str:
    teams.split(_one(request, competition, "team"), actor=request.user)
    return _("Done; the board has followed.")


def _staff_rename(request: HttpRequest, competition: Competition) -> str:
    teams.rename(_one(request, competition, "team"), name=request.POST.get("name", ""), actor=request.user)
    return _("Saved.")


Act = Callable[[HttpRequest, Competition], str]
STUDENT_ACTS: dict[str, Act] = {
    "create": _create, "join": _join, "invite": _invite, "accept": _accept, "drop": _drop, "leave": _leave,
    "rename": _rename,
}  # fmt: skip
STAFF_ACTS: dict[str, Act] = {
    "make": _staff_make, "move": _staff_move, "merge": _staff_merge, "split": _staff_split, "rename": _staff_rename,
}  # fmt: skip
