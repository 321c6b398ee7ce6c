"""What the gallery shows: the catalogue's models, their measured scores, and their rows on the reader's boards."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import groupby

from django.db.models import QuerySet

from arena.accounts.models import User
from arena.authoring.services import label_of
from arena.competitions.models import Competition
from arena.competitions.selectors import visible_competitions
from arena.courses.models import Role
from arena.leaderboards.models import BoardRow
from reference_models import catalogue


@dataclass(frozen=True, kw_only=True)
class Measured:
    """A score on a board of the catalogue, its standard deviation over seeds where it has any, and the library's own.

    `competition` is the one of that board, where the reader sees one.
    """

    board: str
    mean: float
    spread: float | None
    library: float | None
    competition: Competition | None = None


@dataclass(frozen=True, kw_only=True)
class Exhibit:
    model: catalogue.Model
    scores: list[Measured]

    @property
    def picture(self) -> str:
        """The path of the picture among the static files."""
        return f"gallery/{self.model.slug}.png"


def exhibit(slug: str, *, user: User) -> Exhibit | None:
    """The model of this slug, or None; its boards are those that the reader sees."""
    found = next((model for model in catalogue.MODELS if model.slug == slug), None)
    if found is None:
        return None
    seen = {c.slug: c for c in visible_competitions(user).filter(slug__in=found.boards)}
    made = _exhibit(found, catalogue.scores())
    return replace(made, scores=[replace(row, competition=seen.get(row.board)) for row in made.scores])


def groups() -> list[tuple[str, list[Exhibit]]]:
    """Every model under its heading, in the catalogue's order."""
    scores = catalogue.scores()
    return [
        (heading, [_exhibit(model, scores) for model in models])
        for heading, models in groupby(catalogue.MODELS, key=lambda model: model.group)
    ]


def _exhibit(model: catalogue.Model, scores: dict[str, dict[str, dict[str, float]]]) -> Exhibit:
    found = scores.get(model.path, {})
    rows = [
        Measured(
            board=name,
            mean=found[name]["mean"],
            spread=found[name]["spread"] if found[name]["seeds"] > 1 else None,
            library=found[name].get("library"),
        )
        for name in model.boards
        if name in found
    ]
    return Exhibit(model=model, scores=rows)


def rows_of(user: User, model: catalogue.Model) -> QuerySet[BoardRow]:
    """The model's baseline rows in the competitions that the reader sees."""
    rows = BoardRow.objects.filter(is_baseline=True, label=label_of(model.path))
    return rows.filter(competition__in=visible_competitions(user)).select_related("competition").order_by("competition")


def taught(user: User) -> QuerySet[Competition]:
    """The competitions to which the reader may add a baseline: those of courses that they instruct."""
    found = visible_competitions(user).order_by("slug")
    if user.is_superuser:
        return found
    return found.filter(course__enrolments__user=user, course__enrolments__role=Role.INSTRUCTOR)
