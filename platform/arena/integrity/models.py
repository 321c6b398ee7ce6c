"""Plagiarism runs, the pairs they found, and cases. A pair is evidence; a person decides, in a case.

A case keeps a frozen copy of its evidence with hashes, so that what was decided on stays what it was: deleting a run
or handing in again changes nothing. Everybody in a case answers and appeals for himself.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from arena.competitions.models import Competition
from arena.courses.models import Course
from arena.submissions.models import Submission


class CollectionKind(models.TextChoices):
    STARTER = "starter", _("starter code")
    PUBLIC = "public", _("public source")
    PAST = "past", _("earlier term")


class Collection(models.Model):
    """Code that a course knows. Starter code is of one competition and counts for nothing; the rest is compared with."""

    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="known_code")
    competition = models.ForeignKey(Competition, null=True, on_delete=models.CASCADE, related_name="starter_code")
    kind = models.CharField(max_length=8, choices=CollectionKind)
    name = models.CharField(_("name"), max_length=200)
    address = models.URLField(_("address"), max_length=500, blank=True)
    note = models.TextField(_("licence and notes"), blank=True)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["kind", "name", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind="starter", competition__isnull=False)
                | (~models.Q(kind="starter") & models.Q(competition__isnull=True)),
                name="starter_code_is_of_a_competition",
            )
        ]

    def __str__(self) -> str:
        return self.name


class Work(models.Model):
    """One program of a collection. Whoever wrote it in an earlier term is a number. `fingerprint` is of use while `scheme` is the engine's."""

    collection = models.ForeignKey(Collection, on_delete=models.CASCADE, related_name="works")
    name = models.CharField(max_length=200)
    scheme = models.PositiveIntegerField(default=0)
    fingerprint = models.BinaryField(default=bytes)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.collection.name if self.name == self.collection.name else f"{self.collection.name}: {self.name}"


class WorkFile(models.Model):
    """A file of a work; in the database, so that no web server reaches it and it goes with its collection."""

    work = models.ForeignKey(Work, on_delete=models.CASCADE, related_name="files")
    name = models.CharField(max_length=200)
    data = models.BinaryField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["work", "name"], name="one_file_per_name_in_a_work")]

    def __str__(self) -> str:
        return self.name


class RunStatus(models.TextChoices):
    QUEUED = "queued", _("queued")
    RUNNING = "running", _("running")
    FINISHED = "finished", _("finished")
    FAILED = "failed", _("failed")


class PlagiarismRun(models.Model):
    """One comparison of the newest code of every student of a competition.

    `histogram` counts all pairs with evidence by similarity, in equal steps from 0 to 1; only the first ones are kept as rows.
    """

    competition = models.ForeignKey(Competition, on_delete=models.CASCADE, related_name="plagiarism_runs")
    status = models.CharField(max_length=10, choices=RunStatus, default=RunStatus.QUEUED)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    n_submissions = models.PositiveIntegerField(default=0)
    skipped = models.JSONField(default=list)
    histogram = models.JSONField(default=list)
    options = models.JSONField(default=dict)
    message = models.TextField(blank=True)
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)
    # who compares (see `runs`): a fencing token, and when a sign of life or, while it is queued, a bell was last given
    token = models.UUIDField(null=True, blank=True)
    seen_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"#{self.pk}"


class Decision(models.TextChoices):
    OPEN = "open", _("not decided")
    DISMISSED = "dismissed", _("dismissed")
    CONFIRMED = "confirmed", _("confirmed")


class SimilarPair(models.Model):
    """A submission, another one or a known work, and the lines they share (1-based, inclusive). Names are hidden until
    somebody reveals them.

    `decision` is a first look, kept by later runs; what weighs on a student is decided in a case.

    `shares` holds the part of the lines of "a" and of "b" that lies in shared regions. `other_signals` holds what `integrity.other_signals` found, for pairs worth a look. `common` holds, for "a" and "b", the lines of starter code or of what much of the class wrote, by file.
    """

    run = models.ForeignKey(PlagiarismRun, on_delete=models.CASCADE, related_name="pairs")
    a = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="+")
    b = models.ForeignKey(Submission, null=True, on_delete=models.CASCADE, related_name="+")
    work = models.ForeignKey(Work, null=True, on_delete=models.CASCADE, related_name="+")
    similarity = models.FloatField()
    expected = models.FloatField(null=True)
    signals = models.JSONField(default=dict)
    shares = models.JSONField(default=dict)
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
        constraints = [
            models.CheckConstraint(
                condition=models.Q(b__isnull=True, work__isnull=False) | models.Q(b__isnull=False, work__isnull=True),
                name="a_pair_has_one_other_side",
            )
        ]

    def __str__(self) -> str:
        return f"{self.label_a} · {self.label_b}"

    @property
    def label_a(self) -> str:
        return f"#{self.a_id}"

    @property
    def label_b(self) -> str:
        """Names nobody: a number of a submission, or a known work."""
        return f"#{self.b_id}" if self.b_id else str(self.work)

    @property
    def name_a(self) -> str:
        """The person, once revealed."""
        return self.a.user.name if self.revealed_at else self.label_a

    @property
    def name_b(self) -> str:
        return self.b.user.name if self.revealed_at and self.b else self.label_b

    @property
    def who(self) -> tuple[str, str]:
        """Both sides beyond this run: people by their number, works by theirs."""
        one, other = str(self.a.user_id), str(self.b.user_id) if self.b else f"w{self.work_id}"
        return (one, other) if one <= other else (other, one)

    @property
    def containment(self) -> float:
        """The larger share: how much of one lies in the other."""
        return max(self.shares.values(), default=0.0)

    @property
    def mean_share(self) -> float:
        return sum(self.shares.values()) / len(self.shares) if self.shares else 0.0

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
