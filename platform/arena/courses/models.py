"""Courses and who takes part in them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from arena.lookalikes import skeleton


class Course(models.Model):
    """One course in one term."""

    slug = models.SlugField(unique=True)
    title = models.CharField(_("title"), max_length=200)
    term = models.CharField(_("term"), max_length=60)
    # of invitations and pages for whoever is enrolled and has chosen none; empty: what the browser asks for
    language = models.CharField(_("language"), max_length=8, blank=True)

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
    # what fellow students read on boards instead of the name; staff read the name
    pseudonym = models.CharField(_("name on boards"), max_length=30, blank=True)
    # what all pseudonyms that look like this one have in common
    pseudonym_key = models.CharField(max_length=120, blank=True, editable=False)
    series = models.CharField(_("series"), max_length=20, blank=True)
    # the university's own number, a text: leading zeros count
    number = models.CharField(_("student number"), max_length=40, blank=True)

    class Meta:
        ordering = ["user__name"]
        constraints = [
            models.UniqueConstraint(fields=["course", "user"], name="one_enrolment_per_person"),
            models.UniqueConstraint(
                fields=["course", "number"], condition=~models.Q(number=""), name="student_numbers_differ"
            ),
            models.UniqueConstraint(
                fields=["course", "pseudonym_key"],
                condition=~models.Q(pseudonym_key=""),
                name="pseudonyms_look_different",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} ({self.get_role_display()})"

    def save(self, *args: object, **options: object) -> None:
        self.pseudonym_key = skeleton(self.pseudonym)
        super().save(*args, **options)


class RosterImport(models.Model):
    """An uploaded roster, kept between the dry run and the decision; `done` says what it changed, for undoing."""

    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="roster_imports")
    name = models.CharField(max_length=200)
    data = models.BinaryField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    applied_at = models.DateTimeField(null=True, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)
    done = models.JSONField(default=dict)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.name
