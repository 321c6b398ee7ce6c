"""No parameter of any page is a fault of ours: each address is sent what nobody would type, and answers with less than 500."""

from __future__ import annotations

import inspect
import re
import sys

import pytest
from django.db import transaction
from django.test import Client
from django.urls import resolve

from arena.parameters import LARGEST, decimal_number, whole_number
from tests.arena.test_every_url import ACTS, PAGES, address, world

__all__ = ["world"]
# every way in which a view reads a parameter by its name
READ = re.compile(r"(?:GET|POST)(?:\.get|\.getlist)?[\[(]\s*\"([\w-]+)\"")
ODD = [
    "", "abc", "-1", "0", "²", "٣", "１７", "3,5", "1e9", "1e30", "nan", "inf", "99999999999999999999", str(LARGEST), str(LARGEST + 1),
    "x" * 5000, "\0", "\ufffe", "'\"<>%", "../../etc/passwd",
]  # fmt: skip
SHARP = ["abc", "²", "99999999999999999999", "\0"]
IDLE = {"account/sign-out/", "language/"}


def names_read_by(path):
    """The parameters that the module of this address's view reads, found in its source."""
    view = inspect.unwrap(resolve(path).func)
    module = sys.modules.get(getattr(view, "__module__", ""))
    return sorted(set(READ.findall(inspect.getsource(module)))) if module else []


def ask(client, method, path, data):
    with transaction.atomic():
        response = getattr(client, method)(path, data)
        if response.streaming:
            for close in response._resource_closers:
                close()
        transaction.set_rollback(True)
    return response.status_code


@pytest.mark.parametrize("who", ["admin", "student"])
@pytest.mark.parametrize(("method", "routes"), [("get", sorted(PAGES)), ("post", sorted(ACTS))], ids=["get", "post"])
def test_odd_values_of_all_parameters_are_answered(world, who, method, routes):
    client = Client(raise_request_exception=False)
    wrong = []
    for route in routes:
        if route in IDLE:
            continue
        client.force_login(getattr(world.cast, who))
        path = address(world, route)
        names = names_read_by(path)
        values = ODD if who == "admin" else SHARP
        sent = [dict.fromkeys(names, odd) for odd in values] if names else []
        if who == "admin":
            sent += [{name: odd} for name in names for odd in SHARP]
        if names:
            sent.append({names[0]: ["abc", "1", ""]})
        wrong += [f"{method} {route} {data}"[:200] for data in sent if ask(client, method, path, data) >= 500]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("number", [LARGEST + 1, 10**30])
def test_a_number_that_no_row_can_have_is_not_found(world, number):
    client = Client(raise_request_exception=False)
    client.force_login(world.cast.admin)
    for route in sorted({*PAGES, *ACTS}):
        if "<int:pk>" in route:
            path = "/" + route.replace("<int:pk>", str(number)).replace("<slug:slug>", "letters")
            path = re.sub(r"<\w+:\w+>", "x", path)
            assert ask(client, "get", path, {}) < 500, path
            assert ask(client, "post", path, {}) < 500, path


def test_bodies_that_are_no_form_are_answered(world):
    client = Client(raise_request_exception=False)
    client.force_login(world.cast.admin)
    bodies = [
        ("application/json", b"{"),
        ("multipart/form-data; boundary=x", b"--x\r\nbroken"),
        ("text/plain", b"\xff\x00"),
    ]
    for route in sorted(set(ACTS) - IDLE):
        for content_type, body in bodies:
            with transaction.atomic():
                answer = client.post(address(world, route), body, content_type=content_type)
                transaction.set_rollback(True)
            assert answer.status_code < 500, (route, content_type)


def test_a_number_is_ascii_digits_that_a_database_holds():
    read = {text: whole_number(text) for text in ODD}
    assert {text: number for text, number in read.items() if number is not None} == {"0": 0, str(LARGEST): LARGEST}
    assert [decimal_number(text) for text in ("0.5", "-1", "nan", "inf", "1e9", "²")] == [
        0.5,
        -1.0,
        None,
        None,
        None,
        None,
    ]
