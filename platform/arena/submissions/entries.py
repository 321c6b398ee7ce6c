"""What can be said of one submission beside its scores: whose it is, how late it came, which run its result comes from."""

from __future__ import annotations

from arena.accounts.models import User
from arena.competitions.entrants import are_mates
from arena.competitions.lateness import Lateness, lateness
from arena.competitions.selectors import deadline_for
from arena.submissions.models import Attempt, Purpose, Status, Submission, Use


def lateness_of(submission: Submission) -> Lateness | None:
    """None for what came in time, for baselines and for what counts nowhere."""
    competition = submission.competition
    if not competition.late_hours or submission.is_baseline or submission.use != Use.ENTRY:
        return None
    deadline = deadline_for(submission.user, competition)
    return lateness(competition, deadline=deadline, at=submission.submitted_at)


def is_own(submission: Submission, user: User) -> bool:
    """Whether it is of this person's own entry; a team shares no practice runs."""
    if submission.use == Use.PRACTICE:
        return submission.user_id == user.pk
    return are_mates(submission.user_id, user.pk, submission.competition)


def shown_attempt(submission: Submission) -> Attempt | None:
    """What its author is shown: the attempt that stands, else the newest live one. None where nothing was to be judged."""
    return submission.result or submission.attempts.filter(purpose=Purpose.LIVE).last()


def printed_by(submission: Submission) -> Attempt | None:
    """The run whose output its author may read, also while it runs; None while it waits."""
    attempt = shown_attempt(submission)
    return run_of(attempt) if attempt and submission.status != Status.QUEUED else None


def run_of(attempt: Attempt) -> Attempt:
    """The attempt whose program ran: a regrade that scores stored predictions again runs nothing."""
    while attempt.wall_time_s is None and attempt.reuses is not None:
        attempt = attempt.reuses
    return attempt
