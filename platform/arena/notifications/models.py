"""Short messages to one person, shown on the site."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class Notification(models.Model):
    """`code` names the wording (see `texts`), so that each reader gets it in a language of their own."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notifications")
    code = models.CharField(max_length=60)
    params = models.JSONField(default=dict)
    url = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.code} -> {self.user_id}"
