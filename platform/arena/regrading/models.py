"""Bulk regrades: shadow results first, then a decision."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from arena.competitions.models import Competition
from arena.submissions.models import Attempt, Submission


class RegradeStatus(models.TextChoices):
    RUNNING = "running", _("running")
    READY = "ready", _("ready for a decision")
    APPLIED = "applied", _("applied")
    CANCELLED = "cancelled", _("cancelled")
    ROLLED_BACK = "rolled_back", _("rolled back")


class Regrade(models.Model):
    """A set of submissions judged again beside their standing results."""

    competition = models.ForeignKey(Competition, on_delete=models.PROTECT, related_name="regrades")
    reason = models.CharField(_("reason"), max_length=300)
    scores_only = models.BooleanField(_("reuse stored predictions"), default=False)
    status = models.CharField(max_length=12, choices=RegradeStatus, default=RegradeStatus.RUNNING)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"#{self.pk}"


class RegradeItem(models.Model):
    """One submission of a regrade: the shadow attempt and the result that stood when it was applied."""

    regrade = models.ForeignKey(Regrade, on_delete=models.CASCADE, related_name="items")
    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="+")
    shadow = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="+")
    previous = models.ForeignKey(Attempt, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["regrade", "submission"], name="one_item_per_submission")]

    def __str__(self) -> str:
        return f"{self.regrade_id}:{self.submission_id}"
