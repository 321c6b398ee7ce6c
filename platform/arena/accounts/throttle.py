"""A brake on guessing passwords and on mail to strangers: tries are counted in the database, for all web processes alike.

A try is written before the password is looked at, so that many at once are counted too. One address is stopped at an
account long before all addresses together are, so that nobody can lock another person out from one machine.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from django.contrib.auth.backends import ModelBackend
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone

from arena.accounts.models import Try, User
from arena.audit.origins import address_of

WITHIN = timedelta(minutes=15)
# wrong passwords within that time: of an account from one address, of an account, and from one address, where a whole
# laboratory may sit behind one
PER_PAIR, PER_ACCOUNT, PER_ADDRESS = 10, 100, 200
# links to set a password, for one account
MAILS = 3


def _key(account: str) -> str:
    """What is kept of the name that somebody typed, which may be a password in the wrong field."""
    return hashlib.sha256(account.strip().lower().encode("utf-8", "surrogatepass")).hexdigest()


def begin(account: str, *, address: str, at: datetime) -> Try | None:
    """Note one try to sign in; None if there were too many."""
    row = Try.objects.create(kind=Try.Kind.SIGN_IN, account=_key(account), address=address, at=at)
    recent = Try.objects.filter(kind=Try.Kind.SIGN_IN, at__gt=at - WITHIN)
    mine, theirs = Q(account=row.account), Q(address=address)
    limits = ((mine & theirs, PER_PAIR), (mine, PER_ACCOUNT), (theirs, PER_ADDRESS))
    if any(recent.filter(which).count() > most for which, most in limits):
        row.delete()
        return None
    return row


def forget(row: Try) -> None:
    """The password was right: what this address tried at the account before counts no more."""
    Try.objects.filter(kind=row.kind, account=row.account, address=row.address).delete()


def may_mail(account: str, *, at: datetime) -> bool:
    """Whether another link may be sent to this account now; noted if so."""
    mails = Try.objects.filter(kind=Try.Kind.MAIL, account=_key(account))
    mails.filter(at__lte=at - WITHIN).delete()
    Try.objects.create(kind=Try.Kind.MAIL, account=_key(account), at=at)
    return mails.count() <= MAILS


def clear_tries(*, at: datetime) -> int:
    """Remove what counts no more; how many."""
    return Try.objects.filter(at__lte=at - WITHIN).delete()[0]


class ThrottledBackend(ModelBackend):
    """Django's own check of passwords behind the brake; every way to sign in with a password comes through here."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **more: object
    ) -> User | None:
        account = username or more.get(User.USERNAME_FIELD)
        if account is None or password is None:
            return None
        address = address_of(request) if request is not None else ""
        row = begin(str(account), address=address, at=timezone.now())
        if row is None:
            if request is not None:
                request.is_sign_in_paused = True
            raise PermissionDenied
        user = super().authenticate(request, username=username, password=password, **more)
        if user is not None:
            forget(row)
        return user
