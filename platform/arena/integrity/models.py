"""Plagiarism runs, the pairs they found, and cases. A pair is evidence; a person decides, in a case.

A case keeps a frozen copy of its evidence with hashes, so that what was decided on stays what it was: deleting a run
or handing in again changes nothing. Everybody in a case answers and appeals for himself.
"""

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
    """Two submissions and the lines they share (1-based, inclusive). Names are hidden until somebody reveals them.

    `decision` is a first look, kept by later runs; what weighs on a student is decided in a case.

    `other_signals` holds what `integrity.other_signals` found, for pairs worth a look. `common` holds, for "a" and "b", the lines of starter code or of what much of the class wrote, by file.
    """

    run = models.ForeignKey(PlagiarismRun, on_delete=models.CASCADE, related_name="pairs")
    a = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="+")
    b = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="+")
    similarity = models.FloatField()
    expected = models.FloatField(null=True)
    signals = models.JSONField(default=dict)
    is_new = models.BooleanField(default=False)
    revealed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    revealed_at = models.DateTimeField(null=True)
    spans = models.JSONField(default=list)
    common = models.JSONField(default=dict)
    other_signals = models.JSONField(default=dict)
    decision = models.CharField(max_length=10, choices=Decision, default=Decision.OPEN)
    note = models.TextField(blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-similarity", "pk"]

    def __str__(self) -> str:
        return f"{self.a_id}~{self.b_id}"

    @property
    def longest(self) -> int:
        """Lines of the longest shared region."""
        return max((span["end_a"] - span["start_a"] + 1 for span in self.spans), default=0)


class StoredFingerprint(models.Model):
    """A submission's fingerprint, so that a later run reads no file twice; of use while `scheme` is the engine's."""

    submission = models.OneToOneField(Submission, on_delete=models.CASCADE, related_name="fingerprint")
    scheme = models.PositiveIntegerField()
    data = models.BinaryField()

    def __str__(self) -> str:
        return f"{self.submission_id} ({self.scheme})"


class CaseStatus(models.TextChoices):
    OPEN = "open", _("open")
    DECIDED = "decided", _("decided")
    APPEALED = "appealed", _("appealed")
    CLOSED = "closed", _("closed after an appeal")


class Outcome(models.TextChoices):
    DISMISSED = "dismissed", _("dismissed")
    WARNING = "warning", _("warning")
    PENALTY = "penalty", _("penalty: the project does not count")


class Case(models.Model):
    """Suspicion against some students of a competition, until it is decided. Marks are withheld while it is pending."""

    competition = models.ForeignKey(Competition, on_delete=models.PROTECT, related_name="cases")
    status = models.CharField(max_length=10, choices=CaseStatus, default=CaseStatus.OPEN)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"#{self.pk}"

    @property
    def is_pending(self) -> bool:
        return self.status in {CaseStatus.OPEN, CaseStatus.APPEALED}


class CaseParty(models.Model):
    """One student of a case: what the student says, what was decided for this student, and the appeal."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="parties")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="integrity_cases")
    answer = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=10, choices=Outcome, blank=True)
    reason = models.TextField(blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    appeal = models.TextField(blank=True)
    appealed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["case", "user"], name="one_party_per_case_and_user")]

    def __str__(self) -> str:
        return f"{self.case_id}: {self.user_id}"


class CaseEvidence(models.Model):
    """A frozen pair: `document` holds sources, regions and figures; `sha256` is that of its canonical JSON."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="evidence")
    document = models.JSONField()
    sha256 = models.CharField(max_length=64)
    added_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["case", "sha256"], name="evidence_once_per_case")]

    def __str__(self) -> str:
        return self.sha256[:12]


class CaseNote(models.Model):
    """What staff write for each other; students never see it."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="notes")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    text = models.TextField()
    written_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.case_id}: {self.text[:40]}"
