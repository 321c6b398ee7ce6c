"""Typed values out of a TOML document, with errors that name the key and its line."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

DECIMAL = re.compile(r"[0-9]{1,6}(\.[0-9]{1,6})?")
TOML_LINE = re.compile(r"at line (\d+)")


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

    def fail(self, key: str, problem: str) -> InvalidScheme:
        """The error to raise for a key; its line is the key's own, else its section's."""
        return InvalidScheme(f"{key} {problem}.", self._line_of(key))

    def raw(self, key: str) -> Any:
        value: Any = self.document
        for part in key.split("."):
            if not isinstance(value, dict) or part not in value:
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

    def as_decimal(self, key: str, value: Any, *, low: int = 0, high: int = 10) -> Decimal:
        """A whole number or a quoted decimal; an unquoted `0.1` is refused, being a binary float."""
        if isinstance(value, bool) or not isinstance(value, str | int):
            raise self.fail(key, 'must be a decimal in quotes, such as "0.5"')
        if not DECIMAL.fullmatch(str(value)):
            raise self.fail(key, f"is “{value}”, which is no decimal such as “0.5”")
        number = Decimal(value)
        if not low <= number <= high:
            raise self.fail(key, f"is {value}, but must lie in {low}..{high}")
        return number

    def whole(self, key: str) -> int:
        return self.as_whole(key, self.raw(key))

    def as_whole(self, key: str, value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            raise self.fail(key, "must be a whole number of at least 1")
        return value

    def choice(self, key: str, *allowed: str) -> str:
        return self.as_choice(key, self.raw(key), *allowed)

    def as_choice(self, key: str, value: Any, *allowed: str) -> str:
        if not isinstance(value, str) or value not in allowed:
            raise self.fail(key, f"must be one of {', '.join(allowed)}")
        return value

    def rows(self, key: str) -> list[Any]:
        value = self.raw(key)
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

    def _line_of(self, key: str) -> int | None:
        wanted_section, _, leaf = key.rpartition(".")
        section, section_line = "", None
        for number, content in enumerate(self.lines, start=1):
            stripped = content.split("#")[0].strip()
            if stripped.startswith("[") and stripped.endswith("]"):
                section = stripped.strip("[] ")
                if section == wanted_section:
                    section_line = number
            elif section == wanted_section and stripped.split("=")[0].strip().strip('"') == leaf:
                return number
        return section_line
