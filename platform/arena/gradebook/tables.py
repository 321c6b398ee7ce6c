"""Tables of marks that people upload: which column is what, whose row it is, and what would change."""

from __future__ import annotations

import re
import tempfile
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path, PurePosixPath
from typing import Any

from django.utils import translation

from arena.courses.models import Course, Enrolment
from arena.courses.selectors import students_of
from arena.gradebook.models import Component, EnteredMark
from arena.gradebook.selectors import ComponentField, components_of, current_scheme
from grader.name_matching import fold
from grader.rosters import HEADERS, NO_STUDENT, cell_text, header_columns
from grader.spreadsheet import UnreadableFile, read_table

HEADER_WITHIN = 10
NO_MARK = {"", "-", "–", "—", "ex", "n/a", "absent", "abs", "absentă"}
MARK = re.compile(r"[0-9]{1,3}([.,][0-9]{1,6})?")
KNOWN = {
    Component.EXAM: {"exam", "examen", "nota examen", "nota la examen", "final exam"},
    Component.LAB_TEST: {"lab test", "test laborator", "test de laborator", "nota test", "nota la test"},
    Component.OTHER_LAB: {"other lab", "nota laborator", "laborator", "nota la laborator"},
    Component.DEDUCTION: {"deduction", "depunctare", "penalizare"},
}
DANGEROUS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, kw_only=True)
class Problem:
    """What is wrong in which line (from 1; 0: the table as a whole); `wording` has its sentence."""

    line: int
    code: str
    params: Mapping[str, object]


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column of the table: its number from 0, what its header says, and the component that it is taken for."""

    index: int
    header: str
    component: str
    sample: str


@dataclass(frozen=True, kw_only=True)
class Change:
    enrolment: Enrolment
    component: str
    before: Decimal | None
    after: Decimal


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What an import would do. With any problem it does nothing."""

    columns: tuple[Column, ...]
    changes: tuple[Change, ...]
    problems: tuple[Problem, ...]
    n_rows: int
    n_same: int

    @property
    def can_apply(self) -> bool:
        return bool(self.changes) and not self.problems


class NoMark(ValueError):
    """A cell that is no mark."""


def parse_mark(text: str) -> Decimal | None:
    """A mark with a decimal comma or point; None for an empty cell, `-` or `absent`. Raises `NoMark`.

    >>> parse_mark("9,50"), parse_mark("-")
    (Decimal('9.50'), None)
    """
    bare = text.strip()
    if bare.casefold() in NO_MARK:
        return None
    if not MARK.fullmatch(bare) or not bare.isascii():
        raise NoMark(text)
    return Decimal(bare.replace(",", "."))


def read_rows(name: str, data: bytes) -> list[list[Any]]:
    """The rows of an uploaded table. Raises `UnreadableFile`."""
    with tempfile.TemporaryDirectory(prefix="arena-table-") as folder:
        path = Path(folder) / f"table{PurePosixPath(name).suffix.lower()}"
        path.write_bytes(data)
        return read_table(path)


def harmless(text: str) -> str:
    """The text with an apostrophe before what a spreadsheet would take for a formula."""
    return f"'{text}" if text.startswith(DANGEROUS) else text


def bare(text: str) -> str:
    """The text without that apostrophe."""
    return text[1:] if text.startswith("'") and text[1:].startswith(DANGEROUS) else text


def names_of(field: ComponentField) -> set[str]:
    """What a header may call a component: its code, its name in every language, and usual words."""
    names = {fold(field.code), fold(field.label), field.code} | KNOWN.get(field.code, set())
    if field.code in Component.values:
        for language in ("en", "ro"):
            with translation.override(language):
                names.add(fold(str(Component(field.code).label)))
    return names


