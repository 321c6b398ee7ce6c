"""How a regrade moves: shadow attempts are made a window at a time, so that one of a hundred thousand is no long queue.

The items are the truth. Whoever records a shadow attempt moves its regrade on, and so does the sweeper, which asks the
rows alone: a regrade goes on after any death, and pausing it is making no more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from arena.locking import tried_again
from arena.regrading.models import Regrade, RegradeItem, RegradeStatus
from arena.regrading.shadows import make_shadows
from arena.submissions import bells
from arena.submissions.models import Attempt, Purpose, Status

# shadow attempts that wait or run at a time, and the bells that are rung for new ones: a batch needs but one
WINDOW = 3000
RINGS, RINGS_OF_BATCHES = 20, 2
# what throughput is measured over
LATELY = timedelta(seconds=20)


@dataclass(frozen=True, kw_only=True)
class Progress:
    """Counts of submissions; `per_s` and `left_s` are None while nothing was judged lately."""

    done: int
    total: int
    per_s: float | None = None

    @property
    def percent(self) -> int:
        return 100 * self.done // self.total if self.total else 100

    @property
    def left_s(self) -> int | None:
        return round((self.total - self.done) / self.per_s) if self.per_s else None


def progress(regrade: Regrade, *, at: datetime | None = None) -> Progress:
    items = RegradeItem.objects.filter(regrade=regrade)
    total = items.count()
    if regrade.status not in {RegradeStatus.RUNNING, RegradeStatus.PAUSED, RegradeStatus.CANCELLED}:
        return Progress(done=total, total=total)
    done = total - items.filter(shadow=None).count() - _unfinished(regrade).count()
    at = at or timezone.now()
    since = max(at - LATELY, regrade.created_at)
    lately = Attempt.objects.filter(finished_at__gt=since, purpose=Purpose.SHADOW, status=Status.FINISHED).count()
    seconds = max(1.0, (at - since).total_seconds())
    return Progress(done=done, total=total, per_s=lately / seconds / regrade.n_runs or None)


def _unfinished(regrade: Regrade) -> QuerySet[RegradeItem]:
    """Items with an attempt that waits or runs, or was dropped when the regrade was cancelled."""
    open_ = [Status.QUEUED, Status.RUNNING]
    if regrade.status == RegradeStatus.CANCELLED:
        open_.append(Status.CANCELLED)
    waiting = Attempt.objects.filter(purpose=Purpose.SHADOW, status__in=open_).order_by().values("pk")
    items = RegradeItem.objects.filter(regrade=regrade)
    if regrade.n_runs == 1:
        return items.filter(shadow__in=waiting)
    return items.filter(Q(shadow__in=waiting) | Q(runs__in=waiting)).distinct()


@tried_again
def move_on(regrade_id: int) -> None:
    """Make the next shadow attempts, or find that all are judged."""
    with transaction.atomic():
        regrade = Regrade.objects.select_for_update(no_key=True).get(pk=regrade_id)
        if regrade.status != RegradeStatus.RUNNING:
            return
        n_open = _unfinished(regrade).count()
        room = _room(n_open, regrade)
        waiting = regrade.items.filter(shadow=None).order_by("pk").values_list("pk", flat=True)
        if room and (items := list(waiting[:room])):
            try:
                with transaction.atomic():
                    make_shadows(regrade, items)
            except IntegrityError:  # another regrade numbered its attempts just now: whoever comes next goes on
                return
            n_rings = RINGS_OF_BATCHES if regrade.scores_only else RINGS
            shadows = Attempt.objects.filter(regrade_items__in=items[:n_rings])
            for shadow in shadows.select_related("submission__competition"):
                bells.enqueue_on_commit(shadow)
        elif not n_open and not waiting.exists():
            _choose_runs(regrade)
            regrade.status, regrade.ready_at = RegradeStatus.READY, timezone.now()
            regrade.save(update_fields=["status", "ready_at"])


def _room(n_open: int, regrade: Regrade) -> int:
    """Refilled when half of it is used up: one larger write instead of many small ones."""
    window = max(1, WINDOW // regrade.n_runs)
    return window - n_open if n_open <= window // 2 else 0


def _choose_runs(regrade: Regrade) -> None:
    """Where programs ran more than once, the run with the median private score counts, the earlier of two."""
    if regrade.n_runs == 1:
        return
    for item in regrade.items.prefetch_related("runs"):
        ordered = sorted(item.runs.all(), key=lambda a: (a.private_score is not None, a.private_score or 0.0, a.pk))
        median = ordered[(len(ordered) - 1) // 2]
        if median.pk != item.shadow_id:
            RegradeItem.objects.filter(pk=item.pk).update(shadow=median)


def settle(attempt_ids: Sequence[int]) -> None:
    """Move on the regrades that these recorded shadow attempts may belong to; one too many does no harm."""
    running = Regrade.objects.filter(status=RegradeStatus.RUNNING)
    if running.count() > 1:
        between = Q(items__shadow__gte=min(attempt_ids), items__shadow__lte=max(attempt_ids))
        running = running.filter(between | Q(n_runs__gt=1)).distinct()
    for pk in running.values_list("pk", flat=True):
        move_on(pk)


def shadows(regrade: Regrade, status: Status) -> QuerySet[Attempt]:
    """Its shadow attempts of that status."""
    of_status = Attempt.objects.filter(status=status)
    by_item = of_status.filter(regrade_items__regrade=regrade).values("pk")
    by_run = of_status.filter(regrade_runs__regrade=regrade).values("pk")
    return Attempt.objects.filter(pk__in=by_item.union(by_run) if regrade.n_runs > 1 else by_item)


def move_all_on() -> None:
    """What the sweeper asks for: a worker may have died between recording a result and moving its regrade on.

    What met a fault after its regrade was paused or cancelled waits again, so it is held back or dropped.
    """
    stopped = Q(status__in=[RegradeStatus.PAUSED, RegradeStatus.CANCELLED])
    waiting = Attempt.objects.filter(status=Status.QUEUED, purpose=Purpose.SHADOW, is_held=False)
    for pk in Regrade.objects.filter(stopped, items__shadow__in=waiting).values_list("pk", flat=True).distinct():
        _stop(pk)
    for pk in Regrade.objects.filter(stopped, items__runs__in=waiting).values_list("pk", flat=True).distinct():
        _stop(pk)
    for pk in Regrade.objects.filter(status=RegradeStatus.RUNNING).values_list("pk", flat=True):
        move_on(pk)


@tried_again
def _stop(regrade_id: int) -> None:
    with transaction.atomic():
        regrade = Regrade.objects.select_for_update(no_key=True).get(pk=regrade_id)
        if regrade.status == RegradeStatus.PAUSED:
            shadows(regrade, Status.QUEUED).update(is_held=True)
        elif regrade.status == RegradeStatus.CANCELLED:
            shadows(regrade, Status.QUEUED).update(status=Status.CANCELLED)
