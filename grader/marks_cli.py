"""The verbs `grade` and `quiz` of `python -m grader`."""

from __future__ import annotations

import argparse
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

from grader.bonuses import places
from grader.mark_records import InvalidRecords, read_records
from grader.marks import MarkSheet, compute
from grader.name_matching import RosterEntry, match
from grader.quiz_report import InvalidReport, read_report
from grader.schemes import InvalidScheme, load_scheme, preset
from grader.spreadsheet import UnreadableFile, read_csv
from grader.trace import plain


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `grade` and `quiz`."""
    grade = commands.add_parser("grade", help="final marks, each with its trace")
    scheme = grade.add_mutually_exclusive_group(required=True)
    scheme.add_argument("--scheme", type=Path, help="a scheme as a TOML file")
    scheme.add_argument("--preset", help="the name of a bundled scheme, such as unibuc-ml")
    grade.add_argument("--records", type=Path, required=True, help="students and their results as JSON")
    grade.set_defaults(func=_grade)
    quiz = commands.add_parser("quiz", help="places and names from a quiz report")
    quiz.add_argument("report", type=Path)
    quiz.add_argument("--roster", type=Path, help="a CSV with the columns id and name, and maybe group")
    quiz.add_argument("--ties", choices=["shared", "tool", "mean"], default="shared")
    quiz.set_defaults(func=_quiz)


def _grade(arguments: argparse.Namespace) -> int:
    from grader.cli import refuse

    try:
        text = None if arguments.preset else arguments.scheme.read_text(encoding="utf-8-sig")
        scheme = preset(arguments.preset) if text is None else load_scheme(text)
    except InvalidScheme as error:
        return refuse("invalid_scheme", "invalid_scheme", str(error), line=error.line)
    except UnicodeDecodeError:
        return refuse("invalid_scheme", "not_text", f"{arguments.scheme} is no text in UTF-8.")
    except OSError as error:
        return refuse("invalid_input", "no_file", f"{error.filename} can't be read: {error.strerror}.")
    try:
        facts, students, examination = read_records(arguments.records.read_text(encoding="utf-8-sig"), scheme=scheme)
    except InvalidRecords as error:
        return refuse("invalid_records", "invalid_records", str(error))
    except UnicodeDecodeError:
        return refuse("invalid_records", "not_text", f"{arguments.records} is no text in UTF-8.")
    except OSError as error:
        return refuse("invalid_input", "no_file", f"{error.filename} can't be read: {error.strerror}.")
    sheets = compute(students, competition=facts, examination=examination, scheme=scheme)
    print(json.dumps({"students": [_as_json(sheet) for sheet in sheets]}, ensure_ascii=False, indent=1))
    return 0


def _as_json(sheet: MarkSheet) -> dict[str, Any]:
    marks = {name: getattr(sheet, name) for name in ("project", "ml_lab", "lab", "exam", "final")}
    trace = [
        {
            **line.as_json(),
            "en": line.text("en"),
            "ro": line.text("ro"),
        }
        for line in sheet.trace
    ]
    texts = {name: _text(mark) for name, mark in marks.items()}
    return {"id": sheet.id, **texts, "status": sheet.status, "trace": trace}


def _text(value: Decimal | None) -> str | None:
    return None if value is None else plain(value)


def _quiz(arguments: argparse.Namespace) -> int:
    from grader.cli import refuse

    try:
        report = read_report(arguments.report)
        roster = read_roster(arguments.roster) if arguments.roster else []
    except InvalidReport as error:
        return refuse("invalid_report", error.code, error.message)
    except UnreadableFile as error:
        return refuse("invalid_roster", error.code, error.message)
    except OSError as error:
        return refuse("invalid_input", "no_file", f"{error.filename} can't be read: {error.strerror}.")
    nicknames = [player.nickname for player in report.players]
    players = [
        {
            "nickname": player.nickname,
            "points": plain(player.points),
            "rank": player.rank,
            "place": _text(place),
            "correct": player.correct,
            "incorrect": player.incorrect,
            "student": matched.student_id,
            "method": matched.method,
            "confidence": round(matched.confidence, 2),
            "candidates": list(matched.candidates),
        }
        for player, place, matched in zip(
            report.players,
            places([player.points for player in report.players], policy=arguments.ties),
            match(nicknames, roster),
            strict=True,
        )
    ]
    unmatched = [player["nickname"] for player in players if player["student"] is None]
    result = {"title": report.title, "players": players, "unmatched": unmatched, "warnings": list(report.warnings)}
    print(json.dumps(result, ensure_ascii=False, indent=1))
    return 0


def read_roster(path: Path) -> list[RosterEntry]:
    """Students from a CSV with a header; `email` stands in for a missing `id`, and an id may come
    again with another name. Raises `UnreadableFile`."""
    rows = [[str(cell).strip() for cell in row] for row in read_csv(path) if any(row)]
    header = [name.casefold() for name in rows[0]] if rows else []
    key = next((name for name in ("id", "email") if name in header), None)
    if key is None or "name" not in header:
        raise UnreadableFile("no_header", "The roster's first row must name the columns “id” (or “email”) and “name”.")
    found: list[RosterEntry] = []
    for line, row in enumerate(rows[1:], start=2):
        values = dict(zip(header, row, strict=False))
        if not values.get(key):
            raise UnreadableFile("bad_row", f"Row {line} of the roster has no “{key}”.")
        found.append(RosterEntry(id=values[key], name=values.get("name", ""), group=values.get("group", "")))
    return found
