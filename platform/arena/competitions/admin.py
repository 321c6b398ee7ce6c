"""Rows for admins to look at. Competitions are made and changed on their own pages, which check and record."""

from django.contrib import admin

from arena.audit.admin import ReadOnlyAdmin
from arena.competitions.models import Competition, PublicFile

admin.site.register([Competition, PublicFile], ReadOnlyAdmin)
