"""The one way to write the audit log."""

from __future__ import annotations

from django.db.models import Model

from arena.audit.models import Event
from arena.audit.origins import origin


def record(action: str, target: Model, *, actor: Model | None, **details: object) -> Event:
    """Add one event in the caller's transaction, so that an act and its record stand or fall together."""
    return record_named(action, f"{target._meta.label_lower}:{target.pk}", actor=actor, **details)


def record_named(action: str, target: str, *, actor: Model | None, **details: object) -> Event:
    """The same for an object that is gone or was never a row: `app.model:key`."""
    return Event.objects.create(action=action, target=target[:120], actor=actor, details=details, origin=origin()[:60])
