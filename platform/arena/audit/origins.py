"""Where an act comes from: the address of the request that is being answered, or the command that runs."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextvars import ContextVar
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse

_origin: ContextVar[str] = ContextVar("origin", default="")


def origin() -> str:
    """An IP address inside a request; `manage.py VERB`, or the program's name, outside."""
    if found := _origin.get():
        return found
    name = Path(sys.argv[0]).name if sys.argv else ""
    return f"{name} {sys.argv[1]}" if name == "manage.py" and len(sys.argv) > 1 else name


def address_of(request: HttpRequest) -> str:
    """The client's address. A proxy of this installation is believed about who asked it, and nobody else is."""
    direct = request.META.get("REMOTE_ADDR", "")
    forwarded = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()]
    trusted = settings.ARENA_TRUSTED_PROXIES
    if forwarded and (not direct or direct in trusted or "*" in trusted):
        return forwarded[-1]
    return direct


class OriginMiddleware:
    """Remembers the address for whatever is recorded while the request is answered."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        token = _origin.set(address_of(request))
        try:
            return self.get_response(request)
        finally:
            _origin.reset(token)
