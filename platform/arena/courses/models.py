"""Courses and who takes part in them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Course(models.Model):
    """One course in one term."""

    slug = models.SlugField(unique=True)
    title = models.CharField(_("title"), max_length=200)
    term = models.CharField(_("term"), max_length=60)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.title} ({self.term})"


class Role(models.TextChoices):
    STUDENT = "student", _("student")
    ASSISTANT = "assistant", _("assistant")
    INSTRUCTOR = "instructor", _("instructor")


STAFF_ROLES = (Role.ASSISTANT, Role.INSTRUCTOR)


class Enrolment(models.Model):
    """A person's part in a course."""

    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="enrolments")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="enrolments")
    role = models.CharField(max_length=12, choices=Role, default=Role.STUDENT)
    group = models.CharField(_("group"), max_length=20, blank=True)

    class Meta:
        ordering = ["user__name"]
        constraints = [models.UniqueConstraint(fields=["course", "user"], name="one_enrolment_per_person")]

    def __str__(self) -> str:
        return f"{self.user} ({self.get_role_display()})"
