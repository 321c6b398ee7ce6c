"""Read a quiz report: the spreadsheet that Kahoot exports (2019 and later), or a CSV with the same columns.

The final scores are read. What people type under them by hand is kept if it can be a player, and always told of. Where
somebody has removed that sheet, the points are added up from the raw data, a row for each player's answer.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from grader.spreadsheet import MAX_ROWS, UnreadableFile, read_csv, read_xlsx

SHEET = "Final Scores"
RAW_SHEETS = ("RawReportData Data", "RawReportData")
HEADERS = {
    "rank": {"rank", "loc", "place"},
    "player": {"player", "players", "nickname", "name"},
    "identifier": {"player identifier", "identifier", "player id"},
    "points": {"total score (points)", "total score", "score", "points"},
    "correct": {"correct answers", "correct"},
    "incorrect": {"incorrect answers", "incorrect"},
}
# What a row of the raw data is about; numbers beside "Score (points)" hold running totals, or leave the streak bonus out
RAW_HEADERS = {
    "question": {"question number"},
    "player": HEADERS["player"],
    "identifier": HEADERS["identifier"],
    "points": {"score (points)"},
    "correct": {"correct"},
    "incorrect": {"incorrect"},
}
MAX_RAW_ROWS = 60_000
HEADER_WITHIN = 10
FOOTER = re.compile(r"(?i)(total|average|mean|sum|medi[ae]|players?|participan\w*|note|obs)\b")
NUMBER = re.compile(r"-?[0-9]{1,9}(\.[0-9]{1,6})?")
THOUSANDS = re.compile(r"[0-9]{1,3}([., \u00a0\u202f][0-9]{3})+")
MAX_NICKNAME = 100


@dataclass
class InvalidReport(Exception):
    """A file that is no quiz report. `code`: wrong_type, unreadable, too_big, no_final_scores, no_header, no_players."""

    code: str
    message: str
    params: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.message


class Notice(str):
    """A sentence that also says by `code` and `params` what it is about, for those who word it in another language."""

    code: str
    params: dict[str, object]

    def __new__(cls, message: str, code: str, **params: object) -> Notice:
        notice = super().__new__(cls, message)
        notice.code, notice.params = code, params
        return notice


@dataclass(frozen=True, kw_only=True)
class QuizPlayer:
    """A nickname's points over the whole quiz; `rank` is the tool's own (1-based), counts are of questions."""

    nickname: str
    points: Decimal
    # what some plans of the tool ask for beside the nickname: an address or a number
    identifier: str = ""
    rank: int | None = None
    correct: int | None = None
    incorrect: int | None = None


@dataclass(frozen=True, kw_only=True)
class QuizReport:
    """`players` in the report's order, one per nickname; `warnings` are sentences for whoever imports it."""

    title: str
    players: tuple[QuizPlayer, ...]
    warnings: tuple[Notice, ...]


def read_report(path: Path) -> QuizReport:
    """Read an .xlsx or .csv report. Raises `InvalidReport`, or OSError if there is no such file."""
    suffix = path.suffix.lower()
    if suffix not in {".xlsx", ".csv"}:
        raise InvalidReport("wrong_type", "Upload the quiz report as .xlsx or .csv.")
    try:
        rows = read_csv(path) if suffix == ".csv" else _rows_of(path)
    except UnreadableFile as error:
        code = "no_final_scores" if error.code == "no_sheet" else error.code
        raise InvalidReport(code, error.message) from error
    for number, row in enumerate(rows[:HEADER_WITHIN]):
        columns = _columns(row, HEADERS)
        if {"player", "points"} <= set(columns):
            title = _text(rows[0][0]) if number and rows[0] else ""
            return _read_players(title, rows, number + 1, columns)
        columns = _columns(row, RAW_HEADERS)
        if {"question", "player", "points"} <= set(columns):
            return _add_up(rows, number + 1, columns)
    found = ", ".join(f"“{name}”" for name in _widest(rows[:HEADER_WITHIN])) or "–"
    raise InvalidReport(
        "no_header",
        f"None of the first {HEADER_WITHIN} rows names the columns “Player” and “Total Score (points)”; there is {found}.",
        {"found": found},
    )


def _widest(rows: Sequence[Sequence[Any]]) -> list[str]:
    """What the row says that looks most like names of columns: the one with the most texts, shortened."""
    texts = [[_text(cell)[:30] for cell in row if isinstance(cell, str) and _text(cell)] for row in rows]
    return max(texts, key=len, default=[])[:6]


def _rows_of(path: Path) -> list[list[Any]]:
    """The final scores of a spreadsheet, or its raw data; without either, the error is about the former."""
    try:
        return read_xlsx(path, sheet=SHEET)
    except UnreadableFile as missing:
        if missing.code != "no_sheet":
            raise
        for name in RAW_SHEETS:
            try:
                return read_xlsx(path, sheet=name, max_rows=MAX_RAW_ROWS)
            except UnreadableFile as error:
                if error.code != "no_sheet":
                    raise
        raise


def _columns(row: Sequence[Any], headers: Mapping[str, set[str]]) -> dict[str, int]:
    found: dict[str, int] = {}
    for at, cell in enumerate(row):
        name = _text(cell).casefold()
        for column, names in headers.items():
            if name in names:
                found.setdefault(column, at)
    return found


