"""What can be said of one submission beside its scores: how late it came, and which run its result comes from."""

from __future__ import annotations

from arena.competitions.lateness import Lateness, lateness
from arena.competitions.selectors import deadline_for
from arena.submissions.models import Attempt, Submission, Use


def lateness_of(submission: Submission) -> Lateness | None:
    """None for what came in time, for baselines and for what counts nowhere."""
    competition = submission.competition
    if not competition.late_hours or submission.is_baseline or submission.use != Use.ENTRY:
        return None
    deadline = deadline_for(submission.user, competition)
    return lateness(competition, deadline=deadline, at=submission.submitted_at)


def run_of(attempt: Attempt) -> Attempt:
    """The attempt whose program ran: a regrade that scores stored predictions again runs nothing."""
    while attempt.wall_time_s is None and attempt.reuses is not None:
        attempt = attempt.reuses
    return attempt
