"""Rows for admins to look at."""

from django.contrib import admin

from arena.audit.models import Event

admin.site.register([Event])
