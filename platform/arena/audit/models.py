"""Who did what, when, from where, to which object. Rows are only ever added, and sealed into a chain of hashes."""

from __future__ import annotations

from typing import Any, NoReturn

from django.conf import settings
from django.db import models


class AppendOnly(Exception):
    """Somebody tried to change or remove what happened."""


class EventQuerySet(models.QuerySet["Event"]):
    """No bulk way around the rule either."""

    def update(self, **values: object) -> NoReturn:
        raise AppendOnly("events are never changed")

    def delete(self) -> NoReturn:
        raise AppendOnly("events are never removed")


class Event(models.Model):
    """One act of one person (or of the site, when there is no actor) on one object.

    `number` and `hash` come when it is sealed, a moment after it was committed: the hash covers the event and the hash
    of the one before, so that whoever changes, removes or slips in a row breaks the chain from there on.
    """

    at = models.DateTimeField(auto_now_add=True, db_index=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    action = models.CharField(max_length=60, db_index=True)
    target = models.CharField(max_length=120, db_index=True)
    details = models.JSONField(default=dict)
    # an IP address, or the command that was run
    origin = models.CharField(max_length=60, blank=True)
    number = models.PositiveBigIntegerField(null=True, unique=True, editable=False)
    hash = models.CharField(max_length=64, blank=True, editable=False)

    objects = EventQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.action} {self.target}"

    def save(self, *args: Any, **options: Any) -> None:
        if self.pk is not None:
            raise AppendOnly("events are never changed")
        super().save(*args, **options)

    def delete(self, *args: Any, **options: Any) -> NoReturn:
        raise AppendOnly("events are never removed")


class Head(models.Model):
    """The end of the chain: how many events are sealed, and the last hash. There is one row."""

    number = models.PositiveBigIntegerField(default=0)
    hash = models.CharField(max_length=64, blank=True)

    def __str__(self) -> str:
        return f"{self.number} {self.hash[:12]}"
