"""Rows for admins to look at. Schemes and marks are changed on their own pages, which record who, when and why."""

from django.contrib import admin

from arena.audit.admin import ReadOnlyAdmin
from arena.gradebook.models import EnteredMark, MarkChange, PublishedMark, SchemeVersion

admin.site.register([SchemeVersion, EnteredMark, MarkChange, PublishedMark], ReadOnlyAdmin)
