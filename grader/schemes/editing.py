"""Change single settings of a scheme's document, leaving its comments and its order as they are."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

from grader.schemes.reading import InvalidScheme, Reader

LAST = re.compile(r"(last\s*=\s*)([0-9]+)")


def with_choice(text: str, key: str, value: str) -> str:
    """The document with a quoted setting changed. Raises `InvalidScheme` if the key isn't on a line of its own.

    >>> with_choice('name = "a"  # what it is called', "name", "b")
    'name = "b"  # what it is called'
    """
    lines = text.splitlines(keepends=True)
    line = Reader(text)._line_of(key)
    pattern = re.compile(rf'(\s*{re.escape(key.rpartition(".")[2])}\s*=\s*)"[^"\\]*"')
    if line is None or not pattern.match(lines[line - 1]):
        raise InvalidScheme(f"{key} is not on a line of its own", line)
    if '"' in value or "\\" in value or not value.isprintable():
        raise InvalidScheme(f"{key} can't be “{value}”", line)
    lines[line - 1] = pattern.sub(lambda found: f'{found[1]}"{value}"', lines[line - 1], count=1)
    return "".join(lines)


def with_edges(text: str, edges: Sequence[int]) -> str:
    """The document with the last ranks of its bands changed, in order. Raises `InvalidScheme` for another number of bands."""
    lines = text.splitlines(keepends=True)
    first = Reader(text)._line_of("project.bands")
    if first is None:
        raise InvalidScheme("project.bands is missing")
    stop = next((i for i, line in enumerate(lines[first - 1 :], first) if "]" in line.split("#")[0]), len(lines))
    block = "".join(lines[first - 1 : stop])
    if len(LAST.findall(block)) != len(edges):
        raise InvalidScheme(f"project.bands has {len(LAST.findall(block))} edges, not {len(edges)}", first)
    rest = iter(edges)
    block = LAST.sub(lambda found: f"{found[1]}{next(rest)}", block)
    return "".join(lines[: first - 1]) + block + "".join(lines[stop:])


def scaled_edges(edges: Sequence[int], *, participants: int, reference: int) -> list[int]:
    """Each edge times participants / reference, rounded half up, and at least one more than the edge before.

    >>> scaled_edges([30, 50, 90, 120, 150], participants=79, reference=158)
    [15, 25, 45, 60, 75]
    """
    found: list[int] = []
    for edge in edges:
        scaled = int((Decimal(edge) * participants / reference).quantize(Decimal(1), rounding=ROUND_HALF_UP))
        found.append(max(scaled, found[-1] + 1 if found else 1))
    return found
