"""Competitions, their public files and their hidden solution."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from django.conf import settings
from django.core.files.storage import FileSystemStorage
from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from arena.competitions.metric_wording import explain_metric
from arena.courses.models import Course
from arena.lookalikes import skeleton


def hidden_storage() -> FileSystemStorage:
    """Where solutions lie: a folder of its own that no page, web server or sandbox reaches."""
    return FileSystemStorage(location=settings.HIDDEN_ROOT, base_url=None)


class Kind(models.TextChoices):
    PREDICTIONS = "predictions", _("predictions")
    CODE = "code", _("code")
    BOTH = "both", _("predictions or code")


class Competition(models.Model):
    """One task on one hidden test set. Limits are per run of a code submission."""

    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="competitions")
    slug = models.SlugField(unique=True)
    title = models.CharField(_("title"), max_length=200)
    title_ro = models.CharField(max_length=200, blank=True)
    summary = models.CharField(_("summary"), max_length=300, blank=True)
    summary_ro = models.CharField(max_length=300, blank=True)
    description = models.TextField(_("description"), blank=True, help_text=_("Markdown"))
    description_ro = models.TextField(blank=True)
    kind = models.CharField(max_length=12, choices=Kind, default=Kind.BOTH)
    metric = models.CharField(_("metric"), max_length=120, default="accuracy")
    id_column = models.CharField(max_length=40, default="id")
    opens_at = models.DateTimeField(_("opens"))
    deadline = models.DateTimeField(_("deadline"))
    # after each one's deadline; None: nothing is taken late
    late_hours = models.PositiveIntegerField(
        _("hours of late hand-ins"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    late_deduction = models.DecimalField(
        _("points off for each late day"),
        max_digits=4,
        decimal_places=2,
        default=Decimal(0),
        validators=[MinValueValidator(0)],
    )
    late_most = models.DecimalField(
        _("points off at most"),
        max_digits=4,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )
    # 1: everybody takes part alone
    team_size = models.PositiveIntegerField(
        _("members of a team at most"), default=1, validators=[MinValueValidator(1)]
    )
    teams_until = models.DateTimeField(_("teams may change until"), null=True, blank=True)
    daily_limit = models.PositiveIntegerField(_("submissions a day"), default=10)
    total_limit = models.PositiveIntegerField(_("submissions in all"), null=True, blank=True)
    n_final = models.PositiveIntegerField(_("final submissions that a student may choose"), default=1)
    is_lab_test = models.BooleanField(_("lab test"), default=False)
    is_project = models.BooleanField(_("counts as the project"), default=False)
    # the file name of the baseline that a project must exceed; empty: the best of all baselines
    gate_baseline = models.CharField(max_length=100, blank=True)
    # from then until the deadline students see the public board as it stood at that moment
    freezes_at = models.DateTimeField(_("board freezes"), null=True, blank=True)
    # what students read of public scores moves only by a clear improvement (`grader.ladder`)
    has_ladder = models.BooleanField(_("public scores by the Ladder"), default=False)
    is_private_board_shown = models.BooleanField(_("private board shown to students"), default=False)
    is_certainty_shown = models.BooleanField(_("students see how sure the bands are"), default=False)
    # final predictions must be made again by their code, up to this difference of the private score
    must_reproduce = models.BooleanField(_("final predictions must be reproduced by their code"), default=False)
    reproduction_tolerance = models.FloatField(
        _("tolerated difference of the score"), default=0.0, validators=[MinValueValidator(0)]
    )
    wall_time_s = models.PositiveIntegerField(_("time limit in seconds"), default=60)
    memory_mb = models.PositiveIntegerField(_("memory limit in MB"), default=2048)
    processes = models.PositiveIntegerField(_("process limit"), default=64)
    disk_mb = models.PositiveIntegerField(_("disk limit in MB"), default=512)
    output_mb = models.PositiveIntegerField(_("log limit in MB"), default=4)
    gpus = models.PositiveIntegerField(default=0)
    # programs fork from an interpreter that has done their imports; docs/security.md says what that gives up
    is_warm = models.BooleanField(_("warm start"), default=False)
    # a draft is seen by the course's staff alone
    is_published = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    # what may be a leak in the data and is right as it is: the finding's key -> the instructor's reason
    accepted_leaks = models.JSONField(default=dict, blank=True, editable=False)

    class Meta:
        ordering = ["deadline", "slug"]
        constraints = [
            models.UniqueConstraint(
                fields=["course"], condition=models.Q(is_project=True), name="one_project_per_course"
            )
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def late_time(self) -> timedelta:
        """For how long after a deadline something is still taken."""
        return timedelta(hours=self.late_hours or 0)

    @property
    def closes_at(self) -> datetime:
        """When nothing more is taken of anybody without an extension."""
        return self.deadline + self.late_time

    @property
    def has_teams(self) -> bool:
        return self.team_size > 1

    @property
    def teams_close_at(self) -> datetime:
        """Until when students form, join and leave teams; afterwards only the staff change them."""
        return self.teams_until or self.deadline


class PublicFile(models.Model):
    """A file that every member of the course may download and that a student's code sees."""

    competition = models.ForeignKey(Competition, on_delete=models.CASCADE, related_name="files")
    name = models.CharField(max_length=100)
    file = models.FileField(upload_to="competitions/")
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["competition", "name"], name="one_public_file_per_name")]

    def __str__(self) -> str:
        return self.name


