"""Read a course's roster: CSV or XLSX, with English or Romanian headers, or the files of Moodle and Canvas.

Every problem of a file is found before anything is used, each with its line, so that a roster is taken whole or not at all.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from grader.name_matching import fold
from grader.spreadsheet import read_table

HEADERS = {
    "number": {
        "id", "number", "student id", "student number", "id number", "matricol", "nr matricol", "numar matricol",
        "numarul matricol", "cod",
    },
    # a learning platform's own ids give way to the university's
    "sis": {"sis user id", "sis id"},
    "email": {
        "email", "e mail", "mail", "email address", "e mail address", "adresa de email", "adresa de e mail",
        "adresa email",
    },
    "login": {"sis login id"},
    "name": {"name", "student", "full name", "student name", "nume si prenume", "numele si prenumele", "nume complet"},
    "last": {"last name", "surname", "nume", "nume de familie", "numele"},
    "first": {"first name", "given name", "prenume", "prenumele"},
    "group": {"group", "groups", "section", "grupa", "sectiune"},
    "series": {"series", "serie", "seria"},
}  # fmt: skip
HEADER_WITHIN = 10
EMAIL = re.compile(r"[^@\s,;<>\"']{1,64}@[^@\s,;<>\"']+\.[^@\s,;<>\"']{2,}")
# Rows of a Canvas gradebook that are no students
NO_STUDENT = {"points possible", "student test", "test student"}
LENGTHS = {"number": 40, "email": 150, "name": 150, "group": 20, "series": 20}


@dataclass(frozen=True, kw_only=True)
class Problem:
    """What is wrong in which line (1-based; 0: the file as a whole). `code` and `params` are for other languages."""

    line: int
    code: str
    message: str
    params: Mapping[str, object] = field(default_factory=dict)


@dataclass
class InvalidRoster(Exception):
    """A roster that can't be taken; every problem of it."""

    problems: tuple[Problem, ...]

    def __str__(self) -> str:
        return " ".join(problem.message for problem in self.problems[:5])


@dataclass(frozen=True, kw_only=True)
class RosterRow:
    """A student as the file has him. Texts are empty where the file says nothing; `number` keeps its leading zeros."""

    line: int
    name: str
    number: str = ""
    email: str = ""
    group: str = ""
    series: str = ""


def read_roster(path: Path, *, may_repeat: bool = False) -> list[RosterRow]:
    """The students, in order. With `may_repeat` a number or address may come again with another name (a second spelling).

    Raises `InvalidRoster` with every problem, `UnreadableFile` for a file that is no table, or OSError.
    """
    rows = read_table(path)
    start, columns = _header(rows)
    found: list[RosterRow] = []
    problems: list[Problem] = []
    seen: dict[str, int] = {}
    for line, row in enumerate(rows[start:], start=start + 1):
        values = {name: cell_text(row[at]) if at < len(row) else "" for name, at in columns.items()}
        if not any(cell_text(cell) for cell in row) or fold(values.get("name", "")) in NO_STUDENT:
            continue
        student, wrong = _student(line, values)
        problems += wrong
        if not may_repeat:
            for key in filter(None, (student.number, student.email)):
                if key in seen:
                    text = f"Line {line}: {key} appears a second time; it stood in line {seen[key]} too."
                    problems.append(
                        Problem(line=line, code="duplicate", message=text, params={"key": key, "first": seen[key]})
                    )
                seen.setdefault(key, line)
        found.append(student)
    if not found and not problems:
        problems.append(Problem(line=0, code="no_students", message="The roster lists no student."))
    if problems:
        raise InvalidRoster(tuple(problems))
    return found


def _header(rows: Sequence[Sequence[Any]]) -> tuple[int, dict[str, int]]:
    for number, row in enumerate(rows[:HEADER_WITHIN], start=1):
        columns = header_columns(row, HEADERS)
        if "last" in columns and "name" not in columns and "first" not in columns:
            columns["name"] = columns.pop("last")
        if "sis" in columns:
            columns["number"] = columns.pop("sis")
        if ("name" in columns or {"last", "first"} <= set(columns)) and {"number", "email", "login"} & set(columns):
            return number, columns
    text = (
        "One of the first rows must name the columns: “name” (or “last name” and “first name”), "
        "“id” or “email”, and maybe “group”."
    )
    raise InvalidRoster((Problem(line=0, code="no_header", message=text),))


def header_columns(row: Sequence[Any], headers: Mapping[str, set[str]]) -> dict[str, int]:
    """Where each known column stands; names are compared without case, diacritics and punctuation."""
    found: dict[str, int] = {}
    for at, cell in enumerate(row):
        name = fold(cell_text(cell))
        for column, names in headers.items():
            if name in names or cell_text(cell).casefold() in names:
                found.setdefault(column, at)
    return found


def cell_text(cell: Any) -> str:
    """What a cell shows: whole numbers without `.0`, runs of white space as one space."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return " ".join(str(cell).split())


def _student(line: int, values: Mapping[str, str]) -> tuple[RosterRow, list[Problem]]:
    problems: list[Problem] = []
    name = values.get("name") or f"{values.get('last', '')} {values.get('first', '')}".strip()
    login = values.get("login", "").lower()
    email = values.get("email", "").lower() or (login if EMAIL.fullmatch(login) else "")
    if email and not EMAIL.fullmatch(email):
        text = f"Line {line}: “{email[:60]}” is no e-mail address."
        problems.append(Problem(line=line, code="bad_email", message=text, params={"email": email[:60]}))
    if not name:
        problems.append(Problem(line=line, code="no_name", message=f"Line {line} has no name."))
    if not email and not values.get("number"):
        text = f"Line {line} has neither an id nor an e-mail address."
        problems.append(Problem(line=line, code="no_key", message=text))
    texts = {**values, "name": name, "email": email}
    for column, most in LENGTHS.items():
        if len(texts.get(column, "")) > most:
            text = f"Line {line}: the {column} is longer than {most} characters."
            problems.append(Problem(line=line, code="too_long", message=text, params={"column": column, "most": most}))
    kept = {column: texts.get(column, "") for column in LENGTHS}
    return RosterRow(line=line, **kept), problems
