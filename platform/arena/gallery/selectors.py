"""What the gallery shows: the catalogue's models, their measured scores, and their rows on the reader's boards."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import groupby

from django.db.models import QuerySet

from arena.accounts.models import User
from arena.authoring.services import label_of
from arena.competitions.models import Competition
from arena.competitions.public_scores import PublicScores
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
    metric: str
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


@dataclass(frozen=True, kw_only=True)
class Standing:
    """A board that the model was measured on, or stands on as a baseline (`public_score`, as the reader gets it), or both."""

    board: str
    competition: Competition | None
    measured: Measured | None
    public_score: float | None


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
            metric=catalogue.METRICS.get(name, "accuracy"),
            mean=found[name]["mean"],
            spread=found[name]["spread"] if found[name]["seeds"] > 1 else None,
            library=found[name].get("library"),
        )
        for name in model.boards
        if name in found
    ]
    return Exhibit(model=model, scores=rows)


def standings(found: Exhibit, *, user: User) -> list[Standing]:
    """The model's boards with its baseline's row on each, then other competitions that the reader sees it on."""
    baselines = BoardRow.objects.filter(is_baseline=True, label=label_of(found.model.path))
    seen = baselines.filter(competition__in=visible_competitions(user)).select_related("competition__course")
    scores = {
        row.competition: PublicScores(row.competition, user).shown(row.public_score)
        for row in seen.order_by("competition")
    }
    made = [
        Standing(
            board=score.board,
            competition=score.competition,
            measured=score,
            public_score=scores.pop(score.competition, None) if score.competition else None,
        )
        for score in found.scores
    ]
    others = [
        Standing(board=competition.slug, competition=competition, measured=None, public_score=shown)
        for competition, shown in scores.items()
    ]
    return made + others


def taught(user: User) -> QuerySet[Competition]:
    """The competitions to which the reader may add a baseline: those of courses that they instruct."""
    found = visible_competitions(user).order_by("slug")
    if user.is_superuser:
        return found
    return found.filter(course__enrolments__user=user, course__enrolments__role=Role.INSTRUCTOR)
