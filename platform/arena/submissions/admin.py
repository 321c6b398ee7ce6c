"""Rows for admins to look at."""

from django.contrib import admin

from arena.submissions.models import Attempt, Submission

admin.site.register([Submission, Attempt])