def _read_players(title: str, rows: list[list[Any]], start: int, columns: dict[str, int]) -> QuizReport:
    players: dict[str, QuizPlayer] = {}
    warnings: list[Notice] = []
    has_gap = False
    for line, row in enumerate(rows[start:], start=start + 1):
        cells = {name: row[at] if at < len(row) else None for name, at in columns.items()}
        if not any(_text(cell) for cell in row):
            has_gap = has_gap or bool(players)
            continue
        player = _player(cells)
        is_listed = "rank" not in columns or (player is not None and player.rank is not None)
        if player is None or (not is_listed and (has_gap or FOOTER.match(player.nickname))):
            shown = " ".join(filter(None, map(_text, row)))[:80]
            text = f"Line {line} was left out, for it is no player with points: “{shown}”."
            warnings.append(Notice(text, "no_player", line=line, shown=shown))
            continue
        if not is_listed or has_gap:
            text = f"Line {line} (“{player.nickname}”) looks typed in by hand; it counts, please check it."
            warnings.append(Notice(text, "by_hand", line=line, nickname=player.nickname))
        earlier = players.get(player.nickname)
        if earlier is None:
            players[player.nickname] = player
        else:
            text = f"“{player.nickname}” appears twice; the better result counts."
            warnings.append(Notice(text, "twice", nickname=player.nickname))
            players[player.nickname] = max(earlier, player, key=lambda one: one.points)
    if len(rows) >= MAX_ROWS:
        warnings.append(Notice(f"Only the first {MAX_ROWS} rows were read.", "too_long", rows=MAX_ROWS))
    if not players:
        raise InvalidReport("no_players", "The report lists no player with points.")
    return QuizReport(title=title, players=tuple(players.values()), warnings=tuple(warnings))


def _add_up(rows: list[list[Any]], start: int, columns: dict[str, int]) -> QuizReport:
    """Each player's points over all questions. Who is listed twice for one question keeps the better answer."""
    answers: dict[str, dict[str, QuizPlayer]] = {}
    warnings = [
        Notice(
            "There is no sheet “Final Scores”: the points are added up from the answers in the raw data.", "raw_data"
        )
    ]
    twice: dict[str, None] = {}
    for line, row in enumerate(rows[start:], start=start + 1):
        cells = {name: row[at] if at < len(row) else None for name, at in columns.items()}
        if not any(_text(cell) for cell in row):
            continue
        question, answer = _text(cells["question"]), _player(cells)
        if answer is None or not question:
            shown = " ".join(filter(None, map(_text, row)))[:80]
            text = f"Line {line} was left out, for it is no player with points: “{shown}”."
            warnings.append(Notice(text, "no_player", line=line, shown=shown))
            continue
        mine = answers.setdefault(answer.nickname, {})
        if question in mine:
            twice[answer.nickname] = None
        mine[question] = max(mine.get(question, answer), answer, key=lambda one: one.points)
    if len(rows) >= MAX_RAW_ROWS:
        # a part of the answers would give wrong points, so nothing is better
        raise InvalidReport("too_big", f"The raw data has more than {MAX_RAW_ROWS} rows; export the full report.")
    if not answers:
        raise InvalidReport("no_players", "The report lists no player with points.")
    for nickname in twice:
        text = f"“{nickname}” appears twice; the better result counts."
        warnings.append(Notice(text, "twice", nickname=nickname))
    players = [_total(nickname, list(mine.values())) for nickname, mine in answers.items()]
    players.sort(key=lambda one: -one.points)
    return QuizReport(title="", players=tuple(players), warnings=tuple(warnings))


def _total(nickname: str, answers: Sequence[QuizPlayer]) -> QuizPlayer:
    return QuizPlayer(
        nickname=nickname,
        points=sum((one.points for one in answers), Decimal(0)),
        identifier=next((one.identifier for one in answers if one.identifier), ""),
        correct=sum(one.correct or 0 for one in answers),
        incorrect=sum(one.incorrect or 0 for one in answers),
    )


def _player(cells: dict[str, Any]) -> QuizPlayer | None:
    nickname = _text(cells["player"])[:MAX_NICKNAME]
    points = _number(cells["points"])
    if not nickname or points is None or points < 0:
        return None
    return QuizPlayer(
        nickname=nickname,
        points=points,
        identifier=_text(cells.get("identifier"))[:MAX_NICKNAME],
        rank=_count(cells.get("rank")),
        correct=_count(cells.get("correct")),
        incorrect=_count(cells.get("incorrect")),
    )


def _count(cell: Any) -> int | None:
    value = _number(cell)
    return None if value is None else int(value)


def _text(cell: Any) -> str:
    """What a cell shows: whole numbers without `.0`, runs of white space as one space."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return " ".join(str(cell).split())


def _number(cell: Any) -> Decimal | None:
    """A number, also as text (`5781`, `5,781`, `5 781`, `12,5`); None for anything else, such as `-`."""
    if isinstance(cell, bool):
        return None
    text = _text(cell)
    if isinstance(cell, str) and THOUSANDS.fullmatch(text):
        return Decimal(re.sub(r"[^0-9]", "", text))
    text = text.replace(",", ".")
    return Decimal(text) if NUMBER.fullmatch(text) else None
