"""What the API answers when it doesn't do what it was asked: one JSON shape, a code that stays and a sentence."""

from __future__ import annotations

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from arena.accounts.models import Scope
from arena.api.auth import ScopeMissing
from arena.submissions.cancelling import NotCancellable
from arena.submissions.intake import Refused
from arena.submissions.moderation import NotAllowed
from arena.submissions.refusals import explain


def _no_token(error: AuthenticationError) -> tuple[int, str, str]:
    return (
        401,
        "token",
        _("The token is missing, wrong or no longer holds. Make one on the page “API tokens”."),
    )


def _no_scope(error: ScopeMissing) -> tuple[int, str, str]:
    return (
        403,
        "scope",
        _("This token may not do that. Make one that may “%(scope)s”.") % {"scope": Scope(error.scope).label},
    )


def _not_found(error: Http404) -> tuple[int, str, str]:
    return 404, "not_found", _("There is nothing of yours at this address.")


def _invalid(error: ValidationError) -> tuple[int, str, str]:
    names = ", ".join(sorted({str(one["loc"][-1]) for one in error.errors}))
    return 422, "invalid", _("Missing, or not of its kind: %(names)s.") % {"names": names}


def _unreadable(error: HttpError) -> tuple[int, str, str]:
    return error.status_code, "unreadable", _("The request can't be read.")


def _refused(error: Refused) -> tuple[int, str, str]:
    return 422, error.code, explain(error)


def _not_allowed(error: NotAllowed) -> tuple[int, str, str]:
    return 422, "not_allowed", str(error)


def _not_cancellable(error: NotCancellable) -> tuple[int, str, str]:
    return 422, "not_cancellable", str(error)


# by the error: the status, the code and the sentence
ANSWERS: dict[type[Exception], Callable[..., tuple[int, str, str]]] = {
    HttpError: _unreadable,
    AuthenticationError: _no_token,
    ScopeMissing: _no_scope,
    Http404: _not_found,
    ValidationError: _invalid,
    Refused: _refused,
    NotAllowed: _not_allowed,
    NotCancellable: _not_cancellable,
}


def answer_errors(api: NinjaAPI) -> None:
    """Let `api` answer each of these errors in the one shape."""
    for kind, words in ANSWERS.items():
        api.add_exception_handler(kind, _handler(api, words))


def _handler(
    api: NinjaAPI, words: Callable[..., tuple[int, str, str]]
) -> Callable[[HttpRequest, Exception], HttpResponse]:
    def answer(request: HttpRequest, error: Exception) -> HttpResponse:
        status, code, message = words(error)
        return api.create_response(request, {"code": code, "message": message}, status=status)

    return answer
