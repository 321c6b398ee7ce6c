"""The scheme in the browser: its versions, and an editor beside what a change would do to everybody's mark."""

from __future__ import annotations

import difflib
import time
from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from arena.courses.models import Enrolment
from arena.gradebook.plots import Pair, pairs
from arena.gradebook.selectors import (
    CourseRecords,
    course_records,
    examination_of,
    project_of,
    scheme_document,
    scheme_version,
)
from arena.gradebook.services import Refused, choose_project, freeze, save_scheme, unfreeze
from arena.gradebook.views.access import instructor_course_or_404, kind_of, page, staff_course_or_404
from arena.gradebook.wording import refusal
from grader.marks import MarkSheet
from grader.schemes import InvalidScheme, Scheme, load_scheme
from grader.schemes.editing import scaled_edges, with_choice, with_edges

CHOICES = {
    "band_policy": ("project.band_policy", ("fixed", "scaled")),
    "mark_from": ("project.mark_from", ("bands", "linear_in_band", "linear_in_score")),
    "rank_ties": ("project.rank_ties", ("earlier", "shared")),
    "rounding": ("final.rounding", ("half_up", "floor", "two_decimals")),
}
SHOWN_MOVES = 60


@dataclass(frozen=True, kw_only=True)
class Move:
    enrolment: Enrolment
    before: MarkSheet
    after: MarkSheet

    @property
    def is_up(self) -> bool:
        return (self.after.final or 0) > (self.before.final or 0)


@dataclass(frozen=True, kw_only=True)
class WhatIf:
    """Everybody's marks before and after a change of the scheme."""

    columns: tuple[Pair, ...]
    moves: list[Move]
    n_moved: int
    n_up: int
    failed: tuple[int, int]
    took_ms: int


def what_if(records: CourseRecords, *, before: Scheme, after: Scheme) -> WhatIf:
    """Compare the marks under two schemes."""
    started = time.perf_counter()
    old = records.sheets(before)
    new = records.sheets(after) if after != before else old
    moves = [
        Move(enrolment=enrolment, before=a, after=b)
        for enrolment, a, b in zip(records.enrolments, old, new, strict=True)
        if (a.final, a.status, a.project) != (b.final, b.status, b.project)
    ]
    moves.sort(key=lambda move: (move.before.final == move.after.final, move.is_up))
    return WhatIf(
        columns=pairs(old, new, pass_mark=after.pass_mark),
        moves=moves[:SHOWN_MOVES],
        n_moved=sum(move.before.final != move.after.final for move in moves),
        n_up=sum(move.is_up for move in moves),
        failed=(sum(s.status == "failed" for s in old), sum(s.status == "failed" for s in new)),
        took_ms=round(1000 * (time.perf_counter() - started)),
    )


def _edited(request: HttpRequest, document: str, records: CourseRecords) -> str:
    """The posted document with what the quick controls say. Raises `InvalidScheme`."""
    document = request.POST.get("document", document).replace("\r\n", "\n")
    if request.POST.get("by") == "document":
        return document
    load_scheme(document)
    for name, (key, allowed) in CHOICES.items():
        if request.POST.get(name) in allowed:
            document = with_choice(document, key, request.POST[name])
    posted = request.POST.getlist("edge")
    if posted and all(edge.isdecimal() and len(edge) < 7 for edge in posted):
        document = with_edges(document, [int(edge) for edge in posted])
    if request.POST.get("by") == "scale":
        scheme = load_scheme(document)
        edges = [band.last for band in scheme.bands if band.last is not None]
        n = max(records.facts.n_ranked, 1)
        document = with_edges(document, scaled_edges(edges, participants=n, reference=scheme.reference_participants))
    return document


@login_required
def scheme(request: HttpRequest, slug: str) -> HttpResponse:
    """The editor; with htmx only what would change."""
    course, kind = staff_course_or_404(request.user, slug), kind_of(request)
    version = scheme_version(course, kind)
    standing = scheme_document(course, kind)
    records = course_records(course, examination=kind)
    error: InvalidScheme | None = None
    document = standing
    try:
        if request.method == "POST":
            document = request.POST.get("document", standing).replace("\r\n", "\n")
            document = _edited(request, standing, records)
        edited = load_scheme(document)
    except InvalidScheme as caught:
        error, edited = caught, load_scheme(standing)
    context = page(request, course, kind) | {
        "examination": examination_of(course, kind),
        "version": version,
        "document": document,
        "error": error,
        "scheme": edited,
        "n_ranked": records.facts.n_ranked,
        "most": max(records.facts.n_ranked, *(band.last or 0 for band in edited.bands), 10),
        "choices": [(name, getattr(edited, name), options) for name, (_key, options) in CHOICES.items()],
        "result": what_if(records, before=load_scheme(standing), after=edited),
        "versions": _versions(course),
        "competitions": course.competitions.all(),
        "project": project_of(course, kind),
        "is_dirty": document != standing,
        "by": request.POST.get("by", ""),
    }
    if request.headers.get("HX-Request"):
        return render(request, "gradebook/_what_if.html", context)
    if request.method == "POST" and "save" in request.POST and error is None:
        instructor_course_or_404(request.user, slug)
        save_scheme(course, document=document, reason=request.POST.get("reason", "")[:300], actor=request.user)
        messages.success(request, _("The scheme is saved as a new version."))
        return redirect(request.get_full_path())
    return render(request, "gradebook/scheme_edit.html", context, status=422 if error else 200)


def _versions(course: object) -> list[dict[str, object]]:
    """Every version, newest first, with what it changed."""
    rows = list(course.schemes.order_by("pk").select_related("author"))
    found, before = [], ""
    for number, version in enumerate(rows, start=1):
        diff = difflib.unified_diff(before.splitlines(), version.document.splitlines(), lineterm="", n=1)
        found.append({"number": number, "version": version, "diff": list(diff)[2:] if before else []})
        before = version.document
    return found[::-1]


@login_required
@require_POST
def freeze_scheme(request: HttpRequest, slug: str) -> HttpResponse:
    """Freeze an examination at the version that counts now, thaw it with a reason, or choose its projects."""
    course, kind = instructor_course_or_404(request.user, slug), kind_of(request)
    try:
        if "project" in request.POST:
            chosen = course.competitions.filter(slug=request.POST["project"]).first()
            choose_project(course, examination=kind, competition=chosen, actor=request.user)
            messages.success(request, _("The projects of this examination are chosen."))
        elif "thaw" in request.POST:
            unfreeze(course, examination=kind, actor=request.user, reason=request.POST.get("reason", ""))
            messages.success(request, _("The newest version of the scheme counts again."))
        else:
            freeze(course, examination=kind, actor=request.user)
            messages.success(request, _("The scheme is frozen: later versions don't touch this examination."))
    except Refused as refused:
        messages.error(request, refusal(refused.code, refused.params))
    return redirect(f"/courses/{course.slug}/marks/scheme/?examination={kind}")
