"""Any file as a table of texts: delimited text in any usual encoding, JSON, JSON Lines, NumPy arrays. None for the rest."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator

import numpy as np
import pandas as pd

SEPARATORS, NONE = ",;\t|:= ", "\x1f"
MAX_ROWS = 2_000_000
MAX_JSON = 64 * 2**20
SHOWN_LINES = 200
# a text that more than one sign cuts is read in so many ways; a large one in one
MAX_READINGS, LARGE = 3, 20_000_000


def tables_of(data: bytes) -> Iterator[pd.DataFrame]:
    """Each way to read it, all cells as text, the first line as the header."""
    for frame in _frames(data):
        frame.columns = [str(name).strip() for name in frame.columns]
        yield frame.iloc[:MAX_ROWS]


def _frames(data: bytes) -> Iterator[pd.DataFrame]:
    if data[:6] == b"\x93NUMPY":
        frames = [_array(data)]
    elif not (text := _decoded(data)) or not text.strip():
        return
    else:
        frames = [_json(text) if text.lstrip()[:1] in "[{" and len(text) <= MAX_JSON else None]
        if frames[0] is None:
            frames = [_delimited(text, separator) for separator in _separators(text)]
    yield from (frame for frame in frames if frame is not None and not frame.empty)


def _decoded(data: bytes) -> str | None:
    for start, encoding in ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"", "utf-8-sig")):
        if data.startswith(start):
            try:
                return data.decode(encoding)
            except UnicodeDecodeError:
                continue
    sample = data[:4096]
    is_text = b"\0" not in sample and sum(byte < 32 and byte not in b"\t\r\n\f" for byte in sample) <= len(sample) // 50
    return data.decode("cp1252", errors="replace") if is_text else None


def _separators(text: str) -> list[str]:
    """Those that cut nearly all lines alike: `1;0,5` may be two columns by either sign. One column where there is none."""
    lines = [line for line in text[:200_000].splitlines() if line.strip()][:SHOWN_LINES]
    found = []
    for separator in SEPARATORS:
        widths = [len(row) for row in csv.reader(lines, delimiter=separator, skipinitialspace=True)]
        usual = max(set(widths), key=widths.count, default=1)
        if usual > 1 and widths.count(usual) >= 0.9 * len(widths):
            found.append(separator)
            if separator == "," and usual == 2:
                found.append(NONE)  # numbers with a decimal comma, one in each line
    return found[: MAX_READINGS if len(text) <= LARGE else 1] or [NONE]


def _delimited(text: str, separator: str) -> pd.DataFrame | None:
    try:
        frame = pd.read_csv(
            io.StringIO(text), sep=separator, dtype=str, keep_default_na=False, on_bad_lines="skip", engine="c",
            skipinitialspace=True, nrows=MAX_ROWS,
        )  # fmt: skip
        # rows with more cells than the header: pandas makes the first ones an index
        return frame if isinstance(frame.index, pd.RangeIndex) else frame.reset_index()
    except (ValueError, pd.errors.ParserError, pd.errors.EmptyDataError):
        return None


def _json(text: str) -> pd.DataFrame | None:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        try:
            value = [json.loads(line) for line in text.splitlines() if line.strip()]
        except (ValueError, RecursionError):
            return None
    if isinstance(value, dict):
        if value and all(isinstance(column, list) for column in value.values()):
            longest = max(len(column) for column in value.values())
            value = {name: column for name, column in value.items() if len(column) == longest}
        elif value and all(not isinstance(cell, dict | list) for cell in value.values()):
            value = [[key, cell] for key, cell in value.items()]
    try:
        return pd.DataFrame(value).astype(str)
    except (ValueError, TypeError):
        return None


def _array(data: bytes) -> pd.DataFrame | None:
    try:
        array = np.load(io.BytesIO(data), allow_pickle=False)
    except (ValueError, EOFError, OSError):
        return None
    if array.ndim not in {1, 2} or array.size > MAX_ROWS * 50:
        return None
    return pd.DataFrame(array).astype(str)
