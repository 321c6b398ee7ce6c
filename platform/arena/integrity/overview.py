"""What the page of a run shows at a threshold: histogram, pairs in an order, groups and their picture, changes since the last run."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from arena.integrity.groups import Graph, Group, graph, groups
from arena.integrity.models import PlagiarismRun, RunStatus, SimilarPair

FLAG = 0.5
LOWEST, HIGHEST = 0.05, 1.0
WIDTH, TOP, BOTTOM = 760, 12, 130
MOVED = 0.05  # a similarity that changed by less is the run's own calibration
ORDERS = {
    "similarity": lambda pair: -pair.similarity,
    "mean": lambda pair: -pair.mean_share,
    "containment": lambda pair: -pair.containment,
    "longest": lambda pair: -pair.longest,
    "expected": lambda pair: pair.expected if pair.expected is not None else math.inf,
}


@dataclass(frozen=True, kw_only=True)
class Bar:
    """Numbers are text, so that no language writes them with commas."""

    x: str
    y: str
    width: str
    height: str
    low: float
    high: float
    n: int
    is_above: bool


@dataclass(frozen=True, kw_only=True)
class Changes:
    """At one threshold: pairs that weren't above it in the run before, those that no longer are, those that moved."""

    before: PlagiarismRun
    new: tuple[SimilarPair, ...]
    gone: tuple[SimilarPair, ...]
    moved: tuple[tuple[SimilarPair, float], ...]


@dataclass(frozen=True, kw_only=True)
class Overview:
    """`bars` end at `mark_x`'s side; `pairs` are those at or above the threshold, `n_kept` all that the run kept."""

    threshold: float
    order: str
    bars: tuple[Bar, ...]
    mark_x: str
    n_above: int
    n_kept: int
    pairs: tuple[SimilarPair, ...]
    groups: tuple[Group, ...]
    graph: Graph
    changes: Changes | None
    new: frozenset[int]


def pairs_of(run: PlagiarismRun) -> QuerySet[SimilarPair]:
    return run.pairs.select_related("a__user", "a__competition", "b__user", "b__competition", "work__collection")


def overview(run: PlagiarismRun, *, threshold: float, order: str) -> Overview:
    """Everything of the page of a finished run. A threshold out of range is brought into it."""
    threshold = min(max(threshold, LOWEST), HIGHEST)
    order = order if order in ORDERS else "similarity"
    kept = list(pairs_of(run))
    shown = [pair for pair in kept if pair.similarity >= threshold]
    joined = groups(shown, flag=threshold, least=2)
    bars = histogram(run.histogram or _counted(kept), threshold=threshold)
    changes = changes_of(run, kept, threshold=threshold)
    return Overview(
        threshold=threshold,
        order=order,
        bars=bars,
        mark_x=f"{threshold * WIDTH:.1f}",
        n_above=len(shown),
        n_kept=len(kept),
        pairs=tuple(sorted(shown, key=ORDERS[order])),
        groups=tuple(group for group in joined if len(group.members) > 2),
        graph=graph(joined),
        changes=changes,
        new=frozenset(pair.pk for pair in changes.new) if changes else frozenset(),
    )


def histogram(counts: Sequence[int], *, threshold: float) -> tuple[Bar, ...]:
    """Bars over 0 to 1. Heights go with the logarithm: of thousands of pairs a handful matter."""
    most = math.log1p(max(counts, default=0)) or 1.0
    step = 1 / len(counts)
    bars = []
    for number, n in enumerate(counts):
        height = (BOTTOM - TOP) * math.log1p(n) / most
        bars.append(
            Bar(
                x=f"{number * step * WIDTH + 1:.1f}",
                y=f"{BOTTOM - height:.1f}",
                width=f"{step * WIDTH - 2:.1f}",
                height=f"{height:.1f}",
                low=number * step,
                high=(number + 1) * step,
                n=n,
                is_above=(number + 0.5) * step >= threshold,
            )
        )
    return tuple(bars)


def _counted(pairs: Sequence[SimilarPair]) -> list[int]:
    counts = [0] * 50
    for pair in pairs:
        counts[min(int(pair.similarity * 50), 49)] += 1
    return counts


def changes_of(run: PlagiarismRun, kept: Sequence[SimilarPair], *, threshold: float) -> Changes | None:
    """What is new, gone and moved since the finished run before; None for a competition's first."""
    before = run.competition.plagiarism_runs.filter(pk__lt=run.pk, status=RunStatus.FINISHED).first()
    if before is None:
        return None
    earlier = {pair.who: pair for pair in pairs_of(before)}
    now = {pair.who: pair for pair in kept}
    above = [pair for pair in now.values() if pair.similarity >= threshold]
    was_above = [pair for pair in earlier.values() if pair.similarity >= threshold]
    known = {pair.who for pair in was_above}
    return Changes(
        before=before,
        new=tuple(pair for pair in above if pair.who not in known),
        gone=tuple(p for p in was_above if p.who not in now or now[p.who].similarity < threshold),
        moved=tuple(
            (pair, earlier[pair.who].similarity)
            for pair in above
            if pair.who in known and abs(pair.similarity - earlier[pair.who].similarity) >= MOVED
        ),
    )


def neighbours(pair: SimilarPair) -> tuple[int | None, int | None]:
    """The pairs before and after one of its run, from the most similar on."""
    keys = list(pair.run.pairs.values_list("pk", flat=True))
    at = keys.index(pair.pk)
    return keys[at - 1] if at else None, keys[at + 1] if at + 1 < len(keys) else None


def settings_of(run: PlagiarismRun) -> list[tuple[str, Any]]:
    """The engine's own settings by name, for the record; what was compared is told in words elsewhere."""
    told = {"archives", "collections", "left_out", "starter", "known", "n", "n_archive"}
    return [(name, value) for name, value in run.options.items() if name not in told]
