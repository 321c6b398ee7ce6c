"""What a student may read of their own mark now: the published one, a provisional one before that, or neither yet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.template.defaultfilters import floatformat
from django.utils.translation import get_language

from arena.courses.models import Enrolment
from arena.gradebook.models import PublishedMark
from arena.gradebook.selectors import provisional_sheet, published_mark
from arena.integrity.selectors import withheld
from grader.marks import MarkSheet
from grader.trace import TraceLine


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A student's marks as they are read, computed now or as they were published; texts in the reader's language."""

    project: str
    lab: str
    exam: str
    final: str
    status: str
    trace: list[dict[str, object]]


@dataclass(frozen=True, kw_only=True)
class OwnMark:
    """`shown` is None while nothing may be read: the mark is withheld, or would tell the project's private rank."""

    published: PublishedMark | None
    is_withheld: bool
    shown: Shown | None


def own_mark(enrolment: Enrolment, *, examination: str, at: datetime) -> OwnMark:
    """A student's own mark of an examination."""
    published = published_mark(enrolment, examination=examination)
    is_withheld = enrolment.user_id in withheld(enrolment.course)
    shown = None
    if published and not is_withheld:
        shown = shown_published(published)
    elif not is_withheld and (computed := provisional_sheet(enrolment, examination=examination, at=at)):
        shown = shown_sheet(computed)
    return OwnMark(published=published, is_withheld=is_withheld, shown=shown)


def shown_sheet(sheet: MarkSheet) -> Shown:
    """A mark as it is computed now."""
    return _shown(sheet, list(sheet.trace))


def shown_published(mark: PublishedMark) -> Shown:
    """A mark as it was published."""
    return _shown(mark, [TraceLine.from_json(line) for line in mark.trace])


def _shown(mark: MarkSheet | PublishedMark, trace: list[TraceLine]) -> Shown:
    return Shown(
        project=_mark(mark.project),
        lab=_mark(mark.lab),
        exam=_mark(mark.exam),
        final=_mark(mark.final),
        status=mark.status,
        trace=_sentences(trace),
    )


def _sentences(lines: list[TraceLine]) -> list[dict[str, object]]:
    language = get_language() or "en"
    return [{"line": line, "text": line.text(language), "number": n} for n, line in enumerate(lines)]


def _mark(value: object) -> str:
    """A mark with at most two decimals, as the reader's language writes it."""
    return "" if value in (None, "") else str(floatformat(value, "-2"))
