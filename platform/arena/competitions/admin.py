"""Rows for admins to look at."""

from django.contrib import admin

from arena.competitions.models import Competition, PublicFile

admin.site.register([Competition, PublicFile])
