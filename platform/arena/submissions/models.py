"""Submissions and the attempts to judge them.

A submission's row is the truth, the broker only a doorbell. Each dispatch is an `Attempt` with a lease and a fencing
token: whoever records a result must still hold the token of a running attempt, so a late or doubled result is dropped.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from arena.competitions.metric_wording import explain_metric
from arena.competitions.models import Competition, Solution

# the code of an attempt on whose predictions the competition's own metric failed; its verdict is that of our faults
METRIC_FAILED = "metric_failed"


class Status(models.TextChoices):
    QUEUED = "queued", _("queued")
    RUNNING = "running", _("running")
    FINISHED = "finished", _("finished")
    CANCELLED = "cancelled", _("cancelled")


class VerdictChoice(models.TextChoices):
    """The words of `grader.outcome.Verdict`, with names for people."""

    OK = "ok", _("scored")
    TIME_LIMIT = "time_limit", _("time limit")
    MEMORY_LIMIT = "memory_limit", _("memory limit")
    PROCESS_LIMIT = "process_limit", _("process limit")
    OUTPUT_LIMIT = "output_limit", _("log limit")
    DISK_LIMIT = "disk_limit", _("disk limit")
    RUNTIME_ERROR = "runtime_error", _("runtime error")
    MISSING_OUTPUT = "missing_output", _("no predictions written")
    INVALID_OUTPUT = "invalid_output", _("unusable output")
    INVALID_PREDICTIONS = "invalid_predictions", _("invalid predictions")
    SANDBOX_FAULT = "sandbox_fault", _("fault of ours")


class Type(models.TextChoices):
    PREDICTIONS = "predictions", _("predictions")
    CODE = "code", _("code")


class Use(models.TextChoices):
    """What a submission is for. Only an entry stands on boards, in limits, in marks and in comparisons."""

    ENTRY = "entry", _("for the board")
    PRACTICE = "practice", _("practice run")
    SOURCE = "source", _("code of predictions")


class Entries(models.Manager["Submission"]):
    """Leaves out practice runs, which are nobody's business but their author's, and code that only explains predictions."""

    def get_queryset(self) -> models.QuerySet[Submission]:
        return super().get_queryset().filter(use=Use.ENTRY)


class Submission(models.Model):
    """What one person handed in at one time. Scores and verdict are those of `result`, copied for fast boards.

    `entries`, which related names such as `competition.submissions` follow, leaves out what is no entry; `objects` has all.
    """

    competition = models.ForeignKey(Competition, on_delete=models.PROTECT, related_name="submissions")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="submissions")
    type = models.CharField(max_length=12, choices=Type)
    use = models.CharField(max_length=8, choices=Use, default=Use.ENTRY)
    comment = models.CharField(_("comment"), max_length=200, blank=True)
    submitted_at = models.DateTimeField(db_index=True)
    status = models.CharField(max_length=10, choices=Status, default=Status.QUEUED)
    verdict = models.CharField(max_length=20, choices=VerdictChoice, blank=True)
    message = models.TextField(blank=True)
    public_score = models.FloatField(null=True, blank=True)
    private_score = models.FloatField(null=True, blank=True)
    # of the scores: under which metric and labels they were made
    definition = models.CharField(max_length=64, blank=True)
    is_baseline = models.BooleanField(default=False)
    is_ranked = models.BooleanField(default=True)
    is_selected = models.BooleanField(default=False)
    # a person who takes it back, or staff who disqualify it with a reason: then it counts on no board
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    disqualified_for = models.CharField(_("reason"), max_length=300, blank=True)
    # our faults refund a submission
    counts_for_quota = models.BooleanField(default=True)
    entry = models.CharField(max_length=100, blank=True)
    # of predictions: the code that made them
    code = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    # names one sending of one upload (see `intake.sending`), so that a second click or a second try is no second submission
    sending = models.CharField(max_length=64, blank=True)
    result = models.ForeignKey("Attempt", null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    objects = models.Manager()
    entries = Entries()

    class Meta:
        default_manager_name = "entries"
        ordering = ["-submitted_at", "-pk"]
        indexes = [models.Index(fields=["competition", "user", "submitted_at"])]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "sending"], condition=~Q(sending=""), name="one_submission_of_a_sending"
            )
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"

    @property
    def is_finished(self) -> bool:
        return self.status in {Status.FINISHED, Status.CANCELLED}

    @property
    def may_count(self) -> bool:
        """Neither withdrawn nor disqualified; its author may still be."""
        return self.withdrawn_at is None and not self.disqualified_for


class Release(models.Model):
    """What its author reads of a submission's public score where the competition has a Ladder (`grader.ladder`).

    The board writes it. `is_step`: this submission made the step to the score, which otherwise an earlier one did.
    """

    submission = models.OneToOneField(Submission, on_delete=models.CASCADE, primary_key=True, related_name="release")
    score = models.FloatField()
    is_step = models.BooleanField()

    def __str__(self) -> str:
        return f"{self.submission_id} {self.score}"


class Disqualification(models.Model):
    """A participant whom the staff took out of a competition's ranking; none is removed when it is lifted."""

    competition = models.ForeignKey(Competition, on_delete=models.PROTECT, related_name="disqualifications")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(_("reason"), max_length=300)
    created_at = models.DateTimeField(auto_now_add=True)
    lifted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["competition", "user"],
                condition=Q(lifted_at__isnull=True),
                name="one_disqualification_at_a_time",
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.reason}"


