"""Signs of life of processes that nobody can ask."""

from __future__ import annotations

from django.db import models


class Heartbeat(models.Model):
    """When a process last said that it works. Workers need none: they answer the broker's ping."""

    name = models.CharField(max_length=40, unique=True)
    host = models.CharField(max_length=120, blank=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name
