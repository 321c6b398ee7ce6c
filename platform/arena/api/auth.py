"""Who calls the API: the owner of a token, in the language of their account."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone, translation
from ninja.security import HttpBearer

from arena.accounts.models import ApiToken, hash_token


class TokenAuth(HttpBearer):
    """`Authorization: Bearer arena_...`, a token made on the account page."""

    def authenticate(self, request: HttpRequest, token: str) -> ApiToken | None:
        found = ApiToken.objects.select_related("user").filter(digest=hash_token(token), user__is_active=True).first()
        if found is not None:
            ApiToken.objects.filter(pk=found.pk).update(used_at=timezone.now())
            request.user = found.user
            if found.user.language in dict(settings.LANGUAGES):
                translation.activate(found.user.language)
        return found
