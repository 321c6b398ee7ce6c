"""Workbooks as openpyxl reads them, archives as zipfile does, and small files that would cost much."""

from __future__ import annotations

import io
import random
import resource
import time as clock
import zipfile
from datetime import date, datetime, time, timedelta
from pathlib import Path

import openpyxl
import pytest
from openpyxl.styles import NamedStyle

from grader.containers.opening import UnreadableContainer, read_archive, read_workbook
from grader.predictions import InvalidPredictions
from grader.zipped_tables import table_in_zip

LIMITS = {"most_files": 10, "file_bytes": 2**20, "total_bytes": 2**21}


def refusal(call) -> UnreadableContainer:
    with pytest.raises(UnreadableContainer) as caught:
        call()
    return caught.value


def by_openpyxl(path: Path) -> list[list]:
    book = openpyxl.load_workbook(path, data_only=True)
    page = book[book.sheetnames[0]]
    return [list(row) for row in page.iter_rows(values_only=True)]


def test_cells_of_every_kind_are_read_as_openpyxl_reads_them(tmp_path):
    book, rng = openpyxl.Workbook(), random.Random(3)
    page = book.active
    book.add_named_style(NamedStyle(name="odd", number_format='"day" yyyy\\-mm'))
    kinds = [
        1, -7, 0.1, 1e300, 12345678901234, True, False, None, "", "  spaced\ttext\nin lines ", "ștefan <&> “x”", "123", "=1+1",
        "#N/A", datetime(2024, 2, 29, 13, 5, 7), date(1999, 12, 31), time(23, 59, 1), timedelta(days=2, seconds=3.5),
        datetime(1900, 1, 5), datetime(1904, 1, 1), "_x005F_literal",
    ]  # fmt: skip
    for row in range(60):
        for column in range(12):
            if rng.random() < 0.7:
                page.cell(row * 2 + 1, column + 1).value = rng.choice(kinds)
        page.cell(row * 2 + 1, 13, rng.uniform(-2, 60_000)).number_format = rng.choice(
            ["General", "0.00", "yyyy-mm-dd", "[h]:mm:ss", "h:mm", '0 "days"', "[Red]0.0", "m/d/yy", "mmm yy", "@"]
        )
        page.cell(row * 2 + 1, 14, float(row)).style = "odd"
    book.create_sheet("Second")["C3"] = "there"
    book.save(tmp_path / "a.xlsx")
    expected = by_openpyxl(tmp_path / "a.xlsx")
    found = read_workbook(tmp_path / "a.xlsx")
    assert len(found) == len(expected)
    for row, other in zip(found, expected, strict=True):
        assert row == other
        assert [type(cell) for cell in row] == [type(cell) for cell in other]
    second = [[None] * 3, [None] * 3, [None, None, "there"]]
    assert read_workbook(tmp_path / "a.xlsx", sheet=" second ") == second
    assert refusal(lambda: read_workbook(tmp_path / "a.xlsx", sheet="Third")).params["names"] == ["Sheet", "Second"]
    assert len(read_workbook((tmp_path / "a.xlsx").read_bytes(), max_rows=7, max_columns=2)) == 7


MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"

KINDS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def rewritten(folder: Path, **parts: str) -> Path:
    """A workbook whose parts of these names (styles, sharedStrings, sheet1, workbook) have another content."""
    book = openpyxl.Workbook()
    book.active["A1"] = "text"
    book.active["A2"] = datetime(2024, 1, 2)
    book.save(folder / "whole.xlsx")
    with (
        zipfile.ZipFile(folder / "whole.xlsx") as whole,
        zipfile.ZipFile(folder / "odd.xlsx", "w", zipfile.ZIP_DEFLATED) as odd,
    ):
        for name in whole.namelist():
            stem = name.rpartition("/")[2].removesuffix(".xml")
            content = whole.read(name).decode()
            if stem == "workbook.xml.rels":
                shared = f'<Relationship Type="{KINDS}/sharedStrings" Target="sharedStrings.xml" Id="s" />'
                content = content.replace("</Relationships>", shared + "</Relationships>")
            odd.writestr(name, parts.get(stem, content))
        odd.writestr("xl/sharedStrings.xml", parts.get("sharedStrings", f'<sst xmlns="{MAIN}"/>'))
    return folder / "odd.xlsx"


