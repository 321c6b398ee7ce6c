"""Read what a request's parameters say, whatever somebody wrote into them: no odd one is a fault of ours."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from django.core.exceptions import SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse

# what every database of ours holds
LARGEST = 2**63 - 1
DIGITS = re.compile(r"[0-9]{1,19}", re.ASCII)
DECIMAL = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,15})?", re.ASCII)
FORMS = frozenset({"application/x-www-form-urlencoded", "multipart/form-data"})


def whole_number(text: object) -> int | None:
    """The number that ASCII digits write, from 0 to 2**63 - 1; None for anything else.

    >>> whole_number("17"), whole_number("²"), whole_number("-1"), whole_number("9" * 19), whole_number(None)
    (17, None, None, None, None)
    """
    if not isinstance(text, str) or not DIGITS.fullmatch(text):
        return None
    number = int(text)
    return number if number <= LARGEST else None


def whole_numbers(texts: Iterable[object]) -> list[int]:
    """Those of the texts that are numbers."""
    return [number for text in texts if (number := whole_number(text)) is not None]


def decimal_number(text: object) -> float | None:
    """The number that ASCII digits write, with a decimal point at most; None for anything else.

    >>> decimal_number("0.25"), decimal_number("nan"), decimal_number("1e9")
    (0.25, None, None)
    """
    return float(text) if isinstance(text, str) and DECIMAL.fullmatch(text) else None


class OddParametersMiddleware:
    """Answers 404 to a number in an address that no row can have, and 400 to the character NUL, which no text holds.

    It stands behind the check of forms' origin, which has read a form by then. The API reads its bodies itself.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: object, args: tuple[object, ...], kwargs: dict[str, object]
    ) -> None:
        if any(isinstance(value, int) and value > LARGEST for value in kwargs.values()):
            raise Http404
        texts = [request.path, *(text for name, values in request.GET.lists() for text in (name, *values))]
        if request.method == "POST" and request.content_type in FORMS and not request.path.startswith("/api/"):
            texts += [text for name, values in request.POST.lists() for text in (name, *map(str, values))]
        if any("\0" in text for text in texts):
            raise SuspiciousOperation("a parameter holds the character NUL")
