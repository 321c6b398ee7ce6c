"""Rows for admins to look at. Cancelling, disqualifying and judging again have pages of their own, which record them."""

from django.contrib import admin

from arena.audit.admin import ReadOnlyAdmin
from arena.submissions.models import Attempt, Submission


@admin.register(Submission)
class SubmissionAdmin(ReadOnlyAdmin):
    list_display = ("pk", "competition", "user", "type", "status", "verdict", "submitted_at")
    list_filter = ("status", "verdict", "competition")


@admin.register(Attempt)
class AttemptAdmin(ReadOnlyAdmin):
    list_display = ("pk", "submission", "status", "verdict")
    list_filter = ("status", "verdict")
