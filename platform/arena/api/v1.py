"""The HTTP API: what a student's pages do, with a bearer token. One JSON shape for errors: code and message."""

from __future__ import annotations

from ninja import NinjaAPI

from arena.accounts.models import Scope
from arena.api import competitions, marks, submissions
from arena.api.auth import TokenAuth
from arena.api.errors import answer_errors

api = NinjaAPI(title="Arena", version="1", auth=TokenAuth(), urls_namespace="api-v1")
answer_errors(api)
for room in (competitions, submissions):
    api.add_router("", room.router)
api.add_router("", marks.router, auth=TokenAuth(Scope.MARKS))
