"""Typed values out of a TOML document, with errors that name the key and its line."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

DECIMAL = re.compile(r"[0-9]{1,6}(\.[0-9]{1,6})?")
TOML_LINE = re.compile(r"at line (\d+)")
NEWEST_FORMAT = 2
# What documents of an older format leave unsaid, by the format that brought the setting.
ADDED: dict[int, dict[str, Any]] = {
    2: {
        "lab.own_weight": "0.5",
        "lab.other_weight": "0.5",
        "ml_lab.extra": [],
        "lab_test.requirement_points": "4",
        "lab_test.accuracy_points": "6",
        "lab_test.counted_from": "zero",
        "project.board": "private",
        "project.ranked": "everyone",
        "project.rubric": [{"name": "presentation", "points": "1"}, {"name": "documentation", "points": "1"}],
        "project.not_presented": "no_mark",
        "plagiarism.consequence": "decision",
        "plagiarism.project": "0",
    }
}


@dataclass
class InvalidScheme(Exception):
    """What is wrong with the document, and in which line (1-based) where that is known."""

    message: str
    line: int | None = None

    def __str__(self) -> str:
        return self.message if self.line is None else f"Line {self.line}: {self.message}"


class Reader:
    """Hands out a document's values by dotted key, and remembers which were asked for."""

    def __init__(self, text: str) -> None:
        self.lines = text.splitlines()
        self.used: set[str] = set()
        try:
            self.document = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            found = TOML_LINE.search(str(error))
            raise InvalidScheme(f"This is not valid TOML: {error}.", int(found[1]) if found else None) from error
        self.defaults: dict[str, Any] = {}
        version = self.as_whole("format", self.document.get("format", 1))
        if version > NEWEST_FORMAT:
            raise self.fail("format", f"is {version}, but this program knows formats up to {NEWEST_FORMAT}")
        self.used.add("format")
        for added, settings in ADDED.items():
            if version < added:
                self.defaults |= settings

    def fail(self, key: str, problem: str, *, row: int | None = None) -> InvalidScheme:
        """The error to raise for a key; its line is that of its `row` (1-based), else the key's own, else its section's."""
        return InvalidScheme(f"{key} {problem}.", self._line_of(key, row))

    def raw(self, key: str) -> Any:
        value: Any = self.document
        for part in key.split("."):
            if not isinstance(value, dict) or part not in value:
                if key in self.defaults:
                    return self.defaults[key]
                raise self.fail(key, "is missing")
            value = value[part]
        self.used.add(key)
        return value

    def text(self, key: str) -> str:
        value = self.raw(key)
        if not isinstance(value, str) or not value.strip():
            raise self.fail(key, "must be a text in quotes")
        return value

    def boolean(self, key: str) -> bool:
        value = self.raw(key)
        if not isinstance(value, bool):
            raise self.fail(key, "must be true or false")
        return value

    def decimal(self, key: str, *, low: int = 0, high: int = 10) -> Decimal:
        return self.as_decimal(key, self.raw(key), low=low, high=high)

    def as_decimal(self, key: str, value: Any, *, low: int = 0, high: int = 10, row: int | None = None) -> Decimal:
        """A whole number or a quoted decimal; an unquoted `0.1` is refused, being a binary float."""
        if isinstance(value, bool) or not isinstance(value, str | int):
            raise self.fail(key, 'must be a decimal in quotes, such as "0.5"', row=row)
        if not DECIMAL.fullmatch(str(value)):
            raise self.fail(key, f"is “{value}”, which is no decimal such as “0.5”", row=row)
        number = Decimal(value)
        if not low <= number <= high:
            raise self.fail(key, f"is {value}, but must lie in {low}..{high}", row=row)
        return number

    def whole(self, key: str) -> int:
        return self.as_whole(key, self.raw(key))

    def as_whole(self, key: str, value: Any, *, row: int | None = None) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value < 10**9:
            raise self.fail(key, "must be a whole number of at least 1", row=row)
        return value

    def choice(self, key: str, *allowed: str) -> str:
        return self.as_choice(key, self.raw(key), *allowed)

    def as_choice(self, key: str, value: Any, *allowed: str) -> str:
        if not isinstance(value, str) or value not in allowed:
            raise self.fail(key, f"must be one of {', '.join(allowed)}")
        return value

    def rows(self, key: str, *, may_be_empty: bool = False) -> list[Any]:
        value = self.raw(key)
        if may_be_empty and value == []:
            return []
        if not isinstance(value, list) or not value:
            raise self.fail(key, "must be a list with at least one entry")
        return value

    def refuse_unknown(self) -> None:
        """Raise for a key that nobody asked for: a typing error must not silently change marks."""
        for name, content in self.document.items():
            keys = [f"{name}.{key}" for key in content] if isinstance(content, dict) else [name]
            for key in keys:
                if key not in self.used:
                    raise self.fail(key, "is not a setting of a scheme")

    def _line_of(self, key: str, row: int | None = None) -> int | None:
        wanted_section, _, leaf = key.rpartition(".")
        section, section_line = "", None
        for number, content in enumerate(self.lines, start=1):
            stripped = content.split("#")[0].strip()
            if stripped.startswith("[") and stripped.endswith("]") and "=" not in stripped:
                section = stripped.strip("[] ")
                if section == wanted_section:
                    section_line = number
            elif section == wanted_section and stripped.split("=")[0].strip().strip('"') == leaf:
                return self._line_of_row(number, row)
            elif not section and stripped.split("=")[0].strip() in (key, wanted_section) and stripped:
                return number  # a dotted key, or the section as an inline table
        return section_line

    def _line_of_row(self, first: int, row: int | None) -> int:
        """The line of a list's row; a list written in one line is its own."""
        braces = 0
        for number, content in enumerate(self.lines[first - 1 :], start=first):
            braces += content.split("#")[0].count("{")
            if row is not None and braces >= row:
                return number
            if row is None or "]" in content.split("#")[0]:
                break
        return first
