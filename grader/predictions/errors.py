"""What is wrong with a file, for whoever made it: a code, a sentence and the first offending lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from grader.predictions.wording import sentence

SHOWN_ROWS = 5
SHOWN_CHARACTERS = 40


@dataclass
class InvalidSolution(Exception):
    """A solution that can't judge anything; `message` says what to mend. `rows` are the first offending lines, from 1.

    `params` hold what the sentence is made of, as plain JSON, for a translation of it.
    """

    code: str
    message: str
    rows: tuple[int, ...] = ()
    params: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.message


@dataclass
class InvalidPredictions(Exception):
    """A predictions file that can't be scored. `rows` are the first offending lines of the file, counted from 1.

    `params` hold what the sentence is made of, as plain JSON, for a translation of it.
    """

    code: str
    message: str
    rows: tuple[int, ...] = ()
    params: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.message


def refusal(code: str, rows: Sequence[int] = (), **params: object) -> InvalidPredictions:
    """The refusal with its sentence. Parameters of the value None are left out."""
    given = {name: value for name, value in params.items() if value is not None}
    return InvalidPredictions(code, sentence(code, given), tuple(rows), given)


@dataclass
class Offence:
    """How many rows offend in one way, and the first of them."""

    count: int = 0
    lines: list[int] = field(default_factory=list)
    shown: list[str] = field(default_factory=list)

    def add(self, count: int, lines: Sequence[int], shown: Sequence[str]) -> None:
        """Count rows and keep the first ones."""
        self.count += count
        free = SHOWN_ROWS - len(self.lines)
        self.lines += lines[:free]
        self.shown += shown[:free]

    def refusal(self, code: str, **params: object) -> InvalidPredictions:
        """The refusal that names the first rows."""
        examples = clip_all(self.shown)
        return refusal(code, self.lines, count=self.count, examples=examples, lines=self.lines, **params)


def clipped(value: str) -> str:
    """At most 40 characters of somebody's text, without control characters."""
    short = value[:SHOWN_CHARACTERS] + ("…" if len(value) > SHOWN_CHARACTERS else "")
    return "".join(c if c.isprintable() else "�" for c in short)


def clip_all(values: Sequence[str]) -> list[str]:
    """The distinct values, each clipped."""
    return [clipped(value) for value in dict.fromkeys(values)]


def quoted(values: Sequence[str]) -> str:
    """The distinct values in quotation marks."""
    return ", ".join(f"“{value}”" for value in clip_all(values))
