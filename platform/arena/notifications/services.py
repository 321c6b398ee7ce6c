"""Tell one person one thing, in the caller's transaction."""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import Model

from arena.notifications.models import Notification


def notify(user: Model, code: str, *, params: Mapping[str, str], url: str = "") -> Notification:
    return Notification.objects.create(user_id=user.pk, code=code, params=dict(params), url=url)
