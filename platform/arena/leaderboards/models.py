"""The board as a table: one row per participant and competition, written when a score is recorded."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from arena.competitions.models import Competition, Team
from arena.submissions.models import Attempt, Submission


class Reproduced(models.TextChoices):
    WAITING = "waiting", _("being checked")
    YES = "reproduced", _("reproduced")
    TOLERATED = "tolerated", _("within tolerance")
    DIFFERS = "differs", _("differs")
    FAILED = "failed", _("failed")


class BoardRow(models.Model):
    """A participant's standing. `final` is the selected submission, else the best public one."""

    competition = models.ForeignKey(Competition, on_delete=models.CASCADE, related_name="board_rows")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    # a team has one row; `user` is then the member of the lowest id
    team = models.ForeignKey(Team, null=True, on_delete=models.SET_NULL, related_name="+")
    # the digest that all scores of the row were made under (`arena.competitions.definition`)
    definition = models.CharField(max_length=64, blank=True)
    is_baseline = models.BooleanField(default=False)
    is_ranked = models.BooleanField(default=True)
    is_disqualified = models.BooleanField(default=False)
    label = models.CharField(max_length=150, blank=True)
    best = models.ForeignKey(Submission, null=True, on_delete=models.CASCADE, related_name="+")
    public_score = models.FloatField(null=True)
    public_at = models.DateTimeField(null=True)
    final = models.ForeignKey(Submission, null=True, on_delete=models.CASCADE, related_name="+")
    private_score = models.FloatField(null=True)
    private_at = models.DateTimeField(null=True)
    interval = models.JSONField(null=True)
    # the public board at the moment when it froze
    frozen_score = models.FloatField(null=True)
    frozen_at = models.DateTimeField(null=True)
    # where the competition has a Ladder: the last step that counts, and the last one before the board froze
    released_score = models.FloatField(null=True)
    released_at = models.DateTimeField(null=True)
    frozen_released_score = models.FloatField(null=True)
    frozen_released_at = models.DateTimeField(null=True)
    n_frozen = models.PositiveIntegerField(default=0)
    frozen_last_at = models.DateTimeField(null=True)
    n_submissions = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["competition", "user", "label"], name="one_board_row_per_participant")
        ]

    def __str__(self) -> str:
        return f"{self.competition_id}/{self.user_id}"


class Reproduction(models.Model):
    """One check of final predictions: their code ran in the sandbox (`attempt`) and what it wrote was compared.

    Without code it failed at once and has no attempt. `agreement` is the share of equal rows, `difference` that of the
    private scores. Later checks add rows; the newest of a submission stands. Code that leaves things to chance may run with several
    seeds: `run` counts them from 0, which is the seed of its first run ever.
    """

    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="reproductions")
    attempt = models.ForeignKey(Attempt, null=True, on_delete=models.PROTECT, related_name="+")
    run = models.PositiveSmallIntegerField(default=0)
    verdict = models.CharField(max_length=10, choices=Reproduced, default=Reproduced.WAITING)
    agreement = models.FloatField(null=True)
    difference = models.FloatField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.submission_id} {self.verdict}"

    @property
    def agreement_percent(self) -> float | None:
        return None if self.agreement is None else 100 * self.agreement
