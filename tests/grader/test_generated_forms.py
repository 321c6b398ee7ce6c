"""Any table, written in any form by an independent writer: the same score, or a refusal; never another score."""

from __future__ import annotations

import csv
import io
import json
import unicodedata
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grader.predictions import InvalidPredictions, InvalidSolution, read_solution
from grader.scoring import check_solution, score_file

Rows = list[tuple[str, str]]
IDS = st.lists(
    st.one_of(
        st.integers(0, 30).map(str),
        st.integers(0, 30).map(lambda n: f"{n:03}"),
        st.text("aăâșțé_-. 1", min_size=1, max_size=6).map(str.strip).filter(bool),
    ),
    min_size=2,
    max_size=6,
    unique_by=lambda text: unicodedata.normalize("NFC", text),
)
NUMBERS = st.one_of(
    st.integers(-(10**7), 10**7).map(float), st.integers(-(10**7), 10**7).map(lambda n: n / 1000), st.floats(-1e6, 1e6)
)
WORDS = st.one_of(
    st.sampled_from(
        ["01", "1", "1.0", "001", "2", "10", "a,b", "a;b", "two\nlines", "ștefan", "țară", "mână", "ãla", 'q"q']
    ),
    st.text("abășț '", min_size=1, max_size=5).map(str.strip).filter(bool),
)
ITEMS = st.lists(st.one_of(st.integers(0, 40).map(str), st.sampled_from(["ab", "ș", "x-1"])), max_size=5, unique=True)


# ---- how a value is written


def grouped(thousands: str, decimal: str) -> Callable[[float], str]:
    return lambda value: f"{value:,.3f}".replace(",", "\0").replace(".", decimal).replace("\0", thousands)


def whole_groups(thousands: str) -> Callable[[float], str]:
    return lambda value: f"{value:,.0f}".replace(",", thousands) if value.is_integer() else repr(value)


NUMBER_FORMS: dict[str, Callable[[float], str]] = {
    "repr": repr,
    "short": lambda value: f"{value:.17g}",
    "exponent": lambda value: f"{value:.17e}",
    "decimal comma": lambda value: repr(value).replace(".", ","),
    "three decimals": lambda value: f"{value:.3f}",
    "three decimals after a comma": lambda value: f"{value:.3f}".replace(".", ","),
    "1,234.5": grouped(",", "."),
    "1.234,5": grouped(".", ","),
    "1 234,5": grouped(" ", ","),
    "1\u00a0234.5": grouped("\u00a0", "."),
    "1'234.5": grouped("'", "."),
    "1,234": whole_groups(","),
    "1.234": whole_groups("."),
    "percent": lambda value: f"{value * 100}%",
    "float32": lambda value: str(np.float64(value)),
}
LIST_FORMS: dict[str, Callable[[list[str]], str]] = {
    "spaces": " ".join,
    "commas": ",".join,
    "commas and spaces": ", ".join,
    "semicolons": ";".join,
    "bars": "|".join,
    "python": str,
    "tuple": lambda items: str(tuple(items)),
    "json": json.dumps,
    "numpy": lambda items: str(np.array(items)),
    "numpy repr": lambda items: repr(np.array(items, dtype=str)),
    "numpy scalars": lambda items: repr(list(np.array(items, dtype=str))),
    "bare in brackets": lambda items: f"[{', '.join(items)}]",
    "floats": lambda items: " ".join(f"{item}.0" if item.isdecimal() else item for item in items),
    "python floats": lambda items: str([float(item) if item.isdecimal() else item for item in items]),
}


# ---- how a table is written


def by_csv(rows: Rows, *, separator: str, end: str, quoting: int) -> str:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=separator, lineterminator=end, quoting=quoting).writerows([("id", "y"), *rows])
    return text.getvalue()


def by_pandas(rows: Rows, *, separator: str, end: str, quoting: int) -> str:
    frame = pd.DataFrame(rows, columns=["id", "y"], dtype=str)
    return frame.to_csv(index=False, sep=separator, lineterminator=end, quoting=quoting)


@st.composite
def tables(draw: st.DrawFn, rows: Rows) -> bytes:
    """The rows as somebody's file."""
    if draw(st.booleans()):
        rows = draw(st.permutations(rows))
    write = draw(st.sampled_from([by_csv, by_pandas]))
    separator = draw(st.sampled_from([",", ";", "\t"]))
    end = draw(st.sampled_from(["\n", "\r\n", "\r", "\r\r\n"]))
    text = write(rows, separator=separator, end=end, quoting=draw(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL])))
    text = draw(st.sampled_from([str, text_in_quotes_of_windows]))(text)
    text = unicodedata.normalize(draw(st.sampled_from(["NFC", "NFD"])), text)
    text = text.rstrip("\r\n") if draw(st.booleans()) else text
    encoding = draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1250", "cp1252"]))
    try:
        return text.encode(encoding)
    except UnicodeEncodeError:
        return text.encode()


