"""Search the audit log, and write it out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from arena.audit.models import Event


def search(*, text: str = "", since: date | None = None, until: date | None = None) -> QuerySet[Event]:
    """Newest first. Each word must occur in the action, the object, the origin or the actor's name or address."""
    found = Event.objects.select_related("actor")
    for word in text.split():
        found = found.filter(
            Q(action__icontains=word)
            | Q(target__icontains=word)
            | Q(origin__icontains=word)
            | Q(actor__email__icontains=word)
            | Q(actor__name__icontains=word)
        )
    if since:
        found = found.filter(at__gte=_midnight(since))
    if until:
        found = found.filter(at__lt=_midnight(until + timedelta(days=1)))
    return found


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))


def as_lines(events: QuerySet[Event]) -> Iterator[str]:
    """One JSON object per line, oldest first, with all that the hashes cover."""
    for event in events.order_by("pk").iterator(1000):
        row = {
            "number": event.number, "at": event.at.isoformat(), "actor": event.actor_id,
            "actor_email": event.actor.email if event.actor else None, "action": event.action, "target": event.target,
            "details": event.details, "origin": event.origin, "hash": event.hash,
        }  # fmt: skip
        yield json.dumps(row, ensure_ascii=False, sort_keys=True) + "\n"
