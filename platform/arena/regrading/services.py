"""Start a regrade, decide about it, take it back. Shadow attempts change nothing until they are applied, all at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from arena.accounts.models import User
from arena.audit.services import record as audit
from arena.competitions.models import Competition
from arena.notifications.services import notify
from arena.regrading.models import Regrade, RegradeItem, RegradeStatus
from arena.submissions import tasks
from arena.submissions.judging import stand
from arena.submissions.models import Attempt, Purpose, Status, Submission


class NotPossible(Exception):
    """The regrade isn't in a state that allows this; the message says why, in the language of whoever asked."""


@transaction.atomic
def start(
    competition: Competition,
    *,
    submissions: Iterable[Submission],
    reason: str,
    actor: User | None,
    scores_only: bool = False,
) -> Regrade:
    """Queue one shadow attempt per finished submission. With `scores_only`, stored predictions are judged again."""
    chosen = [s for s in submissions if s.status == Status.FINISHED]
    if not chosen:
        raise NotPossible(_("No finished submission matches: choose others, or wait until they are judged."))
    regrade = Regrade.objects.create(competition=competition, reason=reason, scores_only=scores_only, created_by=actor)
    for submission in chosen:
        last = submission.attempts.order_by("-number").values_list("number", flat=True)[0]
        has_predictions = bool(submission.result and submission.result.predictions)
        shadow = Attempt.objects.create(
            submission=submission,
            number=last + 1,
            purpose=Purpose.SHADOW,
            reuses=submission.result if scores_only and has_predictions else None,
        )
        RegradeItem.objects.create(regrade=regrade, submission=submission, shadow=shadow)
        tasks.enqueue_on_commit(shadow)
    audit("regrade.started", regrade, actor=actor, reason=reason, submissions=len(chosen), scores_only=scores_only)
    return regrade


def settle(attempt_ids: Sequence[int]) -> None:
    """When a regrade's last shadow attempt is recorded, it is ready for a decision."""
    for regrade in Regrade.objects.filter(items__shadow__in=attempt_ids, status=RegradeStatus.RUNNING).distinct():
        if not regrade.items.exclude(shadow__status=Status.FINISHED).exists():
            Regrade.objects.filter(pk=regrade.pk, status=RegradeStatus.RUNNING).update(status=RegradeStatus.READY)


@transaction.atomic
def apply(regrade: Regrade, *, actor: User | None) -> int:
    """Make every shadow result the standing one, wholly or not at all; how many submissions changed."""
    regrade = _locked(regrade, RegradeStatus.READY)
    changed = 0
    for item in regrade.items.select_related("submission__result", "submission__user", "shadow"):
        if item.shadow.verdict == "sandbox_fault":
            raise NotPossible(_("Some submissions failed for a fault of ours; start the regrade of those again."))
        before = item.submission.result
        RegradeItem.objects.filter(pk=item.pk).update(previous=before)
        stand(item.shadow)
        if _differs(before, item.shadow):
            changed += 1
            notify(
                item.submission.user,
                "regraded",
                params={"competition": regrade.competition.title, "reason": regrade.reason},
                url=f"/submissions/{item.submission_id}/",
            )
    _decide(regrade, RegradeStatus.APPLIED, actor, changed=changed)
    return changed


@transaction.atomic
def roll_back(regrade: Regrade, *, actor: User | None) -> None:
    """Put the earlier results back where this regrade's are still the standing ones."""
    regrade = _locked(regrade, RegradeStatus.APPLIED)
    for item in regrade.items.select_related("submission", "previous"):
        if item.previous is not None and item.submission.result_id == item.shadow_id:
            stand(item.previous)
    _decide(regrade, RegradeStatus.ROLLED_BACK, actor)


@transaction.atomic
def cancel(regrade: Regrade, *, actor: User | None) -> None:
    """Drop a regrade that was not applied; queued shadow attempts are not run any more."""
    regrade = _locked(regrade, RegradeStatus.RUNNING, RegradeStatus.READY)
    Attempt.objects.filter(pk__in=regrade.items.values("shadow"), status=Status.QUEUED).update(status=Status.CANCELLED)
    _decide(regrade, RegradeStatus.CANCELLED, actor)


def _differs(before: Attempt | None, after: Attempt) -> bool:
    if before is None:
        return True
    return (before.verdict, before.public_score, before.private_score) != (
        after.verdict,
        after.public_score,
        after.private_score,
    )


def _locked(regrade: Regrade, *allowed: RegradeStatus) -> Regrade:
    regrade = Regrade.objects.select_for_update().select_related("competition").get(pk=regrade.pk)
    if regrade.status not in allowed:
        status = regrade.get_status_display()
        raise NotPossible(_("This can't be done now; the state of the regrade is: %(status)s.") % {"status": status})
    return regrade


def _decide(regrade: Regrade, status: RegradeStatus, actor: User | None, **details: object) -> None:
    regrade.status, regrade.decided_by, regrade.decided_at = status, actor, timezone.now()
    regrade.save()
    audit(f"regrade.{status}", regrade, actor=actor, **details)
