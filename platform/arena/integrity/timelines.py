"""When the students of a group handed in their code: a row each, for a picture without scripts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from arena.integrity.models import SimilarPair
from arena.submissions.models import Submission, Type

LEFT, WIDTH, ROW = 130, 620, 30


@dataclass(frozen=True, kw_only=True)
class Dot:
    """`is_compared`: the submission that the run compared; the others are earlier or later attempts."""

    x: str
    at: datetime
    pk: int
    is_compared: bool


@dataclass(frozen=True, kw_only=True)
class Row:
    label: str
    y: str
    dots: tuple[Dot, ...]


@dataclass(frozen=True, kw_only=True)
class Timeline:
    rows: tuple[Row, ...]
    start: datetime
    end: datetime
    height: int
    deadline_x: str | None


def timeline(pairs: Iterable[SimilarPair]) -> Timeline | None:
    """The code hand-ins of everybody in the pairs who is of the run's own competition; None for fewer than two."""
    compared: dict[int, Submission] = {}
    names: dict[int, str] = {}
    competition = None
    for pair in pairs:
        competition = competition or pair.a.competition
        for side, label, name in ((pair.a, pair.label_a, pair.name_a), (pair.b, pair.label_b, pair.name_b)):
            if side is not None and side.competition_id == competition.pk:
                compared[side.user_id] = side
                # whoever is hidden in one of the pairs stays hidden here
                names[side.user_id] = label if label in {name, names.get(side.user_id)} else name
    if competition is None or len(compared) < 2:
        return None
    found: dict[int, list[Submission]] = {user: [] for user in compared}
    rows = Submission.entries.filter(competition=competition, user__in=found, type=Type.CODE, is_baseline=False)
    for submission in rows.order_by("submitted_at", "pk"):
        found[submission.user_id].append(submission)
    for user, side in compared.items():
        if side.pk not in {submission.pk for submission in found[user]}:
            found[user].append(side)
    times = [submission.submitted_at for handed_in in found.values() for submission in handed_in]
    start, end = min(times), max(times)
    span = max(end - start, timedelta(minutes=1))

    def place(at: datetime) -> float:
        return LEFT + WIDTH * ((at - start) / span)

    made = [
        Row(
            label=names[user][:18],
            y=f"{ROW * number + 18:.1f}",
            dots=tuple(
                Dot(x=f"{place(s.submitted_at):.1f}", at=s.submitted_at, pk=s.pk, is_compared=s.pk == compared[user].pk)
                for s in found[user]
            ),
        )
        for number, user in enumerate(sorted(found, key=lambda user: compared[user].submitted_at))
    ]
    is_inside = start <= competition.deadline <= end
    return Timeline(
        rows=tuple(made),
        start=start,
        end=end,
        height=ROW * len(made) + 34,
        deadline_x=f"{place(competition.deadline):.1f}" if is_inside else None,
    )
