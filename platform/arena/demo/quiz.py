"""A quiz report in the shape that Kahoot exports, with nicknames as students really type them."""

from __future__ import annotations

import io
import random

from arena.demo.people import students


def report() -> bytes:
    """An .xlsx: a sheet `Final Scores` with its header on row 3, ties, a stranger, somebody who joined twice."""
    from openpyxl import Workbook

    rng = random.Random(3)  # noqa: S311 - a demo, no secret
    book = Workbook()
    overview = book.active
    overview.title = "Overview"
    overview["A1"] = "Lecture 1: What is learning?"
    sheet = book.create_sheet("Final Scores")
    sheet.append(["Lecture 1: What is learning?"])
    sheet.append(["Final Scores"])
    sheet.append(["Rank", "Player", "Total Score (points)", "Correct Answers", "Incorrect Answers"])
    players = []
    for person in students()[:40]:
        first, last = person.name.split()[0], person.name.split()[-1]
        shape = rng.choice(["{group}{last}", "{group}_{last} {first}", "{first} {last}", "{last}-{group}"])
        players.append((shape.format(group=person.group, first=first, last=last), rng.randint(8, 60) * 100))
    players += [("SuperGuest", 4200), ("MightyLlama", 3100)]
    for rank, (nickname, points) in enumerate(sorted(players, key=lambda p: -p[1]), start=1):
        sheet.append([rank, nickname, points, points // 900, 8 - points // 900])
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()
