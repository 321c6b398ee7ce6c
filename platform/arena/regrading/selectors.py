"""What a regrade would change: scores, ranks, marks, and who passes, before and after."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from copy import copy
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Count, F, Max, Q

from arena.accounts.models import User
from arena.gradebook.models import Batch, SchemeVersion
from arena.locking import tried_again
from arena.regrading.changes import lock_what_changes, make_real
from arena.regrading.models import Regrade, RegradeItem, RegradeStatus
from arena.regrading.progress import Progress, progress
from arena.regrading.states import NOTHING, Standing, State, state
from arena.submissions.models import Status
from arena.submissions.standing import stand_all

__all__ = ["Change", "Difference", "Progress", "changed_items", "difference", "preview", "progress", "spreads"]
N_BINS = 20


@dataclass(frozen=True, kw_only=True)
class Change:
    """One participant or baseline (which has a `label`), before and after; marks are those of `examination`."""

    user: User
    label: str
    examination: str
    rank: tuple[int | None, int | None]
    public: tuple[float | None, float | None]
    private: tuple[float | None, float | None]
    band: tuple[str, str]
    project: tuple[str, str]
    final: tuple[str, str]
    status: tuple[str, str]


@dataclass(frozen=True, kw_only=True)
class Difference:
    """All that applying would change. The bins of `scores` and `marks` are (label, before, after)."""

    changes: Sequence[Change]
    n_scores: int
    n_ranks: int
    n_bands: int
    n_projects: int
    n_marks: int
    n_newly_passed: int
    n_newly_failed: int
    scores: Sequence[tuple[str, int, int]]
    marks: Sequence[tuple[str, int, int]]


def changed_items(regrade: Regrade, *, limit: int = 500) -> list[RegradeItem]:
    """The submissions whose verdict or score differs, with their earlier result as `before` and their shadow."""
    items = regrade.items.select_related("submission__user", "base", "shadow").filter(shadow__status=Status.FINISHED)
    same = Q(base__verdict=F("shadow__verdict"))
    for name in ("public_score", "private_score"):
        both_none = Q(**{f"base__{name}__isnull": True, f"shadow__{name}__isnull": True})
        same &= both_none | Q(**{f"base__{name}": F(f"shadow__{name}")})
    found = list(items.exclude(same & Q(base__isnull=False)).order_by("pk")[:limit])
    for item in found:
        item.before = item.base
    return found


def spreads(regrade: Regrade, *, limit: int = 200) -> list[RegradeItem]:
    """Programs whose runs ended differently, each with the lowest and highest private score of its runs."""
    if regrade.n_runs == 1:
        return []
    found = []
    for item in regrade.items.select_related("submission__user", "shadow").prefetch_related("runs"):
        runs = [r for r in item.runs.all() if r.status == Status.FINISHED]
        scores = [r.private_score for r in runs if r.private_score is not None]
        item.verdicts = sorted({r.get_verdict_display() for r in runs})
        if scores and (len(set(scores)) > 1 or len(item.verdicts) > 1):
            item.lowest, item.highest = min(scores), max(scores)
            found.append(item)
    return sorted(found, key=lambda i: i.lowest - i.highest)[:limit]


class _DryRun(Exception):
    """Carries nothing; unwinds the transaction in which the shadow results were tried on."""


def preview(regrade: Regrade) -> list[Change]:
    """Who would move. Raises `NotPossible`."""
    return list(difference(regrade).changes)


def difference(regrade: Regrade) -> Difference:
    """What applying would change, as last computed if no result of the competition changed since."""
    key = _key(regrade)
    if regrade.diff_of != key:
        regrade.diff, regrade.diff_of = _as_json(_compute(regrade)), key
        Regrade.objects.filter(pk=regrade.pk).update(diff=regrade.diff, diff_of=key)
    return _from_json(regrade.diff)


def decided_difference(regrade: Regrade) -> Difference | None:
    """What was seen before the decision; None where nobody looked, or an older version of the site stored it."""
    if not set(Difference.__dataclass_fields__) <= set(regrade.diff):
        return None
    return _from_json(regrade.diff)


def _key(regrade: Regrade) -> str:
    """Names the state of the results, the shadows, and the marks that people entered."""
    course = regrade.competition.course_id
    done = regrade.competition.submissions.filter(status=Status.FINISHED)
    now = done.aggregate(n=Count("pk"), last=Max("result"))
    shadows = regrade.items.aggregate(n=Count("pk"), last=Max("shadow__finished_at"))
    scheme = SchemeVersion.objects.filter(course=course).aggregate(last=Max("pk"))["last"]
    batch = Batch.objects.filter(course=course).aggregate(last=Max("pk"))["last"]
    parts = (regrade.status, *now.values(), *shadows.values(), scheme, batch, *Change.__dataclass_fields__)
    return hashlib.sha256(repr(parts).encode()).hexdigest()


@tried_again
def _compute(regrade: Regrade) -> Difference:
    """The shadow results are applied inside a transaction that is always rolled back."""
    before = state(regrade)
    after: State = {}
    try:
        with transaction.atomic():
            items = regrade.items.select_related("shadow").filter(shadow__status=Status.FINISHED)
            if regrade.status != RegradeStatus.APPLIED:
                lock_what_changes(regrade)
                make_real(copy(regrade))
                stand_all([item.shadow for item in items.exclude(shadow__verdict="sandbox_fault")])
                regrade.competition.refresh_from_db()
            after = state(regrade)
            raise _DryRun
    except _DryRun:
        regrade.competition.refresh_from_db()
    return _difference(before, after)


def _difference(before: State, after: State) -> Difference:
    changes = []
    for key, now in after.items():
        then = before.get(key, Standing(user=now.user, examination=now.examination)).values
        if then != now.values:
            pairs = {name: (then[name], now.values[name]) for name in NOTHING}
            changes.append(Change(user=now.user, label=now.label, examination=now.examination, **pairs))
    changes.sort(key=lambda c: (c.status[0] == c.status[1], c.final[0] == c.final[1], c.project[0] == c.project[1]))
    passed = [c.status for c in changes]
    return Difference(
        changes=changes,
        n_scores=sum(c.private[0] != c.private[1] or c.public[0] != c.public[1] for c in changes),
        n_ranks=sum(c.rank[0] != c.rank[1] for c in changes),
        n_bands=sum(c.band[0] != c.band[1] for c in changes),
        n_projects=sum(c.project[0] != c.project[1] for c in changes),
        n_marks=sum(c.final[0] != c.final[1] for c in changes),
        n_newly_passed=passed.count(("failed", "passed")),
        n_newly_failed=passed.count(("passed", "failed")),
        scores=_score_bins(_ranked(before), _ranked(after)),
        marks=_mark_bins(_column(before, "final"), _column(after, "final")),
    )


def _column(standings: State, name: str) -> list[object]:
    return [one.values[name] for one in standings.values()]


def _ranked(standings: State) -> list[object]:
    return [one.values["private"] for one in standings.values() if one.values["rank"] is not None]


def _score_bins(before: Iterable[object], after: Iterable[object]) -> list[tuple[str, int, int]]:
    olds, news = ([float(v) for v in values if v is not None] for values in (before, after))
    if not olds + news:
        return []
    low, high = min(olds + news), max(olds + news)
    width = (high - low) / N_BINS or 1.0

    def count(values: list[float]) -> list[int]:
        bins = [0] * N_BINS
        for value in values:
            bins[min(N_BINS - 1, int((value - low) / width))] += 1
        return bins

    return [(f"{low + i * width:.3g}", a, b) for i, (a, b) in enumerate(zip(count(olds), count(news), strict=True))]


def _mark_bins(before: Iterable[object], after: Iterable[object]) -> list[tuple[str, int, int]]:
    def whole(values: Iterable[object]) -> list[int]:
        marks = [str(v) for v in values]
        return [int(float(m)) for m in marks if m.replace(".", "", 1).isdigit()]

    olds, news = whole(before), whole(after)
    return [(str(mark), olds.count(mark), news.count(mark)) for mark in range(1, 11)] if olds or news else []


def _as_json(found: Difference) -> dict[str, object]:
    changes = [_change_json(change) for change in found.changes]
    return {**{n: getattr(found, n) for n in Difference.__dataclass_fields__ if n != "changes"}, "changes": changes}


def _change_json(change: Change) -> dict[str, object]:
    return {n: getattr(change, n) for n in Change.__dataclass_fields__ if n != "user"} | {"user": change.user.pk}


def _from_json(stored: dict[str, object]) -> Difference:
    users = User.objects.in_bulk([row["user"] for row in stored["changes"]])
    changes = [
        Change(
            user=users[row["user"]],
            **{n: tuple(v) if isinstance(v, list) else v for n, v in row.items() if n != "user"},
        )
        for row in stored["changes"]
    ]
    return Difference(**{**stored, "changes": changes})
