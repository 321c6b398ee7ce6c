"""Marks as files for other tools. Texts that a spreadsheet would run as a formula are made harmless."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from arena.courses.models import Course, Enrolment
from arena.gradebook.selectors import components_of, course_records, current_scheme
from arena.gradebook.tables import harmless
from grader.marks import MarkSheet
from grader.trace import plain

Cell = str | Decimal | None


@dataclass(frozen=True, kw_only=True)
class Export:
    """A file to download."""

    name: str
    content_type: str
    data: bytes


def export(course: Course, *, format: str, examination: str) -> Export:
    """`csv`, `xlsx`, `moodle` or `canvas`. Raises KeyError for another format."""
    write = {"csv": _csv, "xlsx": _xlsx, "moodle": _moodle, "canvas": _canvas}[format]
    records = course_records(course, examination=examination)
    scheme = current_scheme(course, examination)
    people = list(zip(records.enrolments, records.sheets(scheme), strict=True))
    header: list[str] = [_("Name"), _("Student number"), _("E-mail"), _("Group"), _("Series")]
    fields = components_of(scheme)
    header += [field.label for field in fields]
    header += [
        _("project mark"),
        _("lab mark of this subject"),
        _("lab with bonus"),
        _("exam with bonus"),
        _("final mark"),
    ]
    header.append(_("result"))
    rows: list[list[Cell]] = []
    for enrolment, sheet in people:
        entered = records.entered.get(enrolment.pk, {})
        row: list[Cell] = [
            enrolment.user.name,
            enrolment.number,
            enrolment.user.email,
            enrolment.group,
            enrolment.series,
        ]
        row += [entered.get(field.code) for field in fields]
        row += [sheet.project, sheet.ml_lab, sheet.lab, sheet.exam, sheet.final, status_name(sheet.status)]
        rows.append(row)
    stem = f"{course.slug}-{examination}"
    return write(stem, header, rows, people)


def status_name(status: str) -> str:
    return {"passed": _("passed"), "failed": _("failed"), "absent": _("absent")}[status]


People = Sequence[tuple[Enrolment, MarkSheet]]


def number(value: Decimal | None) -> str:
    """As the reader's language writes it; empty for none."""
    if value is None:
        return ""
    return plain(value).replace(".", ",") if get_language() == "ro" else plain(value)


def _write_csv(rows: Sequence[Sequence[str]], *, separator: str = ",", bom: bool = False) -> bytes:
    text = io.StringIO()
    csv.writer(text, delimiter=separator, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode("utf-8-sig" if bom else "utf-8")


def _text(cell: Cell) -> str:
    return harmless(cell) if isinstance(cell, str) else number(cell)


def _csv(stem: str, header: Sequence[str], rows: Sequence[Sequence[Cell]], people: People) -> Export:
    """With a BOM for Excel; in Romanian `;` between and `,` in numbers, as Excel there writes them."""
    separator = ";" if get_language() == "ro" else ","
    lines = [[_text(cell) for cell in row] for row in (header, *rows)]
    data = _write_csv(lines, separator=separator, bom=True)
    return Export(name=f"{stem}.csv", content_type="text/csv; charset=utf-8", data=data)


def _xlsx(stem: str, header: Sequence[str], rows: Sequence[Sequence[Cell]], people: People) -> Export:
    """Marks are numbers and everything else is text, whatever it begins with."""
    from openpyxl import Workbook
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
    from openpyxl.styles import Font

    book = Workbook()
    page = book.active
    page.title = _("Marks")
    page.freeze_panes = "B2"
    for line, row in enumerate((header, *rows), start=1):
        for column, value in enumerate(row, start=1):
            if value in (None, ""):
                continue
            cell = page.cell(row=line, column=column)
            if isinstance(value, Decimal):
                cell.value, cell.number_format = value, "0.00" if value != value.to_integral_value() else "0"
            else:
                cell.value = ILLEGAL_CHARACTERS_RE.sub("", value)
                cell.data_type, cell.quotePrefix = "s", True
        if line == 1:
            for cell in page[1]:
                cell.font = Font(bold=True)
    page.auto_filter.ref = page.dimensions
    for column, width in zip("ABCDE", (32, 16, 32, 10, 10), strict=True):
        page.column_dimensions[column].width = width
    data = io.BytesIO()
    book.save(data)
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return Export(name=f"{stem}.xlsx", content_type=kind, data=data.getvalue())


def _moodle(stem: str, header: Sequence[str], rows: Sequence[Sequence[Cell]], people: People) -> Export:
    """For Moodle's grade import, which matches by address and aborts whole on anything that is no number: `-` is none."""
    lines = [["Email address", "ID number", "Final mark"]]
    for enrolment, sheet in people:
        mark = "-" if sheet.final is None else number(sheet.final)
        lines.append([harmless(enrolment.user.email), harmless(enrolment.number), mark])
    return Export(name=f"{stem}-moodle.csv", content_type="text/csv; charset=utf-8", data=_write_csv(lines))


def _canvas(stem: str, header: Sequence[str], rows: Sequence[Sequence[Cell]], people: People) -> Export:
    """For Canvas: its five leading columns and its row of possible points; decimals have a point."""
    lines = [["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Final mark"]]
    lines.append(["    Points Possible", "", "", "", "", "10"])
    for enrolment, sheet in people:
        mark = "" if sheet.final is None else plain(sheet.final)
        texts = [enrolment.user.name, "", enrolment.number, enrolment.user.email, enrolment.group]
        lines.append([*map(harmless, texts), mark])
    return Export(name=f"{stem}-canvas.csv", content_type="text/csv; charset=utf-8", data=_write_csv(lines))
