"""Reads about competitions: what a person sees, and paths for the judge."""

from __future__ import annotations

import hashlib
import json
import shutil
import uuid
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils.translation import get_language

from arena.accounts.models import User
from arena.competitions.entrants import mates
from arena.competitions.models import Competition, Rules, Solution
from arena.courses.models import STAFF_ROLES, Enrolment
from arena.courses.selectors import courses_of, is_course_staff
from grader.metrics import get_metric

MAX_HEADER_BYTES = 2**16


def visible_competitions(user: User) -> QuerySet[Competition]:
    """Everything in the person's courses; one may be closed or not yet open, which its page says. Staff see drafts."""
    found = Competition.objects.filter(course__in=courses_of(user)).select_related("course")
    if user.is_superuser:
        return found
    staffed = Enrolment.objects.filter(user=user, role__in=STAFF_ROLES).values("course")
    return found.filter(Q(is_published=True) | Q(course__in=staffed))


def state_of(competition: Competition, *, at: datetime) -> str:
    """`draft`, `soon`, `open`, `late` (only late hand-ins are taken) or `closed`."""
    if not competition.is_published:
        return "draft"
    if competition.opens_at > at:
        return "soon"
    return "closed" if competition.closes_at < at else "late" if competition.deadline < at else "open"


def deadline_for(user: User, competition: Competition) -> datetime:
    """This person's deadline: an extension counts if it is later, also a team-mate's."""
    extensions = competition.extensions.filter(user__in=mates(user.pk, competition))
    extended = extensions.order_by("-until").values_list("until", flat=True).first()
    return max(competition.deadline, extended) if extended else competition.deadline


def closes_for(user: User, competition: Competition) -> datetime:
    """When nothing more is taken of this person, and what counts is settled: late hand-ins are over too."""
    return deadline_for(user, competition) + competition.late_time


def rules_to_accept(user: User, competition: Competition) -> Rules | None:
    """The newest rules if they say something and the person has not agreed to them yet."""
    newest = competition.rules.first()
    if newest is None or not newest.text or newest.acceptances.filter(user=user).exists():
        return None
    return newest


def is_private_visible(user: User, competition: Competition, *, at: datetime) -> bool:
    """Staff always see private scores; students only once they can't hand in any more and staff have revealed them."""
    if is_course_staff(user, competition.course):
        return True
    return competition.is_private_board_shown and at > closes_for(user, competition)


def is_frozen_for(user: User, competition: Competition, *, at: datetime) -> bool:
    """Whether this person sees the public board as it stood when it froze; staff see it live."""
    if competition.freezes_at is None or not competition.freezes_at <= at <= competition.deadline:
        return False
    return not is_course_staff(user, competition.course)


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


def is_own_metric(name: str) -> bool:
    """Whether a metric is an instructor's program, which runs in the sandbox."""
    return get_metric(name).takes == "own"


def metric_program(competition: Competition, name: str) -> bytes | None:
    """The program that a metric's name means; None for the site's own metrics. Raises `MetricProgram.DoesNotExist`."""
    return competition.programs.get(name=name).text.encode() if is_own_metric(name) else None


def data_folder(competition: Competition) -> Path:
    """A folder with the public files under their own names, for the sandbox to show read-only.

    It is named by one hash over the files' names and hashes: a changed or renamed file makes a new folder, a running job
    keeps the old one, and no number of files makes the name too long.
    """
    files = list(competition.files.all())
    known = json.dumps(sorted((f.name, f.sha256) for f in files))
    key = f"{competition.slug}-{hashlib.sha256(known.encode()).hexdigest()[:32]}"
    folder = Path(settings.VAR) / "data" / key
    if not folder.exists():
        building = folder.with_name(f"{key}.{uuid.uuid4().hex}.part")
        building.mkdir(parents=True)
        for public in files:
            shutil.copyfile(public.file.path, building / public.name)
        try:
            building.rename(folder)
        except OSError:  # another worker was faster, with the same content
            shutil.rmtree(building)
    return folder


def n_target_columns(competition: Competition) -> int:
    """How many columns a submission predicts, by the sample that everybody may download; 1 where there is none."""
    sample = competition.files.filter(name="sample_submission.csv").first()
    if sample is None:
        return 1
    with sample.file.open("rb") as file:
        return max(1, len(file.readline(MAX_HEADER_BYTES).split(b",")) - 1)
