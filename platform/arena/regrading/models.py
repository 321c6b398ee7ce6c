"""Bulk regrades: shadow results first, then a decision."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from arena.competitions.models import Competition, Solution
from arena.gradebook.models import SchemeVersion
from arena.submissions.models import Attempt, Submission


class RegradeStatus(models.TextChoices):
    RUNNING = "running", _("running")
    PAUSED = "paused", _("paused")
    READY = "ready", _("ready for a decision")
    APPLIED = "applied", _("applied")
    CANCELLED = "cancelled", _("cancelled")
    ROLLED_BACK = "rolled_back", _("rolled back")


class Regrade(models.Model):
    """A set of submissions judged again beside their standing results, perhaps with proposed changes."""

    competition = models.ForeignKey(Competition, on_delete=models.PROTECT, related_name="regrades")
    reason = models.CharField(_("reason"), max_length=300)
    scores_only = models.BooleanField(_("reuse stored predictions"), default=False)
    # how often each program runs; the run with the median score counts
    n_runs = models.PositiveIntegerField(default=1)
    # what is proposed for the competition: metric, gate and limits by their names, and a new version of the labels
    changes = models.JSONField(default=dict, blank=True)
    solution = models.ForeignKey(Solution, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    # a proposed mark scheme (TOML), the version that it was proposed for, and the version that it became
    scheme = models.TextField(_("mark scheme"), blank=True)
    scheme_base = models.ForeignKey(SchemeVersion, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    scheme_applied = models.ForeignKey(SchemeVersion, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    # what the changes replaced when they were applied
    replaced = models.JSONField(default=dict, blank=True)
    status = models.CharField(max_length=12, choices=RegradeStatus, default=RegradeStatus.RUNNING)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    ready_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    # the difference as last computed, and the state of the results that it was computed from
    diff = models.JSONField(default=dict, blank=True)
    diff_of = models.CharField(max_length=80, blank=True)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"#{self.pk}"


class RegradeItem(models.Model):
    """One submission of a regrade: the result it had, the shadow attempt, and what stood when it was applied.

    The shadow is made when its turn comes. `runs` are all of them where each program runs more than once.
    """

    # the index below begins with it
    regrade = models.ForeignKey(Regrade, on_delete=models.CASCADE, related_name="items", db_index=False)
    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="+")
    base = models.ForeignKey(Attempt, null=True, on_delete=models.PROTECT, related_name="+")
    shadow = models.ForeignKey(Attempt, null=True, on_delete=models.PROTECT, related_name="regrade_items")
    runs = models.ManyToManyField(Attempt, related_name="regrade_runs")
    previous = models.ForeignKey(Attempt, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["regrade", "submission"], name="one_item_per_submission")]
        indexes = [models.Index(fields=["regrade", "shadow"])]

    def __str__(self) -> str:
        return f"{self.regrade_id}:{self.submission_id}"