class Solution(models.Model):
    """A version of the hidden labels. The newest that is not merely proposed judges; older ones stay: results name them."""

    competition = models.ForeignKey(Competition, on_delete=models.PROTECT, related_name="solutions")
    file = models.FileField(upload_to="solutions/", storage=hidden_storage)
    sha256 = models.CharField(max_length=64)
    n_rows = models.PositiveIntegerField()
    # proposed by a regrade that is not applied: it judges nothing else
    is_proposed = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.competition.slug} {self.sha256[:8]}"


class CheckState(models.TextChoices):
    CHECKING = "checking", _("being checked")
    GOOD = "good", _("checked")
    FAILED = "failed", _("failed")


class MetricProgram(models.Model):
    """A metric of the instructor's own, one version of it. `name` is what the competition and its results call it.

    It is text here and runs in the sandbox alone. `message`, `line` and `log` tell of its check, or of its last failure;
    `code` and `params` are for the translated sentence, and `warnings` are codes (see `metric_wording`).
    """

    competition = models.ForeignKey(Competition, on_delete=models.CASCADE, related_name="programs")
    text = models.TextField()
    direction = models.CharField(
        _("direction"), max_length=6, choices=[("higher", _("higher is better")), ("lower", _("lower is better"))]
    )
    name = models.CharField(max_length=40)
    state = models.CharField(max_length=8, choices=CheckState, default=CheckState.CHECKING)
    # when a worker was last asked to try it
    asked_at = models.DateTimeField(null=True, blank=True)
    message = models.TextField(blank=True)
    line = models.PositiveIntegerField(null=True, blank=True)
    log = models.TextField(blank=True)
    code = models.CharField(max_length=40, blank=True)
    params = models.JSONField(default=dict, blank=True)
    warnings = models.JSONField(default=list, blank=True)
    # what the sample submission scores by it
    public_score = models.FloatField(null=True, blank=True)
    private_score = models.FloatField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [models.UniqueConstraint(fields=["competition", "name"], name="one_row_per_metric_program")]

    def __str__(self) -> str:
        return self.name

    @property
    def said(self) -> str:
        """What came of its check, or its last failure, in the reader's language."""
        return explain_metric(self.code, self.params, fallback=self.message)

    @property
    def has_failed(self) -> bool:
        """Whether `said` tells of a failure of the program, not of what it refuses or of a sandbox that didn't start."""
        return bool(self.message) and self.code not in {"refuses_sample", "no_number_for_sample", "sandbox"}

    @property
    def warned(self) -> list[str]:
        return [explain_metric(code, {}, fallback=code) for code in self.warnings]


class Rules(models.Model):
    """A version of a competition's rules. Students accept the newest before their next submission."""

    competition = models.ForeignKey(Competition, on_delete=models.CASCADE, related_name="rules")
    version = models.PositiveIntegerField()
    text = models.TextField(_("rules"), help_text=_("Markdown"))
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-version"]
        constraints = [models.UniqueConstraint(fields=["competition", "version"], name="rules_versions_are_unique")]

    def __str__(self) -> str:
        return f"{self.competition.slug} {self.version}"


class RulesAcceptance(models.Model):
    """Who agreed to which version, and when."""

    rules = models.ForeignKey(Rules, on_delete=models.PROTECT, related_name="acceptances")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    accepted_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["rules", "user"], name="one_acceptance_per_version")]

    def __str__(self) -> str:
        return f"{self.user} {self.rules}"


class Extension(models.Model):
    """A later deadline for one student, with the reason."""

    competition = models.ForeignKey(Competition, on_delete=models.CASCADE, related_name="extensions")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    until = models.DateTimeField(_("new deadline"))
    reason = models.CharField(_("reason"), max_length=300)

    class Meta:
        ordering = ["-until"]
        constraints = [models.UniqueConstraint(fields=["competition", "user"], name="one_extension_per_student")]

    def __str__(self) -> str:
        return f"{self.user} {self.until:%Y-%m-%d %H:%M}"


class Post(models.Model):
    """An announcement of the staff, or a student's question with the staff's answer. Nothing is edited or removed."""

    competition = models.ForeignKey(Competition, on_delete=models.CASCADE, related_name="posts")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    is_question = models.BooleanField(default=False)
    # a question is seen by its author and the staff; an answer may be shown to everybody, without the name
    is_public = models.BooleanField(default=True)
    text = models.TextField(_("text"), max_length=4000, help_text=_("Markdown"))
    answer = models.TextField(_("answer"), max_length=4000, blank=True, help_text=_("Markdown"))
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return self.text[:60]


class Team(models.Model):
    """Students who take part in a competition together. `code` lets whoever knows it join."""

    competition = models.ForeignKey(Competition, on_delete=models.CASCADE, related_name="teams")
    name = models.CharField(_("name of the team"), max_length=40)
    # what all names that look like this one have in common
    name_key = models.CharField(max_length=160, editable=False)
    code = models.CharField(max_length=12)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["competition", "name_key"], name="team_names_look_different"),
            models.UniqueConstraint(fields=["competition", "code"], name="team_codes_differ"),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: object, **options: object) -> None:
        self.name_key = skeleton(self.name)
        super().save(*args, **options)


class TeamMember(models.Model):
    """Who is in a team. The competition stands here too, so that the database keeps a person to one team of it."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="members")
    competition = models.ForeignKey(Competition, on_delete=models.CASCADE, related_name="team_members")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    joined_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["user"]
        constraints = [models.UniqueConstraint(fields=["competition", "user"], name="one_team_per_person")]

    def __str__(self) -> str:
        return f"{self.user} {self.team}"


class TeamInvitation(models.Model):
    """An invitation that waits for its answer; then the row goes, and the audit log keeps what became of it."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="invitations")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["team", "user"], name="one_invitation_per_person")]

    def __str__(self) -> str:
        return f"{self.user} {self.team}"
