"""The part of YAML that competition bundles are written in: nested mappings and lists, scalars, block text, comments.

Read without a YAML library, so that nothing of a stranger's file can build an object; anchors, tags and several documents
are refused. A repeated key keeps its last value, as YAML libraries do, and is reported.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

MAX_BYTES = 2**20
MAX_DEPTH = 20
KEY = re.compile(
    r"""(?P<key>"[^"]*"|'[^']*'|[^\s#:\[\]{},&*!|>'"%@`-][^:#]*?|-[^\s:#][^:#]*?)\s*:(?:\s+(?P<rest>.*))?$"""
)
TRUE, FALSE, NULL = {"true", "yes", "on"}, {"false", "no", "off"}, {"", "~", "null"}


@dataclass
class BadYaml(ValueError):
    """What can't be read, and on which line."""

    message: str
    line: int

    def __str__(self) -> str:
        return f"Line {self.line}: {self.message}"


@dataclass
class Document:
    """`content` is made of dict, list, str, int, float, bool and None. `repeated` are keys that occur twice, by line."""

    content: Any
    repeated: list[tuple[int, str]] = field(default_factory=list)


@dataclass(frozen=True)
class _Line:
    number: int
    indent: int
    text: str


def read_yaml(text: str) -> Document:
    """Raises `BadYaml`.

    >>> read_yaml("a: 1\\nb:\\n- c: 'x'\\n  d: [1, two]\\n").content
    {'a': 1, 'b': [{'c': 'x', 'd': [1, 'two']}]}
    """
    if len(text) > MAX_BYTES:
        raise BadYaml("the file is too large", 1)
    reader = _Reader(text.lstrip("\ufeff").splitlines())
    content = reader.block(reader.next_indent(), 0)
    if reader.peek() is not None:
        line = reader.peek()
        assert line is not None
        raise BadYaml("the indentation fits nothing above", line.number)
    return Document(content, reader.repeated)


class _Reader:
    def __init__(self, raw: list[str]) -> None:
        self.raw, self.at = raw, 0
        self.repeated: list[tuple[int, str]] = []
        self.pending: _Line | None = None

    def peek(self) -> _Line | None:
        """The next line that says something, comments cut off."""
        if self.pending is not None:
            return self.pending
        while self.at < len(self.raw):
            line = self.raw[self.at]
            stripped = _without_comment(line).strip()
            if not stripped or stripped == "---" or (stripped.startswith("%") and self.at == 0):
                self.at += 1
                continue
            indent = len(line) - len(line.lstrip(" "))
            if line[indent : indent + 1] == "\t":
                raise BadYaml("a tab is no indentation; use spaces", self.at + 1)
            return _Line(self.at + 1, indent, stripped)
        return None

    def take(self) -> None:
        if self.pending is not None:
            self.pending = None
        else:
            self.at += 1

    def next_indent(self) -> int:
        line = self.peek()
        return line.indent if line else 0

    def block(self, indent: int, depth: int) -> Any:
        line = self.peek()
        if line is None or line.indent < indent:
            return None
        if depth > MAX_DEPTH:
            raise BadYaml("too many levels", line.number)
        if line.text == "-" or line.text.startswith("- "):
            return self._list(line.indent, depth)
        if KEY.match(line.text):
            return self._mapping(line.indent, depth)
        self.take()
        return self._scalar(line.text, line.number)

    def _list(self, indent: int, depth: int) -> list[Any]:
        items = []
        while (line := self.peek()) and line.indent == indent and (line.text == "-" or line.text.startswith("- ")):
            self.take()
            rest = line.text[1:].lstrip()
            if not rest:
                items.append(self.block(indent + 1, depth + 1))
            elif KEY.match(rest) or rest.startswith("- "):
                # the item's first line stands behind the dash: read it as a line of its own
                self.pending = _Line(line.number, indent + len(line.text) - len(rest), rest)
                items.append(self.block(self.pending.indent, depth + 1))
            else:
                items.append(self._value(rest, line, depth))
        return items

    def _mapping(self, indent: int, depth: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        while (line := self.peek()) and line.indent == indent and (match := KEY.match(line.text)):
            if line.text.startswith("- "):
                break
            self.take()
            key = str(self._scalar(match["key"], line.number, is_key=True))
            if key in found:
                self.repeated.append((line.number, key))
            found[key] = self._value(match["rest"] or "", line, depth)
        return found

    def _value(self, rest: str, line: _Line, depth: int) -> Any:
        """What follows a key or a dash: on the same line, as block text, or as an indented block below."""
        if re.fullmatch(r"[|>][+-]?", rest):
            return self._text(line.indent, folded=rest[0] == ">", keep_end="-" not in rest)
        if rest:
            return self._scalar(rest + self._continued(rest, line.indent), line.number)
        below = self.peek()
        if below is None:
            return None
        is_list_beside = below.indent == line.indent and (below.text == "-" or below.text.startswith("- "))
        if below.indent > line.indent or (is_list_beside and not line.text.startswith("- ")):
            return self.block(below.indent, depth + 1)
        return None

    def _continued(self, rest: str, indent: int) -> str:
        """Plain text that goes on in deeper lines."""
        more = ""
        if rest[0] in "\"'[{":
            return more
        while (line := self.peek()) and line.indent > indent and not KEY.match(line.text):
            more += " " + line.text
            self.take()
        return more

    def _text(self, indent: int, *, folded: bool, keep_end: bool) -> str:
        lines: list[str] = []
        while self.at < len(self.raw):
            line = self.raw[self.at]
            if line.strip() and len(line) - len(line.lstrip(" ")) <= indent:
                break
            lines.append(line)
            self.at += 1
        margin = min((len(line) - len(line.lstrip(" ")) for line in lines if line.strip()), default=0)
        rows = [line[margin:] for line in lines]
        while rows and not rows[-1].strip():
            rows.pop()
        text = re.sub(r"(?<=\S)\n(?=\S)", " ", "\n".join(rows)) if folded else "\n".join(rows)
        return text + "\n" if keep_end and rows else text

    def _scalar(self, text: str, line: int, *, is_key: bool = False) -> Any:
        text = text.strip()
        if text[:1] in {'"', "'"}:
            return _unquoted(text, line)
        if text[:1] in {"&", "*", "!", "{", "@", "`"}:
            raise BadYaml(f"“{text[:20]}” uses a part of YAML that is not read here", line)
        if text[:1] == "[":
            if not text.endswith("]"):
                raise BadYaml("a list in brackets must end on its line", line)
            inner = text[1:-1].strip()
            return [self._scalar(part, line) for part in inner.split(",")] if inner else []
        return text if is_key else _plain(text)