def text_in_quotes_of_windows(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\n", "\r\n")


def score(folder: Path, truth: bytes, guess: bytes, metric: str) -> float | None:
    """None where one of the files is refused."""
    (folder / "truth.csv").write_bytes(truth)
    (folder / "guess.csv").write_bytes(guess)
    with suppress(InvalidSolution, InvalidPredictions):
        solution = read_solution(folder / "truth.csv")
        check_solution(solution, metric=metric)
        return score_file(folder / "guess.csv", solution=solution, metric=metric).overall
    return None


def plainly(rows: Rows) -> bytes:
    return by_csv(rows, separator=",", end="\n", quoting=csv.QUOTE_ALL).encode()


def check(folder: Path, data: st.DataObject, plain: tuple[Rows, Rows], odd: tuple[Rows, Rows], metric: str) -> None:
    expected = score(folder, plainly(plain[0]), plainly(plain[1]), metric)
    if expected is None:  # such as a class that the truth lacks
        return
    is_truth_odd = data.draw(st.booleans())
    truth = data.draw(tables(odd[0])) if is_truth_odd else plainly(plain[0])
    guess = data.draw(tables(odd[1]))
    found = score(folder, truth, guess, metric)
    assert found is None or found == pytest.approx(expected, rel=1e-9, abs=1e-9)


ONCE = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@ONCE
@given(IDS, st.data())
def test_numbers_in_any_form(tmp_path, ids, data):
    values = [data.draw(st.lists(NUMBERS, min_size=len(ids), max_size=len(ids))) for _ in range(2)]
    form = data.draw(st.sampled_from(sorted(NUMBER_FORMS)))
    if form in {
        "1,234.5",
        "1.234,5",
        "1 234,5",
        "1\u00a0234.5",
        "1'234.5",
        "three decimals",
        "three decimals after a comma",
    }:
        values = [[round(value, 3) for value in column] for column in values]
    plain = tuple([(key, repr(value)) for key, value in zip(ids, column, strict=True)] for column in values)
    odd = tuple([(key, NUMBER_FORMS[form](value)) for key, value in zip(ids, column, strict=True)] for column in values)
    if form == "1.234":
        return  # between commas a point is the decimal sign, as docs/scoring.md says: see the test below
    check(tmp_path, data, plain, odd, "mean_absolute_error")


@ONCE
@given(
    IDS, st.data(), st.sampled_from(["accuracy_score", "macro_f1_score", "mean_edit_distance", "adjusted_rand_score"])
)
def test_words_and_codes_in_any_form(tmp_path, ids, data, metric):
    words = data.draw(st.lists(WORDS, min_size=2, max_size=4))
    column = st.lists(st.sampled_from(words), min_size=len(ids), max_size=len(ids))
    plain = tuple(list(zip(ids, data.draw(column), strict=True)) for _ in range(2))
    check(tmp_path, data, plain, plain, metric)


@ONCE
@given(IDS, st.data(), st.sampled_from(["map@3", "ndcg@3", "set_jaccard_score"]))
def test_lists_in_any_form(tmp_path, ids, data, metric):
    columns = [data.draw(st.lists(ITEMS, min_size=len(ids), max_size=len(ids))) for _ in range(2)]
    forms = [data.draw(st.sampled_from(sorted(LIST_FORMS))) for _ in range(2)]
    plain = tuple([(key, " ".join(items)) for key, items in zip(ids, column, strict=True)] for column in columns)
    odd = tuple(
        [(key, LIST_FORMS[form](items)) for key, items in zip(ids, column, strict=True)]
        for form, column in zip(forms, columns, strict=True)
    )
    check(tmp_path, data, plain, odd, metric)


@ONCE
@given(
    st.lists(st.integers(1000, 999_999), min_size=2, max_size=5),
    st.sampled_from([",", "."]),
    st.sampled_from([";", "\t"]),
)
def test_whole_thousands_are_never_read_as_thousandths(tmp_path, values, thousands, separator):
    plain = plainly([(f"r{i}", str(value)) for i, value in enumerate(values)])
    rows = [(f"r{i}", f"{value:,}".replace(",", thousands)) for i, value in enumerate(values)]
    odd = by_csv(rows, separator=separator, end="\n", quoting=csv.QUOTE_MINIMAL).encode()
    assert score(tmp_path, plain, odd, "mean_absolute_error") is None
    assert score(tmp_path, odd, plain, "mean_absolute_error") is None
