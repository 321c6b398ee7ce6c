"""How many submissions an entrant has left, today and in all, counted from midnight in the course's time zone."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings

from arena.accounts.models import User
from arena.competitions.entrants import mates
from arena.competitions.models import Competition
from arena.submissions.models import Submission


def quota_left(user: User, competition: Competition, *, at: datetime) -> int:
    """How many submissions the entrant still has today, counted from midnight in the course's time zone."""
    midnight = local_midnight(at)
    used = Submission.entries.filter(
        competition=competition,
        user__in=mates(user.pk, competition),
        counts_for_quota=True,
        submitted_at__gte=midnight,
    )
    return max(0, competition.daily_limit - used.count())


def total_left(user: User, competition: Competition) -> int | None:
    """How many submissions the entrant still has in the whole competition; None without such a limit."""
    if competition.total_limit is None:
        return None
    entrant = mates(user.pk, competition)
    used = Submission.entries.filter(competition=competition, user__in=entrant, counts_for_quota=True)
    return max(0, competition.total_limit - used.count())


def local_midnight(at: datetime) -> datetime:
    local = at.astimezone(ZoneInfo(settings.TIME_ZONE))
    return local.replace(hour=0, minute=0, second=0, microsecond=0)


def quota_resets_at(at: datetime) -> datetime:
    return local_midnight(local_midnight(at) + timedelta(hours=36))
