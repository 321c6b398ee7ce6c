"""What is wrong with a file, in words for whoever made it: a code, a sentence and the first offending lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

SHOWN_ROWS = 5
SHOWN_CHARACTERS = 40


@dataclass
class InvalidSolution(Exception):
    """A solution that can't judge anything; `message` says what to mend."""

    code: str
    message: str

    def __str__(self) -> str:
        return self.message


@dataclass
class InvalidPredictions(Exception):
    """A predictions file that can't be scored. `rows` are the first offending lines of the file, counted from 1.

    `params` hold what the message is made of, for a translation of it.
    """

    code: str
    message: str
    rows: tuple[int, ...] = ()
    params: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.message


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

    def error(self, code: str, message: str, **params: object) -> InvalidPredictions:
        """The refusal. `message` may use `{count}` and `{shown}`; the lines are added."""
        lines = ", ".join(map(str, self.lines))
        text = message.replace("{count}", str(self.count)).replace("{shown}", quoted(self.shown))
        examples = ", ".join(clipped(value) for value in dict.fromkeys(self.shown))
        return InvalidPredictions(
            code,
            f"{text} First lines: {lines}.",
            tuple(self.lines),
            {"count": self.count, "examples": examples, "lines": lines, **params},
        )


def clipped(value: str) -> str:
    """At most 40 characters of somebody's text, without control characters."""
    short = value[:SHOWN_CHARACTERS] + ("…" if len(value) > SHOWN_CHARACTERS else "")
    return "".join(c if c.isprintable() else "�" for c in short)


def quoted(values: Sequence[str]) -> str:
    """The distinct values in quotation marks."""
    return ", ".join(f"“{clipped(value)}”" for value in dict.fromkeys(values))