class SubmissionFile(models.Model):
    """One uploaded file, byte for byte. The name is the student's; the path on disk is ours."""

    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="files")
    name = models.CharField(max_length=100)
    role = models.CharField(max_length=12, choices=[(r, r) for r in ("source", "report", "predictions")])
    file = models.FileField(upload_to="submissions/%Y/%m/")
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64, db_index=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Purpose(models.TextChoices):
    LIVE = "live", _("live")
    SHADOW = "shadow", _("regrade")


class Attempt(models.Model):
    """One try at judging a submission. A shadow attempt records its scores here and touches nothing else."""

    # the constraint below has an index that begins with it
    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="attempts", db_index=False)
    number = models.PositiveIntegerField()
    purpose = models.CharField(max_length=8, choices=Purpose, default=Purpose.LIVE)
    # scores only: judge this attempt's stored predictions again instead of running the code
    reuses = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=10, choices=Status, default=Status.QUEUED)
    token = models.UUIDField(null=True, blank=True)
    worker = models.CharField(max_length=120, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    faults = models.PositiveIntegerField(default=0)
    # after a fault of ours it rests for a while; a person may hold it back until they let it go
    not_before = models.DateTimeField(null=True, blank=True)
    is_held = models.BooleanField(default=False)
    # what a regrade proposes instead of the competition's own: metric, solution (its id), limits by their names; the
    # seed of a further check
    overrides = models.JSONField(default=dict, blank=True)
    # part of a batch that nobody sits and waits for: people's attempts go first
    in_background = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    enqueued_at = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True, db_index=True)
    verdict = models.CharField(max_length=20, choices=VerdictChoice, blank=True)
    code = models.CharField(max_length=60, blank=True)
    message = models.TextField(blank=True)
    # what fills the translated sentence of `code`, or of the verdict
    params = models.JSONField(default=dict, blank=True)
    public_score = models.FloatField(null=True, blank=True)
    private_score = models.FloatField(null=True, blank=True)
    interval = models.JSONField(null=True, blank=True)
    n_rows = models.PositiveIntegerField(null=True, blank=True)
    stdout = models.TextField(blank=True)
    stderr = models.TextField(blank=True)
    wall_time_s = models.FloatField(null=True, blank=True)
    cpu_time_s = models.FloatField(null=True, blank=True)
    peak_memory_bytes = models.PositiveBigIntegerField(null=True, blank=True)
    exit_code = models.IntegerField(null=True, blank=True)
    predictions = models.FileField(upload_to="predictions/%Y/%m/", blank=True)
    predictions_sha256 = models.CharField(max_length=64, blank=True)
    solution = models.ForeignKey(Solution, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    metric = models.CharField(max_length=120, blank=True)
    # under which definition the scores were made (`arena.competitions.definition`)
    definition = models.CharField(max_length=64, blank=True)
    runtime_sha256 = models.CharField(max_length=64, blank=True)
    # what the run was: `grader.sandbox.record`
    record = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["submission", "number"], name="attempt_numbers_are_unique"),
            models.CheckConstraint(
                condition=~Q(status="running") | (Q(token__isnull=False) & Q(lease_until__isnull=False)),
                name="a_running_attempt_has_a_lease",
            ),
        ]
        indexes = [models.Index(fields=["status", "lease_until"])]

    def __str__(self) -> str:
        return f"{self.submission_id}.{self.number}"


class MetricFailure(models.Model):
    """The competition's own metric failed on what an attempt predicted. For the staff: the text may quote hidden labels.

    `is_refunded`: the submission didn't count against the limit (see `metric_failures`).
    """

    attempt = models.OneToOneField(Attempt, on_delete=models.CASCADE, primary_key=True, related_name="metric_failure")
    message = models.TextField()
    code = models.CharField(max_length=40, blank=True)
    params = models.JSONField(default=dict, blank=True)
    line = models.PositiveIntegerField(null=True, blank=True)
    log = models.TextField(blank=True)
    is_refunded = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.attempt_id} {self.message}"

    @property
    def said(self) -> str:
        return explain_metric(self.code, self.params, fallback=self.message)


class Worker(models.Model):
    """A worker process and what it can do; it says so again every beat. A draining one takes no more work."""

    name = models.CharField(max_length=120, unique=True)
    host = models.CharField(max_length=120)
    pid = models.PositiveIntegerField()
    lanes = models.JSONField(default=list)
    processes = models.PositiveIntegerField(default=1)
    abilities = models.JSONField(default=dict)
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    is_draining = models.BooleanField(default=False)
    # how often it found itself hanging (see `watchdog`)
    restarts = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
