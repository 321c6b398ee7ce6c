"""A regrade as text and as JSON: the progress bar, what would change, what came of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Protocol

from arena.regrading.models import Regrade, RegradeItem
from arena.regrading.selectors import Change, progress


class Out(Protocol):
    def write(self, msg: str = "", *, ending: str | None = None) -> Any: ...
    def flush(self) -> Any: ...
    def isatty(self) -> bool: ...


class Meter:
    """Says how far the judging is: in place on a terminal, else a line for every tenth part."""

    def __init__(self, out: Out) -> None:
        self._out, self._last = out, (-1, -1)

    def show(self, done: int, total: int) -> None:
        tenth = 10 * done // max(1, total)
        is_terminal = self._out.isatty()
        seen = (done, total) if is_terminal else (tenth, total)
        if seen == self._last:
            return
        self._last = seen
        bar = "#" * (3 * tenth) + "-" * (30 - 3 * tenth)
        start, ending = ("\r", "" if done < total else "\n") if is_terminal else ("", "\n")
        self._out.write(f"{start}[{bar}] {done}/{total} judged", ending=ending)
        self._out.flush()


def preview_lines(items: Iterable[RegradeItem], changes: Iterable[Change]) -> list[str]:
    """Results first, then whose standing and marks they move."""
    lines = []
    for item in items:
        before = f"{item.before.verdict} {_score(item.before.private_score)}" if item.before else "none"
        after = f"{item.shadow.verdict} {_score(item.shadow.private_score)}"
        lines.append(f"  submission {item.submission_id} of {item.submission.user.email}: {before} -> {after}")
    for change in changes:
        parts = [f"rank {_arrow(change.rank)}", f"private {_arrow(change.private)}"]
        if any(change.project):
            parts += [
                f"band {_arrow(change.band)}",
                f"project {_arrow(change.project)}",
                f"final {_arrow(change.final)}",
            ]
        lines.append(f"  {change.user.email}: {', '.join(parts)}")
    return lines


def as_json(regrade: Regrade, changes: Iterable[Change] | None = None) -> dict[str, object]:
    now = progress(regrade)
    answer: dict[str, object] = {
        "regrade": regrade.pk,
        "competition": regrade.competition.slug,
        "status": regrade.status,
        "reason": regrade.reason,
        "done": now.done,
        "total": now.total,
    }
    if changes is not None:
        answer["changes"] = [
            {
                "student": c.user.email,
                "rank": c.rank,
                "private": c.private,
                "band": c.band,
                "project": c.project,
                "final": c.final,
                "status": c.status,
                "examination": c.examination,
            }
            for c in changes
        ]
    return answer


def _arrow(pair: tuple[object, object]) -> str:
    before, after = (_score(value) if isinstance(value, float) else str(value or "-") for value in pair)
    return before if before == after else f"{before} -> {after}"


def _score(value: float | None) -> str:
    return "-" if value is None else f"{value:.6g}"
