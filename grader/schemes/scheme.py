"""Load a scheme. Every key is required and checked, so that a typing error can't silently change marks."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent


@dataclass
class InvalidScheme(Exception):
    """What is wrong with the document; `line` where TOML itself says so or the key is found."""

    message: str
    line: int | None = None

    def __str__(self) -> str:
        return self.message if self.line is None else f"Line {self.line}: {self.message}"


@dataclass(frozen=True, kw_only=True)
class Band:
    """Ranks `first..last` (1-based, inclusive; None is open) get `mark`."""

    mark: Decimal
    first: int
    last: int | None


@dataclass(frozen=True, kw_only=True)
class Scheme:
    """The rules of a course, in the order of the document."""

    name: str
    exam_weight: Decimal
    lab_weight: Decimal
    pass_mark: Decimal
    is_strict: bool
    rounding: str
    failed_cap: Decimal
    project_weight: Decimal
    test_weight: Decimal
    bands: tuple[Band, ...]
    band_policy: str
    reference_participants: int
    gate_cap: Decimal
    max_deduction: Decimal
    floor: Decimal
    invalid: Decimal
    quiz_points: tuple[Decimal, ...]
    quiz_group_size: int
    quiz_ties: str
    quiz_cap: Decimal
    answer_points: Decimal
    answers_per_lab: int
    answers_cap: Decimal
    bonus_examinations: tuple[str, ...]
    mark_cap: Decimal


class _Reader:
    """Takes typed values out of the document and names the line of what is wrong."""

    def __init__(self, text: str) -> None:
        self.text = text
        try:
            self.document = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise InvalidScheme(f"This is not valid TOML: {error}") from error
        self.used: set[str] = set()

    def fail(self, key: str, problem: str) -> InvalidScheme:
        leaf = key.rsplit(".", 1)[-1]
        lines = enumerate(self.text.splitlines(), start=1)
        line = next((n for n, content in lines if content.split("=")[0].strip() == leaf), None)
        return InvalidScheme(f"{key} {problem}.", line)

    def raw(self, key: str) -> Any:
        value: Any = self.document
        for part in key.split("."):
            if not isinstance(value, dict) or part not in value:
                raise self.fail(key, "is missing")
            value = value[part]
        self.used.add(key)
        return value

    def decimal(self, key: str, value: Any = None, *, low: str = "0", high: str = "10") -> Decimal:
        value = self.raw(key) if value is None else value
        if isinstance(value, bool) or not isinstance(value, str | int):
            raise self.fail(key, 'must be a quoted decimal such as "0.5"')
        try:
            number = Decimal(value)
        except InvalidOperation as error:
            raise self.fail(key, f"is “{value}”, which is no decimal number") from error
        if not number.is_finite() or not Decimal(low) <= number <= Decimal(high):
            raise self.fail(key, f"is {value}, but must lie in {low}..{high}")
        return number

    def whole(self, key: str, value: Any = None) -> int:
        value = self.raw(key) if value is None else value
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            raise self.fail(key, "must be a whole number of at least 1")
        return value

    def choice(self, key: str, *allowed: str) -> str:
        value = self.raw(key)
        if value not in allowed:
            raise self.fail(key, f"must be one of {', '.join(allowed)}")
        return str(value)

    def check_unknown(self) -> None:
        for section, content in self.document.items():
            for key in content if isinstance(content, dict) else ():
                if f"{section}.{key}" not in self.used:
                    raise self.fail(f"{section}.{key}", "is not a setting of this scheme")


def load_scheme(text: str) -> Scheme:
    """Parse and check a document. Raises `InvalidScheme`."""
    read = _Reader(text)
    scheme = Scheme(
        name=str(read.raw("name")),
        exam_weight=read.decimal("final.exam_weight", high="1"),
        lab_weight=read.decimal("final.lab_weight", high="1"),
        pass_mark=read.decimal("final.pass_mark"),
        is_strict=bool(read.raw("final.is_strict")),
        rounding=read.choice("final.rounding", "half_up", "two_decimals", "floor"),
        failed_cap=read.decimal("final.failed_cap"),
        project_weight=read.decimal("ml_lab.project_weight", high="1"),
        test_weight=read.decimal("ml_lab.test_weight", high="1"),
        bands=_bands(read),
        band_policy=read.choice("project.band_policy", "fixed", "scaled"),
        reference_participants=read.whole("project.reference_participants"),
        gate_cap=read.decimal("project.gate_cap"),
        max_deduction=read.decimal("project.max_deduction"),
        floor=read.decimal("project.floor"),
        invalid=read.decimal("project.invalid"),
        quiz_points=tuple(read.decimal("quiz.points", p) for p in read.raw("quiz.points")),
        quiz_group_size=read.whole("quiz.group_size"),
        quiz_ties=read.choice("quiz.ties", "shared", "tool", "mean"),
        quiz_cap=read.decimal("quiz.cap"),
        answer_points=read.decimal("lab_answers.points"),
        answers_per_lab=read.whole("lab_answers.per_lab"),
        answers_cap=read.decimal("lab_answers.cap"),
        bonus_examinations=tuple(str(e) for e in read.raw("bonuses.examinations")),
        mark_cap=read.decimal("bonuses.mark_cap"),
    )
    read.check_unknown()
    if scheme.exam_weight + scheme.lab_weight != 1:
        raise read.fail("final.exam_weight", "and final.lab_weight must add up to 1")
    if scheme.project_weight + scheme.test_weight != 1:
        raise read.fail("ml_lab.project_weight", "and ml_lab.test_weight must add up to 1")
    return scheme


def _bands(read: _Reader) -> tuple[Band, ...]:
    bands: list[Band] = []
    first = 1
    for row in read.raw("project.bands"):
        if not isinstance(row, dict) or set(row) != {"last", "mark"}:
            raise read.fail("project.bands", "needs rows such as { last = 30, mark = “10” }")
        last = read.whole("project.bands", row["last"])
        mark = read.decimal("project.bands", row["mark"])
        if last < first or (bands and mark > bands[-1].mark):
            raise read.fail("project.bands", f"are out of order at last = {last}")
        bands.append(Band(mark=mark, first=first, last=last))
        first = last + 1
    return (*bands, Band(mark=read.decimal("project.beyond"), first=first, last=None))


def preset_text(name: str) -> str:
    """The document of a bundled scheme. Raises `InvalidScheme` for an unknown name."""
    names = sorted(path.stem for path in FOLDER.glob("*.toml"))
    if name not in names:
        raise InvalidScheme(f"There is no preset “{name}”; there is {', '.join(names)}.")
    return (FOLDER / f"{name}.toml").read_text(encoding="utf-8")


def preset(name: str) -> Scheme:
    return load_scheme(preset_text(name))
