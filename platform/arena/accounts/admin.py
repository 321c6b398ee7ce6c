"""Rows for admins to look at."""

from django.contrib import admin

from arena.accounts.models import ApiToken, User

admin.site.register([User, ApiToken])
