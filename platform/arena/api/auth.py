"""Who calls the API: the owner of a token, in the language of their account, within the token's scopes."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone, translation
from ninja.security import HttpBearer

from arena.accounts.models import ApiToken, Scope
from arena.accounts.tokens import find_token

READING = frozenset({"GET", "HEAD", "OPTIONS"})


class ScopeMissing(Exception):
    """The token was not made for this; `scope` is what it lacks."""

    def __init__(self, scope: str) -> None:
        super().__init__(scope)
        self.scope = scope


class TokenAuth(HttpBearer):
    """`Authorization: Bearer arena_...`, a token made on the account page. Reading needs the scope given here."""

    def __init__(self, reading: Scope = Scope.READ) -> None:
        super().__init__()
        self.reading = reading

    def authenticate(self, request: HttpRequest, token: str) -> ApiToken | None:
        found = find_token(token, at=timezone.now())
        if found is None:
            return None
        scope = self.reading if request.method in READING else Scope.SUBMIT
        request.user = found.user
        if found.user.language in dict(settings.LANGUAGES):
            translation.activate(found.user.language)
        if scope not in found.scopes:
            raise ScopeMissing(scope)
        return found
