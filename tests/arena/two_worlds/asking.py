"""Ask every address as somebody, and keep every byte of the answers: status, headers, cookies and body.

Nothing is masked. Randomness starts at the same place before each request and the clock stands still, so that equal
worlds give equal bytes; each request is taken back.
"""

from __future__ import annotations

import hashlib
import itertools
import os
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from http.cookies import SimpleCookie

from django.db import transaction
from django.test import Client
from django.urls import URLResolver, get_resolver

from tests.arena.two_worlds.world import World

PART = re.compile(r"<(?:(\w+):)?(\w+)>")
GIVEN = {"format": "csv", "kind": "attempt", "uidb64": "MQ", "token": "a-b", "link": "a-b"}
ACTS = {"desk": "hold", "regrades": "cancel"}
# what pages read beside their addresses
QUERIES = {
    "competitions/<slug:slug>/leaderboard/": ("board=private", "q=he", "q=quite", "page=2", "page=3&q=T"),
    "competitions/<slug:slug>/leaderboard/mine/": ("submission={mine}", "submission={theirs}"),
    "courses/<slug:slug>/marks/mine/": ("examination=re-examination",),
    "api/v1/courses/<slug>/mark": ("examination=re-examination",),
    "competitions/<slug:slug>/submissions/": ("page=2",),
}
FRAGMENTS = ("competitions/<slug:slug>/leaderboard/", "submissions/<int:pk>/live/", "")
POLL = re.compile(rb'hx-get="([^"]*seen=[^"]*)"')


@dataclass(frozen=True)
class Asked:
    """One request, without the person."""

    method: str
    address: str
    fragment: bool = False
    data: tuple[tuple[str, str], ...] = ()
    then: str = ""

    def __str__(self) -> str:
        return f"{self.method} {self.address}{' (fragment)' if self.fragment else ''}{dict(self.data) or ''}"


class Chance:
    """The system's randomness, which begins anew whenever it is told to."""

    def __init__(self, monkeypatch: object) -> None:
        self.again()
        monkeypatch.setattr(os, "urandom", lambda n: self._rng.randbytes(n))
        monkeypatch.setattr(random, "_urandom", lambda n: self._rng.randbytes(n))

    def again(self) -> None:
        self._rng = random.Random(2026)


def routes(patterns: list | None = None, prefix: str = "") -> Iterator[str]:
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, route)
        else:
            yield route


def filled(route: str, world: World) -> Iterator[str]:
    """The route with everything in it that it can name."""
    parts = route.split("/")
    choices = []
    for at, part in enumerate(parts):
        match = PART.fullmatch(part)
        if match is None:
            choices.append([part])
        elif match[2] == "name":
            choices.append(["p.csv", "main.py"] if "submissions" in parts else ["test.csv"])
        elif match[2] == "act":
            choices.append([ACTS[parts[0]]])
        elif match[2] in GIVEN:
            choices.append([GIVEN[match[2]]])
        else:
            choices.append(world.values[choices[at - 1][0]])
    for chosen in itertools.product(*choices):
        yield "/" + "/".join(chosen)


def reads(world: World) -> Iterator[Asked]:
    """Every address, asked with GET. The admin's own pages are for admins, who may know everything."""
    yield Asked("get", "/admin/")
    named = {
        "mine": world.submissions["letters-1", "student"].pk,
        "theirs": world.submissions["letters-1", "classmate"].pk,
    }
    for route in routes():
        if route.startswith("admin/"):
            continue
        for address in filled(route, world):
            yield Asked("get", address)
            if route in FRAGMENTS:
                yield Asked("get", address, fragment=True)
            for query in QUERIES.get(route, ()):
                yield Asked("get", f"{address}?{query.format(**named)}")


def writes(world: World) -> Iterator[Asked]:
    """Acts whose answers could tell: what is chosen, tried, searched or refused."""
    mine = world.submissions["letters-1", "student"].pk
    theirs = world.submissions["letters-1", "classmate"].pk
    for slug in ("letters", "frozen", "ladder", "closed"):
        pk = world.submissions[f"{slug}-0", "student"].pk
        for act in ("select", "withdraw"):
            yield Asked("post", f"/submissions/{pk}/{act}/", then=f"/competitions/{slug}/leaderboard/")
        yield Asked("post", f"/api/v1/submissions/{pk}/final")
    for pk in (mine, theirs):
        yield Asked("post", f"/submissions/{pk}/code/", data=(("code", str(theirs)),))
        yield Asked("post", f"/api/v1/submissions/{pk}/code", data=(("code", str(theirs)),))
    # a name that somebody in the course has is refused, whoever reads it: that much anybody may ask
    yield Asked("post", "/competitions/letters/leaderboard/name/", data=(("pseudonym", "Somebody"),), then="/")
    yield Asked("post", "/competitions/frozen/team/", data=(("act", "join"), ("code", "another-code")), then="/")
    yield Asked("post", f"/cases/{world.rows.case.pk}/", data=(("action", "answer"), ("text", "No.")))
    yield Asked("post", "/courses/ml/marks/mine/ask/", data=(("line", "0"), ("message", "Why?")), then="/")
    yield Asked("post", "/courses/ml/presentations/", data=(("book", str(world.rows.slot[0].pk)),), then="/")


class Reader:
    """One person with a browser and, for the API, a token. `polls` are the addresses that pages of theirs ask anew."""

    def __init__(self, name: str, client: Client, *, token: str, chance: Chance, language: str) -> None:
        self.name, self.polls = name, set()
        self._client, self._chance = client, chance
        self._cookies = {key: morsel.value for key, morsel in client.cookies.items()}
        self._headers = {"Accept-Language": language}
        self._api = {"Authorization": f"Bearer {token}"} if token else {}

    def ask(self, asked: Asked) -> tuple[object, ...]:
        """All of an answer, as values that compare; whatever the request changed is taken back."""
        is_api = asked.address.startswith("/api/")
        headers = self._headers | (self._api if is_api else {}) | ({"HX-Request": "true"} if asked.fragment else {})
        self._client.cookies = SimpleCookie(self._cookies)
        with transaction.atomic():
            self._chance.again()
            send = getattr(self._client, asked.method)
            first = self._of(send(asked.address, dict(asked.data), headers=headers))
            found = (*first, *self._of(self._client.get(asked.then, headers=headers))) if asked.then else first
            transaction.set_rollback(True)
        return found

    def _of(self, response: object) -> tuple[object, ...]:
        body = b"".join(response.streaming_content) if response.streaming else response.content
        if response.streaming:  # closing the whole response would close the test's database connection too
            for close in response._resource_closers:
                close()
        self.polls.update(address.decode().replace("&amp;", "&") for address in POLL.findall(body))
        return response.status_code, sorted(response.headers.items()), response.cookies.output(), body


def brief(answer: tuple[object, ...]) -> str:
    """To be kept of an answer that is only compared."""
    return hashlib.sha256(repr(answer).encode()).hexdigest()
