"""Who did what, when, to which object. Rows are only ever added."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class Event(models.Model):
    """One act of one person (or of the site, when there is no actor) on one object."""

    at = models.DateTimeField(auto_now_add=True, db_index=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    action = models.CharField(max_length=60, db_index=True)
    target = models.CharField(max_length=120, db_index=True)
    details = models.JSONField(default=dict)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.action} {self.target}"
