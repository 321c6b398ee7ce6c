"""What the header of every page shows of a person's notifications."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject


def unread(request: HttpRequest) -> dict[str, object]:
    """`n_unread`: how many notifications the person has not seen; asked of the database only where it is shown."""
    # an error page may be made before anybody knows who asks
    if not hasattr(request, "user") or not request.user.is_authenticated:
        return {}
    return {"n_unread": SimpleLazyObject(request.user.notifications.filter(read_at__isnull=True).count)}
