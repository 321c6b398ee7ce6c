"""Another e-mail address for an account: asked for with the password, confirmed by a link that goes to the new address."""

from __future__ import annotations

from django.core import signing
from django.db import transaction

from arena.accounts.models import User
from arena.audit.services import record as audit

SALT = "arena.accounts.email"
HOLDS_S = 24 * 3600


def make_link(user: User, *, email: str) -> str:
    """The text of a link that gives the account this address, until its credentials change."""
    return signing.dumps([user.pk, user.get_session_auth_hash(), email], salt=SALT)


def read_link(text: str, *, user: User) -> str | None:
    """The new address; None where the link is not this person's, too old, used, or somebody has the address by now."""
    try:
        pk, credentials, email = signing.loads(text, salt=SALT, max_age=HOLDS_S)
    except (signing.BadSignature, ValueError):
        return None
    current = (user.get_session_auth_hash(), *user.get_session_auth_fallback_hash())
    if pk != user.pk or credentials not in current or User.objects.filter(email__iexact=email).exists():
        return None
    return str(email)


@transaction.atomic
def change_email(user: User, *, email: str) -> str:
    """Give the account the address, which ends its tokens and all sessions; the old address."""
    locked = User.objects.select_for_update().get(pk=user.pk)
    old, locked.email = locked.email, email
    locked.save(update_fields=["email"])
    audit("account.email", locked, actor=locked, old=old, new=email)
    user.email = email
    return old
