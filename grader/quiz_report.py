"""Read a quiz report: the spreadsheet that Kahoot exports (2019 layouts and later), or a CSV with the same columns."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

NAME_COLUMNS = {"player", "players", "nickname", "name"}
POINTS_COLUMNS = {"total score (points)", "total score", "score", "points"}
MAX_PLAYERS = 5000


@dataclass
class InvalidReport(Exception):
    """A file that is no quiz report, or one that can't be read."""

    code: str
    message: str

    def __str__(self) -> str:
        return self.message


@dataclass(frozen=True, kw_only=True)
class QuizPlayer:
    """A nickname's points over the whole quiz; `rank` is the tool's own."""

    nickname: str
    points: Decimal
    rank: int | None


@dataclass(frozen=True, kw_only=True)
class QuizReport:
    title: str
    players: tuple[QuizPlayer, ...]
    warnings: tuple[str, ...]


def read_report(path: Path) -> QuizReport:
    """Read an .xlsx or .csv report. Raises `InvalidReport`."""
    if path.suffix.lower() == ".csv":
        title, rows = "", _csv_rows(path.read_bytes())
    elif path.suffix.lower() == ".xlsx":
        title, rows = _sheet_rows(path)
    else:
        raise InvalidReport("wrong_type", "Upload the quiz report as .xlsx or .csv.")
    return _players(title, rows)


def _csv_rows(data: bytes) -> list[list[Any]]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1250", errors="replace")
    first = text.split("\n", 1)[0]
    separator = max(",;\t", key=first.count)
    return [list(row) for row in csv.reader(io.StringIO(text), delimiter=separator)]


def _sheet_rows(path: Path) -> tuple[str, list[list[Any]]]:
    import openpyxl

    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except (zipfile.BadZipFile, KeyError, ValueError, OSError) as error:
        raise InvalidReport(
            "unreadable", "This file is no readable .xlsx spreadsheet; export the report again."
        ) from error
    try:
        sheets = {name.strip().lower(): name for name in book.sheetnames}
        if "final scores" not in sheets:
            raise InvalidReport(
                "no_final_scores", f"The report has no sheet “Final Scores”; it has {', '.join(book.sheetnames[:6])}."
            )
        rows = [list(row) for row in book[sheets["final scores"]].iter_rows(values_only=True, max_row=MAX_PLAYERS + 10)]
    finally:
        book.close()
    title = str(rows[0][0]).strip() if rows and rows[0] and rows[0][0] else ""
    return title, rows


def _players(title: str, rows: Iterable[list[Any]]) -> QuizReport:
    rows = list(rows)
    for number, row in enumerate(rows[:10]):
        names = [str(cell or "").strip().lower() for cell in row]
        name_at = next((i for i, n in enumerate(names) if n in NAME_COLUMNS), None)
        points_at = next((i for i, n in enumerate(names) if n in POINTS_COLUMNS), None)
        if name_at is not None and points_at is not None:
            rank_at = names.index("rank") if "rank" in names else None
            return _read_rows(title, rows[number + 1 :], number + 2, name_at, points_at, rank_at)
    raise InvalidReport(
        "no_header", "No header with the columns “Player” and “Total Score (points)” in the first ten rows."
    )


def _read_rows(
    title: str, rows: list[list[Any]], first_line: int, name_at: int, points_at: int, rank_at: int | None
) -> QuizReport:
    found: dict[str, QuizPlayer] = {}
    warnings: list[str] = []
    for line, row in enumerate(rows, start=first_line):
        name = _cell(row, name_at)
        points = _number(_cell(row, points_at))
        if not name and points is None:
            continue
        if not name or points is None:
            warnings.append(f"Line {line} was left out: it is no player with points ({name[:40]!r}).")
            continue
        rank = _number(_cell(row, rank_at)) if rank_at is not None else None
        player = QuizPlayer(nickname=name[:100], points=points, rank=int(rank) if rank is not None else None)
        earlier = found.get(player.nickname)
        if earlier is None:
            found[player.nickname] = player
        else:
            warnings.append(f"“{player.nickname}” appears twice; the better result counts.")
            if points > earlier.points:
                found[player.nickname] = player
    if not found:
        raise InvalidReport("no_players", "The report lists no player with points.")
    return QuizReport(title=title, players=tuple(found.values()), warnings=tuple(warnings))


def _cell(row: list[Any], at: int) -> str:
    value = row[at] if at < len(row) else None
    return "" if value is None else str(value).strip()


def _number(text: str) -> Decimal | None:
    """Points as a number, also where the sheet holds text such as `1,234`."""
    cleaned = text.replace("\u00a0", "").replace(" ", "")
    if re.fullmatch(r"\d{1,3}(,\d{3})+", cleaned):
        cleaned = cleaned.replace(",", "")
    try:
        value = Decimal(cleaned.replace(",", "."))
    except InvalidOperation:
        return None
    return value if value.is_finite() else None
