"""What a regrade would change: scores, ranks and marks before and after."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from arena.accounts.models import User
from arena.gradebook.selectors import mark_sheets
from arena.leaderboards.selectors import board
from arena.regrading.models import Regrade, RegradeItem
from arena.submissions.judging import stand
from arena.submissions.models import Status


@dataclass(frozen=True, kw_only=True)
class Progress:
    done: int
    total: int

    @property
    def percent(self) -> int:
        return round(100 * self.done / self.total) if self.total else 100


@dataclass(frozen=True, kw_only=True)
class Change:
    """One participant, or one submission's verdict, before and after."""

    user: User
    rank: tuple[int | None, int | None]
    private: tuple[float | None, float | None]
    project: tuple[str, str]
    final: tuple[str, str]


def progress(regrade: Regrade) -> Progress:
    items = RegradeItem.objects.filter(regrade=regrade)
    return Progress(done=items.filter(shadow__status=Status.FINISHED).count(), total=items.count())


def changed_items(regrade: Regrade) -> list[RegradeItem]:
    """The submissions whose verdict or score differs, with their standing result and shadow."""
    items = regrade.items.select_related("submission__user", "submission__result", "shadow", "previous")
    found = []
    for item in items:
        before = item.previous or item.submission.result
        after = item.shadow
        if after.status == Status.FINISHED and (
            before is None
            or (before.verdict, before.public_score, before.private_score)
            != (after.verdict, after.public_score, after.private_score)
        ):
            item.before = before
            found.append(item)
    return found


class _DryRun(Exception):
    """Carries nothing; unwinds the transaction in which the shadow results were tried on."""


def preview(regrade: Regrade) -> list[Change]:
    """Who would move: the shadow results are applied inside a transaction that is always rolled back."""
    before = _state(regrade)
    after: dict[int, tuple[User, int | None, float | None, str, str]] = {}
    try:
        with transaction.atomic():
            for item in regrade.items.select_related("shadow"):
                if item.shadow.status == Status.FINISHED and item.shadow.verdict != "sandbox_fault":
                    stand(item.shadow)
            after = _state(regrade)
            raise _DryRun
    except _DryRun:
        pass
    changes = []
    for key, (user, rank, private, project, final) in after.items():
        _, old_rank, old_private, old_project, old_final = before.get(key, (user, None, None, "", ""))
        if (rank, private, project, final) != (old_rank, old_private, old_project, old_final):
            changes.append(
                Change(
                    user=user,
                    rank=(old_rank, rank),
                    private=(old_private, private),
                    project=(old_project, project),
                    final=(old_final, final),
                )
            )
    return changes


def _state(regrade: Regrade) -> dict[int, tuple[User, int | None, float | None, str, str]]:
    competition = regrade.competition
    marks: dict[int, tuple[str, str]] = {}
    if competition.is_project:
        marks = {e.user_id: (str(s.project), str(s.final or s.status)) for e, s in mark_sheets(competition.course)}
    return {
        s.row.pk: (s.row.user, s.rank, s.score, *marks.get(s.row.user_id, ("", "")))
        for s in board(competition, private=True)
    }
