"""The verbs `grade` and `quiz` of `python -m grader`."""

from __future__ import annotations

import argparse
import hashlib
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

from grader.lectures import lecture
from grader.mark_records import InvalidRecords, read_records
from grader.marks import MarkSheet, compute
from grader.name_matching import RosterEntry
from grader.quiz_report import InvalidReport, read_report
from grader.refusing import refuse
from grader.rosters import InvalidRoster, read_roster
from grader.schemes import InvalidScheme, load_scheme, preset
from grader.spreadsheet import UnreadableFile
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
    quiz.add_argument("report", type=Path, nargs="+", help="an .xlsx or .csv; several are quizzes of one lecture")
    quiz.add_argument("--roster", type=Path, help="a CSV or .xlsx with the columns id or email, name, and maybe group")
    quiz.add_argument("--ties", choices=["shared", "tool", "mean"], default="shared", help="places for equal points")
    quiz.add_argument("--same-lecture", choices=["summed", "best"], default="summed", help="how several reports join")
    quiz.set_defaults(func=_quiz)


def _grade(arguments: argparse.Namespace) -> int:
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
    reports: dict[bytes, Path] = {}
    try:
        for path in arguments.report:
            content = hashlib.sha256(path.read_bytes()).digest()
            if content in reports:
                text = f"{path.name} holds the same report as {reports[content].name}."
                return refuse("invalid_report", "same_report", text)
            reports[content] = path
        read = [read_report(path) for path in arguments.report]
        roster = _roster(arguments.roster) if arguments.roster else []
    except InvalidReport as error:
        return refuse("invalid_report", error.code, error.message)
    except InvalidRoster as error:
        lines = [{"line": p.line, "code": p.code, "message": p.message} for p in error.problems]
        return refuse("invalid_roster", error.problems[0].code, str(error), problems=lines)
    except UnreadableFile as error:
        return refuse("invalid_roster", error.code, error.message)
    except OSError as error:
        return refuse("invalid_input", "no_file", f"{error.filename} can't be read: {error.strerror}.")
    result = lecture(read, roster, ties=arguments.ties, same_lecture=arguments.same_lecture)
    players = [
        {
            "nickname": row.nickname,
            "points": plain(row.points),
            "rank": row.rank,
            "place": _text(row.place),
            "correct": row.correct,
            "incorrect": row.incorrect,
            "student": row.match.student_id,
            "method": row.match.method,
            "confidence": round(row.match.confidence, 2),
            "candidates": list(row.match.candidates),
        }
        for row in result.rows
    ]
    printed = {
        "title": read[0].title,
        "players": players,
        "matched": [row.nickname for row in result.rows if row.match.student_id is not None],
        "unmatched": [row.nickname for row in result.rows if row.match.student_id is None],
        "warnings": [*(warning for report in read for warning in report.warnings), *result.warnings],
    }
    print(json.dumps(printed, ensure_ascii=False, indent=1))
    return 0


def _roster(path: Path) -> list[RosterEntry]:
    """Students by their id, else by their address; an id may come again with another name."""
    rows = read_roster(path, may_repeat=True)
    return [RosterEntry(id=row.number or row.email, name=row.name, group=row.group) for row in rows]
