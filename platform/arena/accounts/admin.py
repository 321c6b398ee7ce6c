"""Rows for admins to look at."""

from django.contrib import admin

from arena.accounts.models import User, ApiToken

admin.site.register([User, ApiToken])
