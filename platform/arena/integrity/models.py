"""Plagiarism runs and the pairs they found. A pair is evidence; a person decides."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from arena.competitions.models import Competition
from arena.submissions.models import Submission


class RunStatus(models.TextChoices):
    QUEUED = "queued", _("queued")
    RUNNING = "running", _("running")
    FINISHED = "finished", _("finished")
    FAILED = "failed", _("failed")


class PlagiarismRun(models.Model):
    """One comparison of the newest code of every student of a competition."""

    competition = models.ForeignKey(Competition, on_delete=models.CASCADE, related_name="plagiarism_runs")
    status = models.CharField(max_length=10, choices=RunStatus, default=RunStatus.QUEUED)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    n_submissions = models.PositiveIntegerField(default=0)
    skipped = models.JSONField(default=list)
    options = models.JSONField(default=dict)
    message = models.TextField(blank=True)
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"#{self.pk}"


class Decision(models.TextChoices):
    OPEN = "open", _("not decided")
    DISMISSED = "dismissed", _("dismissed")
    CONFIRMED = "confirmed", _("confirmed")


class SimilarPair(models.Model):
    """Two submissions and the lines they share (1-based, inclusive)."""

    run = models.ForeignKey(PlagiarismRun, on_delete=models.CASCADE, related_name="pairs")
    a = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="+")
    b = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="+")
    similarity = models.FloatField()
    spans = models.JSONField(default=list)
    decision = models.CharField(max_length=10, choices=Decision, default=Decision.OPEN)
    note = models.TextField(blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-similarity", "pk"]

    def __str__(self) -> str:
        return f"{self.a_id}~{self.b_id}"
