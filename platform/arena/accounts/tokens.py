"""Make and check API tokens: each has a name, scopes and an end, and dies with its owner's password or e-mail address."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.crypto import constant_time_compare

from arena.accounts.models import ApiToken, Scope, User
from arena.audit.services import record as audit

# days that a token may live, the first of them unless another one is chosen
LIFETIMES = (90, 7, 30, 180, 365)


def hash_token(plain: str) -> str:
    """What is stored of a token: 256 random bits need no salt and no slow hash."""
    return hashlib.sha256(plain.encode("utf-8", "surrogatepass")).hexdigest()


@transaction.atomic
def issue(
    user: User,
    *,
    name: str,
    at: datetime,
    scopes: Sequence[str] = tuple(Scope.values),
    days: int = LIFETIMES[0],
    actor: User | None = None,
) -> tuple[ApiToken, str]:
    """A new token and its plain text, which is kept nowhere. `actor` is the owner unless it is made on the server."""
    plain = f"arena_{secrets.token_urlsafe(32)}"
    token = ApiToken.objects.create(
        user=user,
        name=name,
        digest=hash_token(plain),
        scopes=[scope for scope in Scope.values if scope in scopes],
        credentials=user.get_session_auth_hash(),
        expires_at=at + timedelta(days=days),
    )
    audit("token.made", token, actor=actor, owner=user.email, name=name, scopes=token.scopes, days=days)
    return token, plain


def find_token(plain: str, *, at: datetime) -> ApiToken | None:
    """The token of this plain text with its owner, where it still opens anything; its use is noted."""
    token = ApiToken.objects.select_related("user").filter(digest=hash_token(plain), user__is_active=True).first()
    if token is None or not is_alive(token, at=at):
        return None
    ApiToken.objects.filter(pk=token.pk).update(used_at=at)
    return token


def is_alive(token: ApiToken, *, at: datetime) -> bool:
    """Whether it has not ended, and its owner still has the credentials of the day when it was made."""
    user = token.user
    current = (user.get_session_auth_hash(), *user.get_session_auth_fallback_hash())
    return token.expires_at > at and any(constant_time_compare(token.credentials, one) for one in current)
