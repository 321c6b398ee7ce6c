"""Keep the board's table true: a participant's row is made anew in the transaction that changes a result."""

from __future__ import annotations

from django.db import transaction

from arena.competitions.models import Competition
from arena.leaderboards.models import BoardRow
from arena.submissions.models import Submission, Use
from grader.metrics import get_metric


@transaction.atomic
def refresh(submission: Submission) -> BoardRow | None:
    """Recompute the row of this submission's participant. A baseline has a row of its own per name.

    The row is locked before the results are read: of two results recorded at once, the later one sees the earlier.
    """
    if submission.use != Use.ENTRY:
        return None
    competition, user = submission.competition, submission.user
    label = submission.comment if submission.is_baseline else ""
    key = {"competition": competition, "user": user, "label": label}
    BoardRow.objects.get_or_create(**key)
    BoardRow.objects.select_for_update().get(**key)
    mine = Submission.entries.filter(
        competition=competition, user=user, is_baseline=submission.is_baseline, withdrawn_at=None
    ).exclude(status="cancelled")
    if submission.is_baseline:
        mine = mine.filter(comment=submission.comment)
    rows = list(mine.select_related("result"))
    scored = [s for s in rows if s.verdict == "ok" and s.may_count]
    if not rows:
        BoardRow.objects.filter(**key).delete()
        return None
    public = [s for s in scored if s.public_score is not None]
    best = min(public, key=lambda s: _order(s, competition, private=False), default=None)
    # without public rows the best private score counts, and no page tells which one that is
    selected = [s for s in scored if s.is_selected] or ([best] if best else scored)
    final = min(selected, key=lambda s: _order(s, competition, private=True), default=None)
    freeze = competition.freezes_at
    then = [s for s in rows if freeze is not None and s.submitted_at <= freeze]
    stood = [s for s in public if freeze is not None and s.submitted_at <= freeze]
    frozen = min(stood, key=lambda s: _order(s, competition, private=False), default=None)
    is_out = (
        not submission.is_baseline and competition.disqualifications.filter(user=user, lifted_at__isnull=True).exists()
    )
    row, _ = BoardRow.objects.update_or_create(
        **key,
        defaults={
            "is_baseline": submission.is_baseline,
            "is_ranked": submission.is_ranked and not submission.is_baseline and not is_out,
            "is_disqualified": is_out,
            "best": best,
            "public_score": best.public_score if best else None,
            "public_at": best.submitted_at if best else None,
            "final": final,
            "private_score": final.private_score if final else None,
            "private_at": final.submitted_at if final else None,
            "interval": final.result.interval if final and final.result else None,
            "frozen_score": frozen.public_score if frozen else None,
            "frozen_at": frozen.submitted_at if frozen else None,
            "n_frozen": len(then),
            "frozen_last_at": max((s.submitted_at for s in then), default=None),
            "n_submissions": len(rows),
            "last_at": max(s.submitted_at for s in rows),
        },
    )
    return row


def _order(submission: Submission, competition: Competition, *, private: bool) -> tuple[bool, float, object]:
    """Best first, a missing score last in both directions, a tie to the earlier submission."""
    score = submission.private_score if private else submission.public_score
    sign = -1.0 if get_metric(competition.metric).direction == "higher" else 1.0
    return (score is None, sign * (score or 0.0), submission.submitted_at)


@transaction.atomic
def rebuild(competition: Competition) -> int:
    """Make every row of a board anew from its submissions; the number of rows."""
    BoardRow.objects.filter(competition=competition).delete()
    seen: set[tuple[int, str]] = set()
    for submission in Submission.entries.filter(competition=competition).select_related("competition", "user"):
        key = (submission.user_id, submission.comment if submission.is_baseline else "")
        if key not in seen:
            seen.add(key)
            refresh(submission)
    return len(seen)
