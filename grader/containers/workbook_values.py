"""Inside the child: what the text of a cell says, as JSON. Needs the standard library alone.

Dates are `{"date": …}`, times of a day `{"time": …}`, durations `{"seconds": …}`; the rest is text, numbers and booleans.
"""

from __future__ import annotations

import math
import re
from datetime import datetime, timedelta
from typing import Any

DATE, DURATION = "date", "duration"
# the formats that every workbook knows by number (ECMA-376, 18.8.30)
BUILT_IN = {str(n): DATE for n in (*range(14, 23), *range(27, 37), 45, 47, *range(50, 59))} | {"46": DURATION}
LITERAL = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!hh?\]|mm?\]|ss?\])[^\]]*\]', re.IGNORECASE)
ELAPSED = re.compile(r"\[(hh?|mm?|ss?)\]", re.IGNORECASE)
EPOCHS = {False: datetime(1899, 12, 30), True: datetime(1904, 1, 1)}
CELL = re.compile(r"([A-Za-z]{1,3})[0-9]{1,7}", re.ASCII)
WHOLE = re.compile(r"[+-]?[0-9]{1,300}", re.ASCII)
DAY_S = 86_400


def kind_of_format(number: str, code: str | None) -> str | None:
    """What a number in this format is shown as.

    >>> kind_of_format("14", None), kind_of_format("164", "[h]:mm"), kind_of_format("165", '0.00 "days"')
    ('date', 'duration', None)
    """
    if code is None:
        return BUILT_IN.get(number)
    code = LITERAL.sub("", code.partition(";")[0])
    if ELAPSED.search(code):
        return DURATION
    return DATE if re.search("[dmhys]", code, re.IGNORECASE) and "general" not in code.lower() else None


def number(text: str, kind: str | None, *, is_1904: bool) -> Any:
    """A number, or the date that it stands for."""
    text = text.strip()
    value = int(text) if WHOLE.fullmatch(text) else float(text)
    if kind is None:
        return value if math.isfinite(value) else text
    try:
        if kind == DURATION:
            return {"seconds": round(value * DAY_S, 3)}
        return _date(value, is_1904=is_1904)
    except (OverflowError, ValueError):
        return "#VALUE!"


def dated(text: str) -> Any:
    """An ISO 8601 date, or the text where it is none."""
    try:
        return {"date": datetime.fromisoformat(text.strip().removesuffix("Z")).isoformat()}
    except ValueError:
        return text


def unescaped(text: str) -> str:
    """Text as people see it: `_x005F_` hides an underscore that would begin such an escape."""
    return text.replace("x005F_", "") if "x005F_" in text else text


def column_of(reference: str) -> int:
    """3 for `C7`."""
    match = CELL.fullmatch(reference)
    if match is None:
        raise ValueError(reference[:20])
    column = 0
    for letter in match[1].upper():
        column = column * 26 + ord(letter) - ord("A") + 1
    return column


def _date(value: float, *, is_1904: bool) -> Any:
    days, rest = divmod(value, 1)
    moment = timedelta(milliseconds=round(rest * DAY_S * 1000))
    if 0 <= value < 1 and not moment.days:
        return {"time": (datetime.min + moment).time().isoformat()}
    if 0 < value < 60 and not is_1904:
        days += 1  # 1900 is no leap year, but for spreadsheets
    return {"date": (EPOCHS[is_1904] + timedelta(days=days) + moment).isoformat()}
