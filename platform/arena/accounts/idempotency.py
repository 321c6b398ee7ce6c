"""One press does it once: a form that the same person sends again within seconds is answered, and not carried out again.

A double click, or a browser that repeats what it got no answer to, sends the same fields to the same address. A unique key of
the two lets one of them through, also when they arrive at the same moment. Only what was carried out counts as sent: a form that
came back with errors, or that broke, may be sent again at once.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext as _

from arena.accounts.models import IdempotencyKey

# two presses this close are one; whoever means it twice waits a moment
WITHIN = timedelta(seconds=10)
NOT_CONTENT = frozenset({"csrfmiddlewaretoken"})
View = Callable[..., HttpResponse]


def once(view: View) -> View:
    """Let the view carry out the same POST of the same person once. It stands below `login_required`."""

    @functools.wraps(view)
    def guarded(request: HttpRequest, *args: object, **options: object) -> HttpResponse:
        if request.method != "POST":
            return view(request, *args, **options)
        key, now = key_of(request), timezone.now()
        if not _take(key, at=now):
            messages.info(request, _("This was sent twice and is done once."))
            sent = IdempotencyKey.objects.filter(key=key).values_list("location", flat=True).first()
            return HttpResponseRedirect(sent or request.path)
        try:
            answer = view(request, *args, **options)
        except BaseException:
            IdempotencyKey.objects.filter(key=key).delete()
            raise
        if 300 <= answer.status_code < 400 and not _says_no(request):
            IdempotencyKey.objects.filter(key=key).update(location=answer.headers.get("Location", "")[:500])
        else:
            IdempotencyKey.objects.filter(key=key).delete()
        return answer

    return guarded


def _says_no(request: HttpRequest) -> bool:
    """Whether the view leads on with an error for the reader: then nothing was done."""
    queued = messages.get_messages(request)._queued_messages
    return any(message.level >= messages.ERROR for message in queued)


def key_of(request: HttpRequest) -> str:
    """Who sent which fields and files where, as a digest `(64,)`."""
    digest = hashlib.sha256(f"{request.user.pk}\n{request.get_full_path()}\n".encode("utf-8", "surrogatepass"))
    for name, values in sorted(request.POST.lists()):
        if name not in NOT_CONTENT:
            digest.update(repr((name, values)).encode("utf-8", "surrogatepass"))
    for name, files in sorted(request.FILES.lists()):
        for file in files:
            digest.update(repr((name, file.name, file.size)).encode("utf-8", "surrogatepass"))
            for chunk in file.chunks():
                digest.update(chunk)
            file.seek(0)
    return digest.hexdigest()


def _take(key: str, *, at: datetime) -> bool:
    """Whether this press is the one that is carried out."""
    try:
        with transaction.atomic():
            IdempotencyKey.objects.create(key=key, at=at)
    except IntegrityError:
        old = IdempotencyKey.objects.filter(key=key, at__lte=at - WITHIN)
        return old.update(at=at, location="") == 1
    return True


def clear_keys(*, at: datetime) -> int:
    """Remove what counts no more; how many."""
    return IdempotencyKey.objects.filter(at__lte=at - WITHIN).delete()[0]
