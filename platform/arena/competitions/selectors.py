"""Reads about competitions: what a person sees, and paths for the judge."""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import get_language

from arena.accounts.models import User
from arena.competitions.models import Competition, Solution
from arena.courses.selectors import courses_of, is_course_staff


def visible_competitions(user: User) -> QuerySet[Competition]:
    """Everything in the person's courses; a later row may be closed or not yet open, which its page says."""
    return Competition.objects.filter(course__in=courses_of(user)).select_related("course")


def is_private_visible(user: User, competition: Competition, *, at: datetime) -> bool:
    """Staff always see private scores; students only after the deadline and once staff have revealed them."""
    if is_course_staff(user, competition.course):
        return True
    return competition.is_private_board_shown and at > competition.deadline


def localised(competition: Competition, field: str) -> str:
    """`title`, `summary` or `description` in the reader's language, English where it has no Romanian."""
    if (get_language() or "en").startswith("ro"):
        return getattr(competition, f"{field}_ro") or getattr(competition, field)
    return getattr(competition, field)


def current_solution(competition: Competition) -> Solution:
    """The newest version of the hidden labels; raises `Solution.DoesNotExist` while there is none."""
    solution = competition.solutions.filter(is_proposed=False).order_by("-pk").first()
    if solution is None:
        raise Solution.DoesNotExist(f"{competition.slug} has no solution file yet")
    return solution


def data_folder(competition: Competition) -> Path:
    """A folder with the public files under their own names, for the sandbox to show read-only.

    Its name holds the files' hashes, so a changed file makes a new folder and a running job keeps the old one.
    """
    files = list(competition.files.all())
    key = "-".join([competition.slug, *(f.sha256[:8] for f in files)])
    folder = Path(settings.VAR) / "data" / key
    if not folder.exists():
        building = folder.with_name(f"{key}.{id(files)}.part")
        building.mkdir(parents=True)
        for public in files:
            shutil.copyfile(public.file.path, building / public.name)
        try:
            building.rename(folder)
        except OSError:  # another worker was faster, with the same content
            shutil.rmtree(building)
    return folder
