"""The HTTP API: what a student's pages do, with a bearer token. One JSON shape for errors: code and message."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI

from arena.api import competitions, marks, submissions
from arena.api.auth import TokenAuth
from arena.submissions.cancelling import NotCancellable
from arena.submissions.intake import Refused
from arena.submissions.moderation import NotAllowed
from arena.submissions.refusals import explain

api = NinjaAPI(title="Arena", version="1", auth=TokenAuth(), urls_namespace="api-v1")
for room in (competitions, submissions, marks):
    api.add_router("", room.router)


@api.exception_handler(Refused)
def refused(request: HttpRequest, error: Refused) -> HttpResponse:
    return api.create_response(request, {"code": error.code, "message": explain(error)}, status=422)


@api.exception_handler(NotAllowed)
def not_allowed(request: HttpRequest, error: NotAllowed) -> HttpResponse:
    return api.create_response(request, {"code": "not_allowed", "message": str(error)}, status=422)


@api.exception_handler(NotCancellable)
def not_cancellable(request: HttpRequest, error: NotCancellable) -> HttpResponse:
    return api.create_response(request, {"code": "not_cancellable", "message": str(error)}, status=422)