def _without_comment(line: str) -> str:
    """A `#` starts a comment at the line's start or after a space, outside quotation marks."""
    quote, skip = "", False
    for i, character in enumerate(line):
        if skip:
            skip = False
        elif quote:
            # '' and \" are no ends
            skip = (character == "\\" and quote == '"') or (character == quote == "'" and line[i + 1 : i + 2] == "'")
            if character == quote and not skip:
                quote = ""
        elif character in "\"'" and (i == 0 or line[i - 1] in " :[,-"):
            quote = character
        elif character == "#" and (i == 0 or line[i - 1] in " \t"):
            return line[:i]
    return line


def _unquoted(text: str, line: int) -> str:
    quote = text[0]
    if len(text) < 2 or text[-1] != quote:
        raise BadYaml("a quotation mark is not closed", line)
    if quote == "'":
        return text[1:-1].replace("''", "'")
    escapes = {"n": "\n", "t": "\t", '"': '"', "\\": "\\", "/": "/"}
    return re.sub(r"\\(.)", lambda match: escapes.get(match[1], match[0]), text[1:-1])


def _plain(text: str) -> Any:
    low = text.lower()
    if low in NULL:
        return None
    if low in TRUE or low in FALSE:
        return low in TRUE
    if re.fullmatch(r"[+-]?(0|[1-9]\d{0,17})", text, re.ASCII):
        return int(text)
    if re.fullmatch(r"[+-]?(\d+\.\d*|\.\d+)([eE][+-]?\d{1,3})?", text, re.ASCII):
        return float(text)
    return text