def test_what_other_programs_write_is_read(tmp_path):
    rows = (
        '<row><c t="inlineStr"><is><r><t>a</t></r><r><t>b</t></r><rPh><t>x</t></rPh></is></c><c t="b"><v>1</v></c></row>'
        '<row r="4"><c r="C4" t="str"><f>A1</f><v>c</v></c><c t="e"><v>#N/A</v></c><c t="d"><v>2024-05-06</v></c></row>'
        '<row><c t="s"><v>0</v></c><c t="s"><v>1</v></c></row>'
    )
    strings = "<si><r><t>d</t></r><r><t>e</t></r><rPh><t>x</t></rPh></si><si><t>_x005F_f</t></si>"
    path = rewritten(
        tmp_path,
        sharedStrings=f'<sst xmlns="{MAIN}">{strings}</sst>',
        sheet1=f'<x:worksheet xmlns:x="{MAIN}" xmlns="{MAIN}"><sheetData>{rows}</sheetData></x:worksheet>',
    )
    assert read_workbook(path) == [
        ["ab", True, None, None, None],
        [None] * 5,
        [None] * 5,
        [None, None, "c", "#N/A", datetime(2024, 5, 6)],
        ["de", "_f", None, None, None],
    ]


def sheet(rows: str) -> dict[str, str]:
    return {"sheet1": f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>'}


ENTITIES = (
    f'<!DOCTYPE worksheet [<!ENTITY a "{"x" * 1000}">'
    + "".join(f'<!ENTITY {b} "{f"&{a};" * 50}">' for a, b in ("ab", "bc", "cd", "de"))
    + "]>"
)
BOMBS = {
    "styles": {"styles": f'<styleSheet xmlns="{MAIN}"><cellXfs>' + "<xf/>" * 3_000_000 + "</cellXfs></styleSheet>"},
    "strings": {"sharedStrings": f'<sst xmlns="{MAIN}">' + "<si/>" * 4_000_000 + "</sst>"},
    "long strings": {"sharedStrings": f'<sst xmlns="{MAIN}"><si><t>' + "x" * 150_000_000 + "</t></si></sst>"},
    "cells of a row": sheet('<row r="1">' + "<c/>" * 8_000_000 + "</row>"),
    "rows of cells": sheet(("<row>" + "<c><v>1</v></c>" * 16_000 + "</row>") * 400),
    "elements": sheet("<row/>" + "<x>" * 3_000_000),
    "one attribute": sheet('<row spans="' + "1" * 100_000_000 + '"/>'),
    "entities": {"sheet1": ENTITIES + f'<worksheet xmlns="{MAIN}"><sheetData><row><c t="str"><v>&e;</v></c></row></sheetData></worksheet>'},
    "a shared text again and again": {
        "sharedStrings": f'<sst xmlns="{MAIN}"><si><t>' + "x" * 150_000 + "</t></si></sst>",
        **sheet(("<row>" + '<c t="s"><v>0</v></c>' * 50 + "</row>") * 4000),
    },
    "sheets": {"workbook": f'<workbook xmlns="{MAIN}"><sheets>' + '<sheet name="a"/>' * 200_000 + "</sheets></workbook>"},
}  # fmt: skip


@pytest.mark.parametrize("name", BOMBS)
def test_a_small_workbook_that_costs_much_is_refused_soon(tmp_path, name):
    path = rewritten(tmp_path, **BOMBS[name])
    assert path.stat().st_size < 3 * 2**20
    before, begun = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, clock.process_time()
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    assert refusal(lambda: read_workbook(path)).code in {"too_big", "too_costly", "unreadable"}
    assert clock.process_time() - begun < 1.5
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - children < 5.5
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 60 * 2**10


def test_a_row_far_below_ends_the_reading_and_a_size_that_lies_changes_nothing(tmp_path):
    rows = '<row r="1"><c><v>1</v></c></row><row r="1048576"><c><v>2</v></c></row>'
    path = rewritten(
        tmp_path,
        sheet1=f'<worksheet xmlns="{MAIN}"><dimension ref="A1:XFD1048576"/><sheetData>{rows}</sheetData></worksheet>',
    )
    found = read_workbook(path, max_rows=100)
    assert (len(found), found[0]) == (100, [1])


@pytest.mark.parametrize("cell", ["0x1F", "1_0", "99999999999"])
def test_a_shared_text_that_is_not_there_is_damage(tmp_path, cell):
    path = rewritten(tmp_path, **sheet(f'<row><c t="s"><v>{cell}</v></c></row>'))
    assert refusal(lambda: read_workbook(path)).code == "unreadable"


# ---- archives


def zipped(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return data.getvalue()


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_files_come_with_their_paths_and_in_order(method):
    files = {"b/a.py": b"1" * 200_000, "a.py": b"", "../x.py": b"2", "ș.txt": b"3"}
    extra = {"__MACOSX/._a.py": b"", ".git/config": b"", "b/.hidden": b"", "folder/": b""}
    members = read_archive(zipped(files | extra, method), **LIMITS)
    assert {member.name: member.data for member in members} == files
    some = read_archive(zipped(files, method), **LIMITS, suffixes=(".txt",))
    assert [member.name for member in some] == ["ș.txt"]


def test_an_archive_is_bounded_in_files_and_bytes_and_never_believed():
    assert refusal(lambda: read_archive(zipped({f"{i}": b"" for i in range(11)}), **LIMITS)).code == "too_many"
    big = refusal(lambda: read_archive(zipped({"a": b"", "b": bytes(2**20 + 1)}), **LIMITS))
    assert (big.code, big.params["name"]) == ("too_big", "b")
    assert refusal(lambda: read_archive(zipped(dict.fromkeys("abc", bytes(2**20))), **LIMITS)).code == "too_big"
    lying = bytearray(zipped({"a": bytes(2**21)}))
    at = lying.rindex(b"PK\x01\x02")
    lying[at + 24 : at + 28] = (5).to_bytes(4, "little")  # the size that the directory claims
    assert refusal(lambda: read_archive(bytes(lying), **LIMITS)).code in {"too_big", "unreadable"}
    locked = bytearray(zipped({"a": b"x"}))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        locked[locked.index(mark) + offset] |= 1
    assert refusal(lambda: read_archive(bytes(locked), **LIMITS)).code == "encrypted"
    assert refusal(lambda: read_archive(b"PK\x03\x04 nothing", **LIMITS)).code == "unreadable"
    assert refusal(lambda: read_archive(b"", **LIMITS)).code == "unreadable"


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"out/predictions.csv": b"id,y\n", "__MACOSX/._predictions.csv": b"", "notes.md": b""}, "predictions.csv"),
        ({"a.csv": b"", "b.tsv": b""}, "tables_in_zip"),
        ({"a.zip": zipped({"a.csv": b"id,y\n"})}, "no_table_in_zip"),
        ({"a.csv": bytes(2**20)}, "too_big"),
    ],
)
def test_the_one_table_of_an_archive_is_taken_out(files, expected):
    if expected.endswith(".csv"):
        assert table_in_zip(zipped(files)) == (expected, b"id,y\n")
        return
    with pytest.raises(InvalidPredictions) as caught:
        table_in_zip(zipped(files), max_bytes=2**19)
    assert caught.value.code == expected
