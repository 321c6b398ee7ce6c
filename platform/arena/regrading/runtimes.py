"""In which students' environments results were made, and from which to which a regrade brings them.

A runtime is known by the hash of its lock. Shadow attempts always run in today's, so a regrade of what another one made
is the change to it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, F, Min, QuerySet

from arena.competitions.models import Competition
from arena.regrading.models import Regrade
from arena.submissions.judging import runtime_sha256
from arena.submissions.models import Status, Submission, Type


@dataclass(frozen=True, kw_only=True)
class Runtime:
    """How many standing results a runtime made, and when the first of them; `since` is None where it made none yet."""

    sha256: str
    n: int
    since: datetime | None
    is_current: bool


@dataclass(frozen=True, kw_only=True)
class Moved:
    """So many submissions of a regrade were judged `before` in one runtime and `after` in another, by their hashes."""

    before: str
    after: str
    n: int

    def __str__(self) -> str:
        return f"{self.before} → {self.after}: {self.n}"


def of_other_runtimes(submissions: QuerySet[Submission]) -> QuerySet[Submission]:
    """Those whose standing result another runtime than today's made."""
    return submissions.filter(type=Type.CODE).exclude(result__runtime_sha256__in=["", runtime_sha256()])


def runtimes(competition: Competition) -> list[Runtime]:
    """The runtimes of a competition's standing results, the earliest first, and at the end today's."""
    today = runtime_sha256()
    judged = competition.submissions.filter(status=Status.FINISHED, type=Type.CODE).exclude(result__runtime_sha256="")
    rows = (
        judged.order_by().values_list("result__runtime_sha256").annotate(n=Count("pk"), at=Min("result__finished_at"))
    )
    found = {sha: Runtime(sha256=sha, n=n, since=since, is_current=sha == today) for sha, n, since in rows if sha}
    current = found.pop(today, Runtime(sha256=today, n=0, since=None, is_current=True))
    return [*sorted(found.values(), key=lambda one: one.since), current]


def moved(regrade: Regrade) -> list[Moved]:
    """From which runtimes to which the judged submissions of a regrade come; empty where none changed."""
    judged = regrade.items.filter(shadow__status=Status.FINISHED).exclude(shadow__runtime_sha256="")
    other = (
        judged.filter(base__isnull=False)
        .exclude(base__runtime_sha256="")
        .exclude(base__runtime_sha256=F("shadow__runtime_sha256"))
    )
    rows = other.values_list("base__runtime_sha256", "shadow__runtime_sha256").annotate(n=Count("pk")).order_by("-n")
    return [Moved(before=before, after=after, n=n) for before, after, n in rows]
