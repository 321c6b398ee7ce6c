"""Keep the board's table true: a participant's row is made anew in the transaction that changes a result."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from arena.competitions.definition import current_digest, is_comparable
from arena.competitions.entrants import Entrants, mates, team_of
from arena.competitions.models import Competition
from arena.leaderboards.models import BoardRow
from arena.leaderboards.releasing import board_fields, release
from arena.locking import tried_again
from arena.submissions.models import Submission, Use
from grader.metrics import get_metric


@transaction.atomic
def refresh(submission: Submission) -> BoardRow | None:
    """Recompute the row of this submission's participant. A baseline has a row of its own per name, a team one for all.

    The row is locked before the results are read: of two results recorded at once, the later one sees the earlier.
    """
    if submission.use != Use.ENTRY:
        return None
    competition = submission.competition
    if competition.has_teams:
        # of a result and a change of its team at once, the later one sees the earlier
        Competition.objects.select_for_update(no_key=True).get(pk=competition.pk)
    entrant = (submission.user_id,) if submission.is_baseline else mates(submission.user_id, competition)
    label = submission.comment if submission.is_baseline else ""
    key = {"competition": competition, "user_id": entrant[0], "label": label}
    BoardRow.objects.get_or_create(**key)
    BoardRow.objects.select_for_update(no_key=True).get(**key)
    mine = Submission.entries.filter(
        competition=competition, user__in=entrant, is_baseline=submission.is_baseline, withdrawn_at=None
    ).exclude(status="cancelled")
    if submission.is_baseline:
        mine = mine.filter(comment=submission.comment)
    rows = list(mine.select_related("result"))
    definition = current_digest(competition)
    scored = [s for s in rows if s.verdict == "ok" and s.may_count and is_comparable(s.definition, definition)]
    if not rows:
        BoardRow.objects.filter(**key).delete()
        return None
    public = [s for s in scored if s.public_score is not None]
    best = min(public, key=lambda s: _order(s, competition, private=False), default=None)
    # without public rows the best private score counts, and no page tells which one that is
    selected = [s for s in scored if s.is_selected] or ([best] if best else scored)
    final = min(selected, key=lambda s: _order(s, competition, private=True), default=None)
    freeze = competition.freezes_at
    steps = []
    if competition.has_ladder:
        handed_in = _handed_in(submission, entrant)
        steps = release(competition, [s for s in handed_in if is_comparable(s.definition, definition)])
    then = [s for s in rows if freeze is not None and s.submitted_at <= freeze]
    stood = [s for s in public if freeze is not None and s.submitted_at <= freeze]
    frozen = min(stood, key=lambda s: _order(s, competition, private=False), default=None)
    is_out = (
        not submission.is_baseline
        and competition.disqualifications.filter(user__in=entrant, lifted_at__isnull=True).exists()
    )
    row, _ = BoardRow.objects.update_or_create(
        **key,
        defaults={
            "team": None if submission.is_baseline else team_of(entrant[0], competition),
            "definition": definition,
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
            **board_fields(steps, freeze=freeze),
            "n_frozen": len(then),
            "frozen_last_at": max((s.submitted_at for s in then), default=None),
            "n_submissions": len(rows),
            "last_at": max(s.submitted_at for s in rows),
        },
    )
    return row


def _handed_in(submission: Submission, entrant: tuple[int, ...]) -> list[Submission]:
    """All that this submission's participant handed in, withdrawn ones too."""
    theirs = Submission.entries.filter(
        competition=submission.competition, user__in=entrant, is_baseline=submission.is_baseline
    )
    if submission.is_baseline:
        theirs = theirs.filter(comment=submission.comment)
    return list(theirs.select_related("result__solution").prefetch_related("files"))


def _order(submission: Submission, competition: Competition, *, private: bool) -> tuple[bool, float, object]:
    """Best first, a missing score last in both directions, a tie to the earlier submission."""
    score = submission.private_score if private else submission.public_score
    sign = -1.0 if get_metric(competition.metric).direction == "higher" else 1.0
    return (score is None, sign * (score or 0.0), submission.submitted_at)


@transaction.atomic
def regroup(competition: Competition, user_ids: Iterable[int]) -> None:
    """Make the rows of people anew whose team changed: of those who left one another, and of those who came together."""
    Competition.objects.select_for_update(no_key=True).get(pk=competition.pk)
    users = list(user_ids)
    BoardRow.objects.filter(competition=competition, user__in=users, is_baseline=False).delete()
    done: set[tuple[int, ...]] = set()
    for user_id in users:
        entrant = mates(user_id, competition)
        theirs = Submission.entries.filter(competition=competition, user__in=entrant, is_baseline=False)
        any_of_them = theirs.select_related("competition", "user").first()
        if entrant not in done and any_of_them:
            refresh(any_of_them)
        done.add(entrant)


@tried_again
@transaction.atomic
def rebuild(competition: Competition) -> int:
    """Make every row of a board anew from its submissions; the number of rows."""
    Competition.objects.select_for_update(no_key=True).get(pk=competition.pk)
    BoardRow.objects.filter(competition=competition).delete()
    seen: set[tuple[int, str]] = set()
    entrants = Entrants(competition)
    for submission in Submission.entries.filter(competition=competition).select_related("competition", "user"):
        is_baseline = submission.is_baseline
        first = submission.user_id if is_baseline else entrants.mates(submission.user_id)[0]
        key = (first, submission.comment if is_baseline else "")
        if key not in seen:
            seen.add(key)
            refresh(submission)
    return len(seen)
