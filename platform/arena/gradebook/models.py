"""The mark scheme's versions and the marks that people enter."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

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
    LAB_ANSWERS = "lab_answers", _("first correct answers")


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
