"""Which submissions a regrade takes: every choice narrows the set, and a choice that names nothing that exists is an error."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

from arena.competitions.models import Competition
from arena.competitions.selectors import current_solution
from arena.parameters import whole_numbers
from arena.regrading.runtimes import of_other_runtimes
from arena.submissions.judging import runtime_sha256
from arena.submissions.models import Status, Submission, SubmissionFile, Type, VerdictChoice
from grader.metrics import get_metric

# so many hexadecimal digits name a file; fewer digits are a submission's number
MIN_DIGEST = 8


class BadChoice(Exception):
    """A choice names what isn't there; `code` is for programs, the message says what is."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, kw_only=True)
class Choice:
    """Empty means all. `students` are e-mail addresses, `ids` are submission numbers, times are aware.

    `pasted` is a list from anywhere: numbers of submissions, addresses, beginnings of a file's SHA-256. One of them is enough.
    """

    since: datetime | None = None
    until: datetime | None = None
    verdicts: Collection[str] = ()
    students: Collection[str] = ()
    types: Collection[str] = ()
    ids: Collection[int] = ()
    only_standing: bool = False
    only_outdated: bool = False
    only_other_runtime: bool = False
    pasted: str = ""


def moment(text: str | None) -> datetime | None:
    """2026-11-21 or 2026-11-21T18:30, in the site's time zone unless the text names one. Raises `BadChoice`."""
    if not text:
        return None
    try:
        day = parse_date(text)
        found = parse_datetime(text) or (datetime(day.year, day.month, day.day) if day else None)
    except ValueError:
        found = None
    if found is None:
        raise BadChoice("bad_time", f"“{text}” is no time: write 2026-11-21 or 2026-11-21T18:30.")
    return found if found.tzinfo else timezone.make_aware(found)


def competition_of(slug: str) -> Competition:
    found = Competition.objects.filter(slug=slug).first()
    if found is None:
        there = ", ".join(Competition.objects.order_by("slug").values_list("slug", flat=True)) or "none yet"
        raise BadChoice("unknown_competition", f"There is no competition “{slug}”. There are: {there}.")
    return found


def choose(competition: Competition, choice: Choice) -> QuerySet[Submission]:
    """The finished submissions that match every part of the choice, oldest first. Raises `BadChoice`."""
    chosen = competition.submissions.filter(status=Status.FINISHED).select_related("result", "user")
    if choice.since is not None:
        chosen = chosen.filter(submitted_at__gte=choice.since)
    if choice.until is not None:
        chosen = chosen.filter(submitted_at__lt=choice.until)
    if choice.verdicts:
        _known("verdict", choice.verdicts, VerdictChoice.values)
        chosen = chosen.filter(verdict__in=choice.verdicts)
    if choice.types:
        _known("type", choice.types, Type.values)
        chosen = chosen.filter(type__in=choice.types)
    if choice.students:
        chosen = chosen.filter(user__in=_students(competition, choice.students))
    if choice.ids:
        _known("submission", choice.ids, competition.submissions.values_list("pk", flat=True), name_all=False)
        chosen = chosen.filter(pk__in=choice.ids)
    if choice.pasted.strip():
        chosen = chosen.filter(_pasted(competition, choice.pasted))
    if choice.only_outdated:
        chosen = chosen.exclude(_is_up_to_date(competition))
    if choice.only_other_runtime:
        chosen = of_other_runtimes(chosen)
    if choice.only_standing:
        rows = competition.board_rows
        standing = {*rows.values_list("best", flat=True), *rows.values_list("final", flat=True)} - {None}
        chosen = chosen.filter(pk__in=standing)
    return chosen.order_by("submitted_at", "pk")


def _pasted(competition: Competition, text: str) -> Q:
    """Whatever is in the list: `#12`, `12`, `ana@uni.example`, `3fa9c01b`."""
    words = [word.strip("#.'\"<>()[]") for word in re.split(r"[\s,;]+", text)]
    ids = set(whole_numbers(word for word in words if len(word) < MIN_DIGEST))
    addresses = {word for word in words if "@" in word}
    digests = {word.lower() for word in words if re.fullmatch(rf"[0-9a-fA-F]{{{MIN_DIGEST},64}}", word)}
    known = {str(pk) for pk in ids} | addresses
    strange = [w for w in words if w and w.lstrip("0") not in known and w not in known and w.lower() not in digests]
    if strange:
        raise BadChoice("unknown_word", f"“{strange[0][:40]}” is no number of a submission, no address and no SHA-256.")
    wanted = Q(pk__in=[])
    if ids:
        _known("submission", ids, competition.submissions.values_list("pk", flat=True), name_all=False)
        wanted |= Q(pk__in=ids)
    if addresses:
        wanted |= Q(user__in=_students(competition, addresses))
    for digest in digests:
        files = SubmissionFile.objects.filter(submission__competition=competition, sha256__startswith=digest)
        if not files.exists():
            raise BadChoice(
                "unknown_file", _("No file here has a SHA-256 that begins with %(digest)s.") % {"digest": digest}
            )
        wanted |= Q(pk__in=files.values("submission"))
    return wanted


def _is_up_to_date(competition: Competition) -> Q:
    """Judged with today's labels and metric and, where code ran, today's runtime."""
    runtime = Q(result__runtime_sha256__in=["", runtime_sha256()])
    metric = get_metric(competition.metric).name
    return Q(result__solution=current_solution(competition), result__metric=metric) & runtime


def _students(competition: Competition, addresses: Collection[str]) -> set[int]:
    found = {}
    for pk, email in competition.submissions.values_list("user_id", "user__email").distinct():
        found[email.lower()] = pk
    missing = [address for address in addresses if address.lower() not in found]
    if missing:
        raise BadChoice(
            "unknown_student",
            _("Nobody with the address %(addresses)s has submitted here.") % {"addresses": ", ".join(missing)},
        )
    return {found[address.lower()] for address in addresses}


def _known(what: str, given: Collection[object], known: Collection[object], *, name_all: bool = True) -> None:
    missing = [str(value) for value in given if value not in set(known)]
    if missing:
        if not name_all:
            text = _("No such submission here: %(missing)s.") % {"missing": ", ".join(missing)}
            raise BadChoice(f"unknown_{what}", text)
        there = ", ".join(map(str, known))
        raise BadChoice(f"unknown_{what}", f"No such {what} here: {', '.join(missing)}. There are: {there}.")
