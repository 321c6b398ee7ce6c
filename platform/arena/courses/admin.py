"""Rows for admins to look at. Courses, staff and rosters have pages of their own, which record every change."""

from django.contrib import admin

from arena.audit.admin import ReadOnlyAdmin
from arena.courses.models import Course, Enrolment

admin.site.register([Course, Enrolment], ReadOnlyAdmin)