def plan_import(
    course: Course, rows: Sequence[Sequence[Any]], *, examination: str, chosen: Mapping[str, str] | None = None
) -> Plan:
    """What the rows would change. `chosen` maps column numbers (as text) to components; without it headers decide."""
    fields = {one.code: one for one in components_of(current_scheme(course, examination))}
    header_at = next((i for i, row in enumerate(rows[:HEADER_WITHIN]) if len(_keys(row)) > 0), None)
    if header_at is None:
        return _nothing("no_header")
    keys = _keys(rows[header_at])
    columns = _columns(rows, header_at, keys, fields, chosen)
    wanted = {column.index: column.component for column in columns if column.component}
    problems: list[Problem] = []
    doubled = {c for c in wanted.values() if list(wanted.values()).count(c) > 1}
    problems += [Problem(line=0, code="column_twice", params={"component": fields[c].label}) for c in sorted(doubled)]
    if not wanted:
        problems.append(Problem(line=0, code="no_column", params={}))
    find = _Finder(course)
    standing = {
        (pk, component): value
        for pk, component, value in EnteredMark.objects.filter(
            enrolment__course=course, examination=examination
        ).values_list("enrolment_id", "component", "value")
    }
    seen: dict[int, int] = {}
    changes: list[Change] = []
    n_rows = n_same = 0
    for line, row in enumerate(rows[header_at + 1 :], start=header_at + 2):
        cells = {name: bare(cell_text(row[at])) if at < len(row) else "" for name, at in keys.items()}
        if not any(cell_text(cell) for cell in row) or fold(_name(cells)) in NO_STUDENT:
            continue
        n_rows += 1
        enrolment = find(cells)
        if enrolment is None:
            shown = cells.get("email") or cells.get("number") or _name(cells)
            code = "several_students" if find.is_ambiguous(cells) else "unknown_student"
            problems.append(Problem(line=line, code=code, params={"student": shown[:80]}))
            continue
        if enrolment.pk in seen:
            params = {"student": enrolment.user.name, "first": seen[enrolment.pk]}
            problems.append(Problem(line=line, code="duplicate_student", params=params))
            continue
        seen[enrolment.pk] = line
        for index, component in wanted.items():
            text = bare(cell_text(row[index])) if index < len(row) else ""
            field = fields[component]
            try:
                value = parse_mark(text)
            except NoMark:
                params = {"value": text[:40], "column": field.label}
                problems.append(Problem(line=line, code="no_mark", params=params))
                continue
            if value is None:
                continue
            if not field.low <= value <= field.high or value != round(value, 2):
                params = {"value": text[:40], "column": field.label, "low": field.low, "high": field.high}
                problems.append(Problem(line=line, code="out_of_range", params=params))
                continue
            before = standing.get((enrolment.pk, component))
            if before == value:
                n_same += 1
            else:
                changes.append(Change(enrolment=enrolment, component=component, before=before, after=value))
    return Plan(columns=columns, changes=tuple(changes), problems=tuple(problems), n_rows=n_rows, n_same=n_same)


def _nothing(code: str) -> Plan:
    return Plan(columns=(), changes=(), problems=(Problem(line=0, code=code, params={}),), n_rows=0, n_same=0)


def _keys(row: Sequence[Any]) -> dict[str, int]:
    """The columns that say whose row it is, if they can tell."""
    found = header_columns(row, HEADERS)
    keys = {
        name: at for name, at in found.items() if name in {"number", "sis", "email", "login", "name", "last", "first"}
    }
    can_tell = {"number", "sis", "email", "login", "name"} & set(keys) or {"last", "first"} <= set(keys)
    return keys if can_tell else {}


def _name(cells: Mapping[str, str]) -> str:
    return cells.get("name") or f"{cells.get('last', '')} {cells.get('first', '')}".strip()


def _columns(
    rows: Sequence[Sequence[Any]],
    header_at: int,
    keys: Mapping[str, int],
    fields: Mapping[str, ComponentField],
    chosen: Mapping[str, str] | None,
) -> tuple[Column, ...]:
    names = {code: names_of(field) for code, field in fields.items()}
    taken: set[str] = set()
    found = []
    for index, cell in enumerate(rows[header_at]):
        header = cell_text(cell)
        if index in keys.values() or not header:
            continue
        if chosen is None:
            bare_header = re.sub(r"\s*\([0-9]+\)$", "", header)  # Canvas appends the assignment's number
            component = next(
                (c for c, n in names.items() if c not in taken and n & {bare_header, fold(bare_header)}), ""
            )
            taken.add(component)
        else:
            component = chosen.get(str(index), "")
            component = component if component in fields else ""
        below = rows[header_at + 1 :]
        sample = next((cell_text(row[index]) for row in below if index < len(row) and cell_text(row[index])), "")
        found.append(Column(index=index, header=header[:80], component=component, sample=sample[:40]))
    return tuple(found)


class _Finder:
    """Whose row it is: by address, by student number, or by a name that only one student has."""

    def __init__(self, course: Course) -> None:
        self.by_email: dict[str, Enrolment] = {}
        self.by_number: dict[str, Enrolment] = {}
        self.by_name: dict[tuple[str, ...], list[Enrolment]] = defaultdict(list)
        for enrolment in students_of(course):
            self.by_email[enrolment.user.email.lower()] = enrolment
            self.by_name[self._words(enrolment.user.name)].append(enrolment)
            if enrolment.number:
                self.by_number[enrolment.number] = enrolment

    def __call__(self, cells: Mapping[str, str]) -> Enrolment | None:
        for key in ("email", "login"):
            if cells.get(key):
                found = self.by_email.get(cells[key].lower())
                if found or key == "email":
                    return found
        for key in ("sis", "number"):
            if found := self.by_number.get(cells.get(key, "")):
                return found
        same = self.by_name.get(self._words(_name(cells)), [])
        return same[0] if len(same) == 1 else None

    def is_ambiguous(self, cells: Mapping[str, str]) -> bool:
        """Whether nothing but a name tells, and that is several people's."""
        can_tell = any(cells.get(key) for key in ("email", "login", "sis", "number"))
        return not can_tell and len(self.by_name.get(self._words(_name(cells)), [])) > 1

    def _words(self, name: str) -> tuple[str, ...]:
        return tuple(sorted(fold(name).split()))


__all__ = ["Change", "Column", "Plan", "Problem", "UnreadableFile", "parse_mark", "plan_import", "read_rows"]
