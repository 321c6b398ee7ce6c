"""The verbs `grade` and `quiz` of `python -m grader`."""

from __future__ import annotations

import argparse
import csv
import json
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from grader.marks import CompetitionFacts, MarkSheet, ProjectRecord, StudentRecord, compute
from grader.schemes import InvalidScheme, load_scheme, preset
from grader.trace import plain


class InvalidRecords(ValueError):
    """Records that can't be graded; the message names the student and the field."""


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `grade` and `quiz`."""
    grade = commands.add_parser("grade", help="final marks, each with its trace")
    scheme = grade.add_mutually_exclusive_group(required=True)
    scheme.add_argument("--scheme", type=Path)
    scheme.add_argument("--preset")
    grade.add_argument("--records", type=Path, required=True)
    grade.set_defaults(func=_grade)
    quiz = commands.add_parser("quiz", help="places and names from a quiz report")
    quiz.add_argument("report", type=Path)
    quiz.add_argument("--roster", type=Path)
    quiz.set_defaults(func=_quiz)


def _grade(arguments: argparse.Namespace) -> int:
    from grader.cli import refuse

    try:
        if arguments.preset:
            scheme = preset(arguments.preset)
        else:
            scheme = load_scheme(arguments.scheme.read_text(encoding="utf-8"))
        records = json.loads(arguments.records.read_text(encoding="utf-8"))
        facts, students, examination = read_records(records)
    except InvalidScheme as error:
        return refuse("invalid_scheme", "invalid_scheme", str(error), line=error.line)
    except InvalidRecords as error:
        return refuse("invalid_records", "invalid_records", str(error))
    except FileNotFoundError as error:
        return refuse("invalid_input", "no_file", f"There is no file {error.filename}.")
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        return refuse("invalid_records", "not_json", f"The records are not valid JSON: {error}.")
    sheets = compute(students, competition=facts, examination=examination, scheme=scheme)
    print(json.dumps({"students": [_as_json(sheet) for sheet in sheets]}, ensure_ascii=False, indent=1))
    return 0


def _as_json(sheet: MarkSheet) -> dict[str, Any]:
    def text(value: Decimal | None) -> str | None:
        return None if value is None else plain(value)

    return {
        "id": sheet.id,
        "project": text(sheet.project),
        "ml_lab": text(sheet.ml_lab),
        "lab": text(sheet.lab),
        "exam": text(sheet.exam),
        "final": text(sheet.final),
        "status": sheet.status,
        "trace": [
            {
                "rule": line.rule,
                "params": dict(line.params),
                "before": text(line.before),
                "after": text(line.after),
                "en": line.text("en"),
                "ro": line.text("ro"),
            }
            for line in sheet.trace
        ],
    }


def read_records(records: Any) -> tuple[CompetitionFacts, list[StudentRecord], str]:
    """Check and convert the JSON records. Raises `InvalidRecords`."""
    if not isinstance(records, dict) or not isinstance(records.get("students"), list):
        raise InvalidRecords("The records need an object with “examination”, “competition” and “students”.")
    examination = records.get("examination", "first")
    if examination not in {"first", "re-examination"}:
        raise InvalidRecords(f"examination is “{examination}”; it must be “first” or “re-examination”.")
    competition = records.get("competition") or {}
    direction = competition.get("direction", "higher")
    if direction not in {"higher", "lower"}:
        raise InvalidRecords("competition.direction must be “higher” or “lower”.")
    baseline = competition.get("baseline_private")
    students, seen = [], set()
    for row in records["students"]:
        if not isinstance(row, dict) or not isinstance(row.get("id"), str):
            raise InvalidRecords("Each student needs an “id” in quotes.")
        if row["id"] in seen:
            raise InvalidRecords(f"Student {row['id']} appears twice.")
        seen.add(row["id"])
        students.append(_student(row))
    facts = CompetitionFacts(
        direction=direction,
        baseline_private=None if baseline is None else float(baseline),
        n_ranked=int(competition.get("n_ranked", len(students))),
    )
    return facts, students, examination


def _student(row: Mapping[str, Any]) -> StudentRecord:
    project = row.get("project")
    record = None
    if project is not None:
        record = ProjectRecord(
            rank=project.get("rank"),
            private=project.get("private"),
            deduction=_mark(row, project.get("deduction"), "deduction", low="0", high="2") or Decimal(0),
            presented=bool(project.get("presented", True)),
            valid=bool(project.get("valid", True)),
        )
    answers, places = row.get("lab_answers") or [], row.get("quiz_places") or []
    if not all(isinstance(n, int) and n >= 0 for n in answers):
        raise InvalidRecords(f"Student {row['id']}: lab_answers must be counts such as [2, 3, 1].")
    if not all(isinstance(n, int | float | str) for n in places):
        raise InvalidRecords(f"Student {row['id']}: quiz_places must be places such as [1, 5].")
    return StudentRecord(
        id=row["id"],
        project=record,
        lab_test=_mark(row, row.get("lab_test"), "lab_test"),
        other_lab=_mark(row, row.get("other_lab"), "other_lab"),
        lab_answers=tuple(answers),
        exam=_mark(row, row.get("exam"), "exam"),
        quiz_places=tuple(Decimal(str(n)) for n in places),
    )


def _mark(row: Mapping[str, Any], value: Any, field: str, *, low: str = "0", high: str = "10") -> Decimal | None:
    if value is None:
        return None
    try:
        mark = Decimal(value if isinstance(value, str) else str(value))
    except InvalidOperation as error:
        raise InvalidRecords(f"Student {row['id']}: {field} is “{value}”, which is no decimal number.") from error
    if not mark.is_finite() or not Decimal(low) <= mark <= Decimal(high):
        raise InvalidRecords(f"Student {row['id']}: {field} is {value}, but must lie in {low}..{high}.")
    return mark


def _quiz(arguments: argparse.Namespace) -> int:
    from grader.bonuses import places
    from grader.cli import refuse
    from grader.name_matching import RosterEntry, match
    from grader.quiz_report import InvalidReport, read_report

    try:
        report = read_report(arguments.report)
        roster = []
        if arguments.roster:
            with arguments.roster.open(encoding="utf-8-sig", newline="") as file:
                rows = [{k.strip().lower(): v for k, v in row.items() if k} for row in csv.DictReader(file)]
            roster = [
                RosterEntry(
                    id=row.get("id") or row.get("email") or "", name=row.get("name", ""), group=row.get("group", "")
                )
                for row in rows
            ]
    except InvalidReport as error:
        return refuse("invalid_report", error.code, error.message)
    except FileNotFoundError as error:
        return refuse("invalid_input", "no_file", f"There is no file {error.filename}.")
    found = places([p.points for p in report.players], policy="shared")
    matches = match([p.nickname for p in report.players], roster)
    players = [
        {
            "nickname": player.nickname,
            "points": plain(player.points),
            "place": None if place is None else plain(place),
            "student": matched.student_id,
            "method": matched.method,
            "confidence": round(matched.confidence, 2),
            "candidates": list(matched.candidates),
        }
        for player, place, matched in zip(report.players, found, matches, strict=True)
    ]
    unmatched = [p["nickname"] for p in players if p["student"] is None]
    result = {"title": report.title, "players": players, "unmatched": unmatched, "warnings": list(report.warnings)}
    print(json.dumps(result, ensure_ascii=False, indent=1))
    return 0
