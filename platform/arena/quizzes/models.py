"""Quiz reports and whom their nicknames belong to."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from arena.courses.models import Course, Enrolment


class Method(models.TextChoices):
    """How a nickname found its student."""

    EXACT = "exact", _("whole name")
    SURNAME = "surname", _("part of the name")
    FUZZY = "fuzzy", _("likeness")
    ALIAS = "alias", _("an earlier choice")
    PERSON = "person", _("a person's choice")
    NONE = "none", _("nothing")


class QuizSession(models.Model):
    """One quiz of one lecture, as its report tells it. A report is imported once."""

    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="quizzes")
    lecture = models.CharField(_("lecture"), max_length=100)
    title = models.CharField(max_length=200, blank=True)
    report_sha256 = models.CharField(max_length=64)
    imported_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    imported_at = models.DateTimeField(auto_now_add=True)
    # only looked at: without effect until somebody applies it
    is_preview = models.BooleanField(default=False)
    # what the report made us wonder at, as code, parameters and English sentence
    warnings = models.JSONField(default=list)

    class Meta:
        ordering = ["lecture", "pk"]
        constraints = [models.UniqueConstraint(fields=["course", "report_sha256"], name="a_report_is_imported_once")]

    def __str__(self) -> str:
        return self.lecture


class QuizPlayer(models.Model):
    """A nickname's result. Without an enrolment it still holds its place until someone resolves it."""

    session = models.ForeignKey(QuizSession, on_delete=models.CASCADE, related_name="players")
    nickname = models.CharField(max_length=100)
    points = models.DecimalField(max_digits=12, decimal_places=2)
    place = models.CharField(max_length=12, blank=True)
    enrolment = models.ForeignKey(
        Enrolment, null=True, blank=True, on_delete=models.SET_NULL, related_name="quiz_results"
    )
    method = models.CharField(max_length=20, choices=Method, blank=True)
    confidence = models.FloatField(default=0)
    # enrolments that it could be, likeliest first
    candidates = models.JSONField(default=list)

    class Meta:
        ordering = ["-points", "nickname"]

    def __str__(self) -> str:
        return self.nickname
