"""Rows for admins to look at."""

from django.contrib import admin

from arena.gradebook.models import SchemeVersion

admin.site.register([SchemeVersion])
