"""Rows for admins to look at."""

from django.contrib import admin

from arena.courses.models import Course, Enrolment

admin.site.register([Course, Enrolment])
