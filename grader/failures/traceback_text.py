"""Read the tracebacks in a program's error output: one pass over its last lines, no pattern that can run away.

The formats of CPython 3.11 to 3.13: chains, exception groups, syntax errors, tracebacks of threads, of child processes and of
DataLoader's workers. What atexit, loggers and others print after the traceback is no part of it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from grader.failures.failure import Failure, Frame

BOX = "/kaggle/working/"
MOST_LINES, LONGEST_LINE = 4000, 2000
MOST_FRAMES, MOST_CAUSES = 12, 6
TEXT, WHOLE = 300, 3000
FRAME = re.compile(r'File "([^"]{1,500})", line (\d{1,9})(?:, in (.{1,200}))?$')
ERROR = re.compile(r"((?:[A-Za-z_]\w{0,99}\.){0,9}[A-Za-z_]\w{0,99})(?:: ?(.*))?$")
# what stands before a traceback of which the program did not end
ASIDE = (
    "Exception in thread",
    "Exception ignored in",
    "--- Logging error",
    "Error in atexit",
    "Task exception was never",
)
DIRECT = "The above exception was the direct cause"
WHILE = "During handling of the above exception"
GROUP_MARK = re.compile(r" *(?:\| ?|\+ )")


@dataclass
class _Block:
    """One traceback while it is read."""

    is_aside: bool = False
    is_chained: bool = False
    is_group: bool = False
    is_part: bool = False
    has_header: bool = True
    frames: list[Frame] = field(default_factory=list)
    type: str = ""
    message: list[str] = field(default_factory=list)

    def failure(self) -> Failure:
        whole = "\n".join(self.message)[:WHOLE]
        first = next((line for line in self.message if line.strip()), "")
        # the outermost and the innermost say most
        kept = self.frames if len(self.frames) <= MOST_FRAMES else self.frames[:2] + self.frames[2 - MOST_FRAMES :]
        return Failure(type=self.type, text=first.strip()[:TEXT], whole=whole, frames=tuple(kept))


def read_failure(stderr: str) -> Failure | None:
    """The exception that the program ended with, with its causes; None where there is no traceback."""
    blocks = [block for block in _blocks(stderr[-MOST_LINES * 200 :].split("\n")[-MOST_LINES:]) if block.type]
    chosen = next((at for at in range(len(blocks) - 1, -1, -1) if not blocks[at].is_aside), len(blocks) - 1)
    if chosen < 0:
        return None
    last = chosen
    while last > 0 and blocks[last].is_part:  # up to the group that they are parts of
        last -= 1
    parts = blocks[last + 1 : chosen + 1]
    causes, at = [], last
    while at > 0 and blocks[at].is_chained:
        at -= 1
        causes.append(blocks[at])
    found = [block.failure() for block in (*parts, *causes)[:MOST_CAUSES]]
    return replace(blocks[last].failure(), causes=tuple(found))


def _blocks(lines: list[str]) -> list[_Block]:
    blocks: list[_Block] = []
    open_: _Block | None = None
    is_aside = is_chained = is_message = False
    for number, raw in enumerate(lines):
        marked = GROUP_MARK.match(raw[:LONGEST_LINE])
        line = raw[marked.end() : LONGEST_LINE] if marked else raw[:LONGEST_LINE]
        bare = line.strip()
        if bare.endswith("Traceback (most recent call last):"):
            open_ = _Block(is_aside=is_aside, is_chained=is_chained)
            open_.is_group = "Exception Group" in bare
            open_.is_part = marked is not None and not open_.is_group and any(b.is_group for b in blocks)
            blocks.append(open_)
            is_aside = is_chained = is_message = False
        elif bare.startswith((DIRECT, WHILE)):
            is_chained, is_message = True, False
        elif bare.startswith(ASIDE):
            is_aside, is_message = True, False
        elif line.startswith("  ") and (frame := FRAME.match(bare)):
            if open_ is None or is_message:  # a syntax error has no header where the entry has it
                open_ = _Block(has_header=False, is_aside=is_aside, is_chained=is_chained)
                blocks.append(open_)
                is_aside = is_chained = is_message = False
            _add_frame(open_, frame, lines[number + 1] if number + 1 < len(lines) else "")
        elif is_message and open_ is not None:
            if len(open_.message) < 40:
                open_.message.append(line)
        elif open_ is not None and not line.startswith(" ") and (error := _error(bare)):
            open_.type = error[1].rpartition(".")[2]
            # without a colon there is no text, so what follows is none of it
            open_.message, is_message = [error[2] or ""], error[2] is not None
            if not is_message:
                open_ = None
    return blocks


def _error(line: str) -> re.Match[str] | None:
    """A name alone in a line may be anything the program printed; with a colon it ends a traceback."""
    found = ERROR.match(line)
    return found if found and (found[2] is not None or found[1].rpartition(".")[2][:1].isupper()) else None


def _add_frame(block: _Block, frame: re.Match[str], following: str) -> None:
    if not frame[1].startswith(BOX):  # compiled packages name their sources by relative paths
        return
    path = frame[1].removeprefix(BOX)
    marked = GROUP_MARK.match(following[:LONGEST_LINE])
    text = following[marked.end() :] if marked else following
    is_source = text.startswith("    ") and not FRAME.match(text.strip())
    block.frames.append(
        Frame(file=path[:200], line=int(frame[2]), function=(frame[3] or "")[:80], text=text.strip()[:200] * is_source)
    )
    if len(block.frames) > 3 * MOST_FRAMES:  # recursion
        del block.frames[2 : 2 + MOST_FRAMES]
