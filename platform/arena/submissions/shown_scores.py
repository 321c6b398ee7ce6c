"""The public score of a submission as one reader gets it: rounded, and by the Ladder where the competition has one."""

from __future__ import annotations

from arena.competitions.public_scores import PublicScores
from arena.submissions.models import Submission


class SubmissionScores(PublicScores):
    """How one reader gets the public scores of a competition's submissions. Lists select `release` along."""

    def of(self, submission: Submission) -> float | None:
        """None also of a submission that the Ladder has not looked at, such as a disqualified one."""
        if not self.has_ladder:
            return self.shown(submission.public_score)
        released = getattr(submission, "release", None)
        return self.shown(released.score) if released else None

    def is_unmoved(self, submission: Submission) -> bool:
        """Whether the score is that of an earlier submission, which this one isn't clearly better than."""
        released = getattr(submission, "release", None) if self.has_ladder else None
        return released is not None and not released.is_step
