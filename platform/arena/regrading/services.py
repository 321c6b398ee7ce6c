"""Start a regrade, pause it, decide about it, take it back. Nothing changes until it is applied, and then all at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from arena.accounts.models import User
from arena.audit.services import record as audit
from arena.competitions.models import Competition, Solution
from arena.notifications.services import notify
from arena.regrading.models import Regrade, RegradeItem, RegradeStatus
from arena.regrading.progress import move_on
from arena.submissions import tasks
from arena.submissions.models import Attempt, Status, Submission
from arena.submissions.standing import stand_all

# what a regrade may propose for its competition
CHANGEABLE = ("metric", "wall_time_s", "memory_mb", "processes", "disk_mb", "output_mb")


class NotPossible(Exception):
    """The regrade isn't in a state that allows this; the message says why, in the language of whoever asked."""


def start(
    competition: Competition,
    *,
    submissions: Iterable[Submission],
    reason: str,
    actor: User | None,
    scores_only: bool = False,
    n_runs: int = 1,
    changes: Mapping[str, object] | None = None,
    solution: Solution | None = None,
) -> Regrade:
    """Judge finished submissions again in the shadow. With `scores_only`, stored predictions are judged again.

    `changes` (of `CHANGEABLE`) and `solution` (a proposed one) are what it judges by and what applying it changes.
    """
    chosen = sorted(_with_results(submissions))
    if not chosen:
        raise NotPossible(_("No finished submission matches: choose others, or wait until they are judged."))
    with transaction.atomic():
        regrade = Regrade.objects.create(
            competition=competition, reason=reason, scores_only=scores_only, created_by=actor,
            n_runs=1 if scores_only else n_runs, solution=solution,
            changes={name: value for name, value in (changes or {}).items() if name in CHANGEABLE},
        )  # fmt: skip
        rows = (RegradeItem(regrade=regrade, submission_id=pk, base_id=result) for pk, result in chosen)
        RegradeItem.objects.bulk_create(rows, batch_size=1000)
        audit(
            "regrade.started", regrade, actor=actor, reason=reason, submissions=len(chosen), scores_only=scores_only,
            runs=regrade.n_runs, changes=regrade.changes, solution=solution.sha256 if solution else None,
        )  # fmt: skip
    move_on(regrade.pk)
    return regrade


def _with_results(submissions: Iterable[Submission]) -> list[tuple[int, int | None]]:
    if isinstance(submissions, QuerySet):
        return list(submissions.filter(status=Status.FINISHED).values_list("pk", "result"))
    return [(s.pk, s.result_id) for s in submissions if s.status == Status.FINISHED]


@transaction.atomic
def pause(regrade: Regrade, *, actor: User | None) -> None:
    """Start nothing more of it; what runs is finished and kept."""
    regrade = _locked(regrade, RegradeStatus.RUNNING)
    _shadows(regrade, Status.QUEUED).update(is_held=True)
    _set(regrade, RegradeStatus.PAUSED, actor)


@transaction.atomic
def resume(regrade: Regrade, *, actor: User | None) -> None:
    regrade = _locked(regrade, RegradeStatus.PAUSED)
    _shadows(regrade, Status.QUEUED).update(is_held=False)
    _set(regrade, RegradeStatus.RUNNING, actor)
    transaction.on_commit(lambda: move_on(regrade.pk))


@transaction.atomic
def retry_faults(regrade: Regrade, *, actor: User | None) -> int:
    """Judge those again that failed for a fault of ours; how many."""
    regrade = _locked(regrade, RegradeStatus.READY)
    failed = _shadows(regrade, Status.FINISHED).filter(verdict="sandbox_fault")
    pks = list(failed.values_list("pk", flat=True))
    Attempt.objects.filter(pk__in=pks).update(
        status=Status.QUEUED, verdict="", message="", faults=0, finished_at=None, not_before=None
    )
    for attempt in Attempt.objects.filter(pk__in=pks).select_related("submission__competition"):
        tasks.enqueue_on_commit(attempt)
    _set(regrade, RegradeStatus.RUNNING, actor, retried=len(pks))
    return len(pks)


@transaction.atomic
def apply(regrade: Regrade, *, actor: User | None) -> int:
    """Make every shadow result the standing one, and every proposed change real, wholly or not at all.

    How many submissions changed. Refused if any result changed since the regrade began: nobody has seen that difference.
    """
    regrade = _locked(regrade, RegradeStatus.READY)
    items = regrade.items.select_related("shadow", "submission__result", "submission__user")
    if items.filter(shadow__verdict="sandbox_fault").exists():
        raise NotPossible(_("Some submissions failed for a fault of ours; judge those again first."))
    n_moved = items.exclude(submission__result=F("base")).count()
    if n_moved:
        raise NotPossible(
            _("Results changed since this regrade began (submissions: %(n)s). Start it again.") % {"n": n_moved}
        )
    regrade.items.update(previous=F("base"))
    changed = [item for item in items if differs(item.submission.result, item.shadow)]
    change_competition(regrade)
    stand_all([item.shadow for item in items])
    _tell(regrade, changed, "regraded")
    _set(regrade, RegradeStatus.APPLIED, actor, changed=len(changed), replaced=regrade.replaced)
    return len(changed)


