"""The mark scheme's versions and the marks that people enter."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from arena.competitions.models import Competition
from arena.courses.models import Course, Enrolment


class SchemeVersion(models.Model):
    """A version of a course's rules as a TOML document; the newest one counts."""

    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="schemes")
    document = models.TextField()
    reason = models.CharField(max_length=300)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.course.slug} v{self.pk}"


class Component(models.TextChoices):
    LAB_TEST = "lab_test", _("lab test")
    OTHER_LAB = "other_lab", _("lab mark of the other subject")
    EXAM = "exam", _("exam")
    DEDUCTION = "deduction", _("deduction for presentation")


class EnteredMark(models.Model):
    """A mark (1..10) or deduction (0..2) that a person entered. Every change is in the audit log."""

    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="entered_marks")
    component = models.CharField(max_length=12, choices=Component)
    value = models.DecimalField(max_digits=5, decimal_places=2)
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["enrolment", "component"], name="one_entered_mark_per_component")
        ]

    def __str__(self) -> str:
        return f"{self.component} {self.value}"


class LabTarget(models.Model):
    """The score on a lab test's private board that gives its full accuracy points, and the score of chance."""

    competition = models.OneToOneField(Competition, on_delete=models.CASCADE, related_name="lab_target")
    target = models.FloatField()
    chance = models.FloatField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.competition.slug} {self.target:g}"


class RequirementPoints(models.Model):
    """What a person gave for the requirements of a lab test; the points for the score are computed."""

    competition = models.ForeignKey(Competition, on_delete=models.CASCADE, related_name="requirement_points")
    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="requirement_points")
    points = models.DecimalField(max_digits=4, decimal_places=2)
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["competition", "enrolment"], name="one_requirement_mark_per_lab_test")
        ]

    def __str__(self) -> str:
        return f"{self.points}"


class LabAnswers(models.Model):
    """How many questions of one lab somebody was the first to answer correctly."""

    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="lab_answers")
    lab = models.PositiveSmallIntegerField()
    n_correct = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["lab"]
        constraints = [models.UniqueConstraint(fields=["enrolment", "lab"], name="one_count_of_answers_per_lab")]

    def __str__(self) -> str:
        return f"{self.lab}: {self.n_correct}"


class InvalidProject(models.Model):
    """Somebody decided that nothing valid was handed in, and says why; it can be taken back."""

    class Reason(models.TextChoices):
        LATE = "late", _("handed in too late")
        NO_CODE = "no_code", _("no .py code or no documentation")
        OTHER = "other", _("another reason, see the note")

    enrolment = models.OneToOneField(Enrolment, on_delete=models.CASCADE, related_name="invalid_project")
    reason = models.CharField(max_length=10, choices=Reason)
    note = models.CharField(max_length=300, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return self.reason
