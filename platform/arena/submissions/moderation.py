"""Take a submission back, or out of the ranking; and undo either. Nothing is deleted and no quota is given back."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from arena.accounts.models import User
from arena.audit.services import record as audit
from arena.competitions.entrants import lock_entrant, mates
from arena.competitions.models import Competition
from arena.competitions.selectors import closes_for
from arena.locking import tried_again
from arena.notifications.services import notify
from arena.submissions.models import Disqualification, Status, Submission
from arena.submissions.signals import submission_recorded


class NotAllowed(Exception):
    """This can't be done with this submission or now; the text says why, in the reader's language."""


@tried_again
@transaction.atomic
def withdraw(submission: Submission, *, at: datetime, actor: User | None = None) -> Submission:
    """Its author, or `actor` of the same team, takes it back before the deadline: it counts on no board, and still
    against the limits."""
    submission = _open(submission, at=at)
    if submission.withdrawn_at is not None:
        raise NotAllowed(_("You have withdrawn it already."))
    if submission.status == Status.CANCELLED:
        raise NotAllowed(_("It was cancelled, so it counts nowhere anyway."))
    submission.withdrawn_at, submission.is_selected = at, False
    return _changed(submission, "submission.withdrawn", actor=actor or submission.user)


@tried_again
@transaction.atomic
def restore(submission: Submission, *, at: datetime, actor: User | None = None) -> Submission:
    """Its author, or `actor` of the same team, lets a withdrawn submission count again, before the deadline too."""
    submission = _open(submission, at=at)
    if submission.withdrawn_at is None:
        raise NotAllowed(_("It is not withdrawn."))
    submission.withdrawn_at = None
    return _changed(submission, "submission.restored", actor=actor or submission.user)


@tried_again
@transaction.atomic
def disqualify(submission: Submission, *, reason: str, actor: User) -> Submission:
    """Let a submission count nowhere, and tell its author why."""
    submission = _locked(submission)
    if submission.disqualified_for:
        raise NotAllowed(_("It is disqualified already."))
    submission.disqualified_for = reason = _reason(reason)
    _tell(submission.user, "submission_disqualified", submission.competition, reason, f"/submissions/{submission.pk}/")
    return _changed(submission, "submission.disqualified", actor=actor, reason=reason)


@tried_again
@transaction.atomic
def requalify(submission: Submission, *, actor: User) -> Submission:
    """Undo `disqualify`."""
    submission = _locked(submission)
    if not submission.disqualified_for:
        raise NotAllowed(_("It is not disqualified."))
    reason, submission.disqualified_for = submission.disqualified_for, ""
    _tell(submission.user, "submission_requalified", submission.competition, reason, f"/submissions/{submission.pk}/")
    return _changed(submission, "submission.requalified", actor=actor)


@tried_again
@transaction.atomic
def exclude(competition: Competition, user: User, *, reason: str, actor: User) -> None:
    """Take a participant out of the ranking, whatever they handed in or will hand in, and tell them why.

    A team is one participant: each member is disqualified.
    """
    entrant = lock_entrant(user.pk, competition)
    if competition.disqualifications.filter(user__in=entrant, lifted_at=None).exists():
        raise NotAllowed(_("This participant is disqualified already."))
    reason = _reason(reason)
    for member_id in entrant:
        Disqualification.objects.create(competition=competition, user_id=member_id, reason=reason)
        audit("participant.disqualified", competition, actor=actor, user=member_id, reason=reason)
    _tell(user, "participant_disqualified", competition, reason, f"/competitions/{competition.slug}/")
    _refresh(competition, user)


@tried_again
@transaction.atomic
def readmit(competition: Competition, user: User, *, at: datetime, actor: User) -> None:
    """Undo `exclude`; the row stays as history."""
    entrant = lock_entrant(user.pk, competition)
    rows = list(competition.disqualifications.filter(user__in=entrant, lifted_at=None))
    if not rows:
        raise NotAllowed(_("This participant is not disqualified."))
    for row in rows:
        row.lifted_at = at
        row.save(update_fields=["lifted_at"])
        audit("participant.readmitted", competition, actor=actor, user=row.user_id)
    _tell(user, "participant_readmitted", competition, row.reason, f"/competitions/{competition.slug}/")
    _refresh(competition, user)


def _open(submission: Submission, *, at: datetime) -> Submission:
    submission = _locked(submission)
    if at > closes_for(submission.user, submission.competition):
        raise NotAllowed(_("The deadline has passed; what counts is settled."))
    return submission


def _locked(submission: Submission) -> Submission:
    Submission.entries.select_for_update(no_key=True).get(pk=submission.pk)
    return Submission.entries.select_related("competition", "user").get(pk=submission.pk)


def _reason(text: str) -> str:
    text = " ".join(text.split())[:300]
    if not text:
        raise NotAllowed(_("Say why: the student reads it."))
    return text


def _changed(submission: Submission, action: str, *, actor: User, **details: object) -> Submission:
    submission.save(update_fields=["withdrawn_at", "is_selected", "disqualified_for"])
    audit(action, submission, actor=actor, **details)
    submission_recorded.send(Submission, submission=submission)
    return submission


def _refresh(competition: Competition, user: User) -> None:
    """The row of a participant; baselines are nobody's."""
    entrant = mates(user.pk, competition)
    mine = competition.submissions.filter(user__in=entrant, is_baseline=False).select_related("competition", "user")
    if any_of_them := mine.first():
        submission_recorded.send(Submission, submission=any_of_them)


def _tell(user: User, code: str, competition: Competition, reason: str, url: str) -> None:
    """The person and their team-mates."""
    for member in User.objects.filter(pk__in=mates(user.pk, competition)):
        notify(member, code, params={"competition": competition.title, "reason": reason}, url=url)
