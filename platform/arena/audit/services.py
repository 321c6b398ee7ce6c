"""The one way to write the audit log."""

from __future__ import annotations

from django.db.models import Model

from arena.audit.models import Event


def record(action: str, target: Model, *, actor: Model | None, **details: object) -> Event:
    """Add one event in the caller's transaction, so that an act and its record stand or fall together."""
    return Event.objects.create(
        action=action, target=f"{target._meta.label_lower}:{target.pk}", actor=actor, details=details
    )
