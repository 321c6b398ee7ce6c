"""An exception as it was printed."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class Frame:
    """A place in the student's own code: path beside the entry, line from 1, and the line's text, or empty."""

    file: str
    line: int
    function: str = ""
    text: str = ""


@dataclass(frozen=True, kw_only=True)
class Failure:
    """`type` without its module, `text` the first line of the message, `whole` some more of it, `frames` outermost first.

    `causes`: what it came from, nearest first; of an exception group, its parts.
    """

    type: str
    text: str
    whole: str = ""
    frames: tuple[Frame, ...] = ()
    causes: tuple[Failure, ...] = field(default=())

    @property
    def place(self) -> Frame | None:
        """The last own line on the way to the error, or to its causes where it has none."""
        return next((one.frames[-1] for one in (self, *self.causes) if one.frames), None)
