"""Which of a course's rules its quizzes follow. The app that keeps the rules says so when it starts (`set_source`)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from arena.courses.models import Course


@dataclass(frozen=True, kw_only=True)
class QuizRules:
    """`ties` and `same_lecture` as in a scheme's `[quiz]`; the defaults are those of the preset."""

    ties: str = "shared"
    same_lecture: str = "summed"


Source = Callable[[Course], QuizRules]
_sources: list[Source] = []


def set_source(source: Source) -> None:
    """Ask this one for the rules from now on."""
    _sources[:] = [source]


def rules_of(course: Course) -> QuizRules:
    """The course's rules, or the defaults while nobody keeps any."""
    return _sources[0](course) if _sources else QuizRules()