@transaction.atomic
def roll_back(regrade: Regrade, *, actor: User | None) -> None:
    """Put the earlier results, metric, labels and limits back, where this regrade's are still the standing ones."""
    regrade = _locked(regrade, RegradeStatus.APPLIED)
    items = regrade.items.select_related("submission__user", "previous", "shadow").filter(
        submission__result=F("shadow")
    )
    back = [item for item in items if item.previous is not None]
    _restore_competition(regrade)
    stand_all([item.previous for item in back])
    _tell(regrade, [item for item in back if differs(item.previous, item.shadow)], "regrade_rolled_back")
    _set(regrade, RegradeStatus.ROLLED_BACK, actor, restored=len(back))


@transaction.atomic
def cancel(regrade: Regrade, *, actor: User | None) -> None:
    """Drop a regrade that was not applied; queued shadow attempts are not run any more."""
    regrade = _locked(regrade, RegradeStatus.RUNNING, RegradeStatus.PAUSED, RegradeStatus.READY)
    _shadows(regrade, Status.QUEUED).update(status=Status.CANCELLED)
    _set(regrade, RegradeStatus.CANCELLED, actor)


def differs(before: Attempt | None, after: Attempt) -> bool:
    """Whether the student would see another result."""
    if before is None:
        return True
    return (before.verdict, before.public_score, before.private_score) != (
        after.verdict,
        after.public_score,
        after.private_score,
    )


def _shadows(regrade: Regrade, status: Status) -> QuerySet[Attempt]:
    waiting = Attempt.objects.filter(status=status)
    by_item = waiting.filter(regrade_items__regrade=regrade).values("pk")
    by_run = waiting.filter(regrade_runs__regrade=regrade).values("pk")
    return Attempt.objects.filter(pk__in=by_item.union(by_run) if regrade.n_runs > 1 else by_item)


def change_competition(regrade: Regrade) -> None:
    """Make what a regrade proposes real, and note what it replaces."""
    competition = Competition.objects.select_for_update().get(pk=regrade.competition_id)
    regrade.replaced = {name: getattr(competition, name) for name in regrade.changes}
    if regrade.changes:
        Competition.objects.filter(pk=competition.pk).update(**regrade.changes)
    if regrade.solution_id:
        Solution.objects.filter(pk=regrade.solution_id).update(is_proposed=False)


def _restore_competition(regrade: Regrade) -> None:
    competition = Competition.objects.select_for_update().get(pk=regrade.competition_id)
    ours = {n: v for n, v in regrade.replaced.items() if getattr(competition, n) == regrade.changes[n]}
    if ours:
        Competition.objects.filter(pk=competition.pk).update(**ours)
    if regrade.solution_id:
        Solution.objects.filter(pk=regrade.solution_id).update(is_proposed=True)


def _tell(regrade: Regrade, items: Iterable[RegradeItem], code: str) -> None:
    """One message for each person affected, which opens the latest of their submissions that changed."""
    latest = {item.submission.user_id: item.submission for item in sorted(items, key=lambda i: i.submission_id)}
    params = {"competition": regrade.competition.title, "reason": regrade.reason}
    for submission in latest.values():
        notify(submission.user, code, params=params, url=f"/submissions/{submission.pk}/")


def _locked(regrade: Regrade, *allowed: RegradeStatus) -> Regrade:
    # one row: the competition that a lock of two tables would take as well is locked when it is changed
    Regrade.objects.select_for_update().get(pk=regrade.pk)
    regrade = Regrade.objects.select_related("competition").get(pk=regrade.pk)
    if regrade.status not in allowed:
        status = regrade.get_status_display()
        raise NotPossible(_("This can't be done now; the state of the regrade is: %(status)s.") % {"status": status})
    return regrade


def _set(regrade: Regrade, status: RegradeStatus, actor: User | None, **details: object) -> None:
    verb = {RegradeStatus.RUNNING: "resumed"}.get(status, status.value)
    regrade.status = status
    if status in {RegradeStatus.APPLIED, RegradeStatus.CANCELLED, RegradeStatus.ROLLED_BACK}:
        regrade.decided_by, regrade.decided_at = actor, timezone.now()
    regrade.save()
    audit(f"regrade.{verb}", regrade, actor=actor, **details)
