"""Start a regrade, pause it, decide about it, take it back. Nothing changes until it is applied, and then all at once."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping

from django.db import transaction
from django.db.models import Count, F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from arena.accounts.models import User
from arena.audit.services import record as audit
from arena.competitions.entrants import Entrants
from arena.competitions.models import Competition, Solution
from arena.competitions.selectors import is_private_visible
from arena.gradebook.services import is_published
from arena.locking import tried_again
from arena.notifications.services import notify
from arena.regrading.changes import (
    CHANGEABLE,
    NotPossible,
    check_proposal,
    lock_what_changes,
    make_real,
    newest_document,
    plain,
    take_back,
)
from arena.regrading.models import Regrade, RegradeItem, RegradeStatus
from arena.regrading.outdated import judge_outdated
from arena.regrading.progress import move_on, shadows
from arena.regrading.runtimes import moved
from arena.regrading.states import NOTHING, State, feeds, state
from arena.submissions import bells
from arena.submissions.judging import runtime_sha256
from arena.submissions.models import Attempt, Status, Submission
from arena.submissions.standing import stand_all

__all__ = ["NotPossible", "apply", "cancel", "differs", "pause", "resume", "retry_faults", "roll_back", "start"]


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
    scheme: str = "",
    marks_only: bool = False,
) -> Regrade:
    """Judge finished submissions again in the shadow. With `scores_only`, stored predictions are judged again.

    `changes` (of `CHANGEABLE`), `solution` (a proposed one) and `scheme` (the course's mark scheme as TOML) are what it
    judges by and what applying it changes. With `marks_only` nothing is judged: only scheme and gate may change then.
    Raises `NotPossible`, and `grader.schemes.InvalidScheme`.
    """
    proposed = {name: value for name, value in (changes or {}).items() if name in CHANGEABLE}
    scheme = plain(scheme)
    if scheme == plain(newest_document(competition)):
        scheme = ""
    check_proposal(competition, changes=proposed, solution=solution, scheme=scheme, marks_only=marks_only)
    chosen = [] if marks_only else sorted(_with_results(submissions))
    if {"metric"} & set(proposed) or solution:
        _check_whole(competition, {pk for pk, _result in chosen})
    if not chosen and not marks_only:
        raise NotPossible(_("No finished submission matches: choose others, or wait until they are judged."))
    with transaction.atomic():
        regrade = Regrade.objects.create(
            competition=competition, reason=reason, scores_only=scores_only, created_by=actor,
            n_runs=1 if scores_only or marks_only else n_runs, solution=solution, changes=proposed, scheme=scheme,
            scheme_base=competition.course.schemes.first() if scheme else None,
        )  # fmt: skip
        rows = (RegradeItem(regrade=regrade, submission_id=pk, base_id=result) for pk, result in chosen)
        RegradeItem.objects.bulk_create(rows, batch_size=1000)
        audit(
            "regrade.started", regrade, actor=actor, reason=reason, submissions=len(chosen), scores_only=scores_only,
            runs=regrade.n_runs, changes=regrade.changes, solution=solution.sha256 if solution else None,
            scheme=hashlib.sha256(scheme.encode()).hexdigest() if scheme else None, marks_only=marks_only,
            **_runtimes(regrade),
        )  # fmt: skip
    move_on(regrade.pk)
    return regrade


def _check_whole(competition: Competition, chosen: set[int]) -> None:
    """Another metric or other labels make every other score worthless, so all are judged by them. Raises `NotPossible`."""
    entries = Submission.entries.filter(competition=competition, status=Status.FINISHED).exclude(verdict="")
    left = entries.filter(verdict="ok").exclude(pk__in=chosen).count()
    if left:
        raise NotPossible(
            _(
                "Another metric or other labels need every result judged anew, but %(n)d would be left out. Choose all submissions."
            )
            % {"n": left}
        )


def _runtimes(regrade: Regrade) -> dict[str, object]:
    """For the audit log: in which runtimes programs of it ran, and in which they run again."""
    if regrade.scores_only:
        return {}
    ran = regrade.items.exclude(base=None).exclude(base__runtime_sha256="")
    before = dict(ran.order_by().values_list("base__runtime_sha256").annotate(n=Count("pk")))
    return {"runtimes": before, "runtime": runtime_sha256()} if before else {}


def _with_results(submissions: Iterable[Submission]) -> list[tuple[int, int | None]]:
    if isinstance(submissions, QuerySet):
        return list(submissions.filter(status=Status.FINISHED).values_list("pk", "result"))
    return [(s.pk, s.result_id) for s in submissions if s.status == Status.FINISHED]


@tried_again
@transaction.atomic
def pause(regrade: Regrade, *, actor: User | None) -> None:
    """Start nothing more of it; what runs is finished and kept."""
    regrade = _locked(regrade, RegradeStatus.RUNNING)
    shadows(regrade, Status.QUEUED).update(is_held=True)
    _set(regrade, RegradeStatus.PAUSED, actor)


@tried_again
@transaction.atomic
def resume(regrade: Regrade, *, actor: User | None) -> None:
    regrade = _locked(regrade, RegradeStatus.PAUSED)
    shadows(regrade, Status.QUEUED).update(is_held=False)
    _set(regrade, RegradeStatus.RUNNING, actor)
    transaction.on_commit(lambda: move_on(regrade.pk), robust=True)


@tried_again
@transaction.atomic
def retry_faults(regrade: Regrade, *, actor: User | None) -> int:
    """Judge those again that failed for a fault of ours; how many."""
    regrade = _locked(regrade, RegradeStatus.READY)
    failed = shadows(regrade, Status.FINISHED).filter(verdict="sandbox_fault")
    pks = list(failed.values_list("pk", flat=True))
    Attempt.objects.filter(pk__in=pks).update(
        status=Status.QUEUED, verdict="", message="", faults=0, finished_at=None, not_before=None
    )
    for attempt in Attempt.objects.filter(pk__in=pks).select_related("submission__competition"):
        bells.enqueue_on_commit(attempt)
    _set(regrade, RegradeStatus.RUNNING, actor, retried=len(pks))
    return len(pks)


@tried_again
@transaction.atomic
def apply(regrade: Regrade, *, actor: User | None) -> int:
    """Make every shadow result the standing one, and every proposed change real, wholly or not at all.

    How many submissions changed. Refused if any result changed since the regrade began: nobody has seen that difference.
    """
    regrade = _locked(regrade, RegradeStatus.READY)
    lock_what_changes(regrade)
    items = regrade.items.select_related("shadow", "submission__result", "submission__user")
    if items.filter(shadow__verdict="sandbox_fault").exists():
        raise NotPossible(_("Some submissions failed for a fault of ours; judge those again first."))
    n_moved = items.exclude(submission__result=F("base")).count()
    if n_moved:
        raise NotPossible(
            _("Results changed since this regrade began (submissions: %(n)s). Start it again.") % {"n": n_moved}
        )
    before = state(regrade)
    regrade.items.update(previous=F("base"))
    changed = [item for item in items if differs(item.submission.result, item.shadow)]
    make_real(regrade, actor=actor)
    stand_all([item.shadow for item in items])
    judge_outdated(Competition.objects.get(pk=regrade.competition_id))
    _tell(regrade, _shown(regrade, [(item, item.submission.result) for item in changed]), "regraded")
    _tell_of_marks(regrade, before, told=changed)
    _set(regrade, RegradeStatus.APPLIED, actor, changed=len(changed), replaced=regrade.replaced, **_moved(regrade))
    return len(changed)


@tried_again
@transaction.atomic
def roll_back(regrade: Regrade, *, actor: User | None) -> None:
    """Put the earlier results, metric, labels, limits and mark scheme back, where this regrade's still stand."""
    regrade = _locked(regrade, RegradeStatus.APPLIED)
    lock_what_changes(regrade)
    items = regrade.items.select_related("submission__user", "previous", "shadow").filter(
        submission__result=F("shadow")
    )
    before = state(regrade)
    back = [item for item in items if item.previous is not None]
    take_back(regrade, actor=actor)
    stand_all([item.previous for item in back])
    judge_outdated(Competition.objects.get(pk=regrade.competition_id))
    changed = [item for item in back if differs(item.previous, item.shadow)]
    _tell(regrade, _shown(regrade, [(item, item.previous) for item in changed]), "regrade_rolled_back")
    _tell_of_marks(regrade, before, told=changed)
    _set(regrade, RegradeStatus.ROLLED_BACK, actor, restored=len(back), **_moved(regrade))


@tried_again
@transaction.atomic
def cancel(regrade: Regrade, *, actor: User | None) -> None:
    """Drop a regrade that was not applied; queued shadow attempts are not run any more."""
    regrade = _locked(regrade, RegradeStatus.RUNNING, RegradeStatus.PAUSED, RegradeStatus.READY)
    shadows(regrade, Status.QUEUED).update(status=Status.CANCELLED)
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


def _shown(regrade: Regrade, changed: Iterable[tuple[RegradeItem, Attempt | None]]) -> list[RegradeItem]:
    """Those whose authors read another result: while private scores are hidden, no message tells that one moved.

    Each comes with its result before, or the one that comes back.
    """
    at = timezone.now()
    return [
        item
        for item, other in changed
        if other is None
        or (other.verdict, other.public_score) != (item.shadow.verdict, item.shadow.public_score)
        or is_private_visible(item.submission.user, regrade.competition, at=at)
    ]


def _moved(regrade: Regrade) -> dict[str, list[str]]:
    return {"runtimes": [str(one) for one in found]} if (found := moved(regrade)) else {}


def _tell(regrade: Regrade, items: Iterable[RegradeItem], code: str) -> None:
    """One message for each person affected, which opens the latest of their submissions that changed."""
    latest = {item.submission.user_id: item.submission for item in sorted(items, key=lambda i: i.submission_id)}
    params = {"competition": regrade.competition.title, "reason": regrade.reason}
    entrants = Entrants(regrade.competition)
    told = {mate: submission for user, submission in latest.items() for mate in entrants.mates(user)}
    for user in User.objects.filter(pk__in=told):
        notify(user, code, params=params, url=f"/submissions/{told[user.pk].pk}/")


def _tell_of_marks(regrade: Regrade, before: State, *, told: Iterable[RegradeItem]) -> None:
    """Those whose marks moved with nothing of theirs judged anew, where students may read marks that aren't published."""
    regrade.competition.refresh_from_db()
    course, now = regrade.competition.course, timezone.now()
    told_already = Entrants(regrade.competition).all_mates(item.submission.user_id for item in told)
    for key, after in state(regrade).items():
        kind, user = after.examination, after.user
        then = before[key].values if key in before else NOTHING
        if (
            not kind
            or user.pk in told_already
            or all(then[n] == after.values[n] for n in ("project", "final", "status"))
        ):
            continue
        # a mark that moves with private scores which are hidden from its owner would tell that they moved
        sources = [c for c in course.competitions.all() if feeds(c, kind)]
        if is_published(course, kind) or not all(is_private_visible(user, c, at=now) for c in sources):
            continue
        told_already.add(user.pk)
        params = {"course": course.title, "reason": regrade.reason}
        notify(user, "marks_regraded", params=params, url=f"/courses/{course.slug}/marks/mine/")


def _locked(regrade: Regrade, *allowed: RegradeStatus) -> Regrade:
    # one row: the competition that a lock of two tables would take as well is locked when it is changed
    Regrade.objects.select_for_update(no_key=True).get(pk=regrade.pk)
    regrade = Regrade.objects.select_related("competition__course", "scheme_base", "scheme_applied").get(pk=regrade.pk)
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
