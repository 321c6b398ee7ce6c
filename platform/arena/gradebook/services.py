"""Write marks and schemes; every change is on the record, and can be taken back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from arena.accounts.models import User
from arena.audit.services import record as audit
from arena.competitions.models import Competition
from arena.courses.models import Course, Enrolment
from arena.gradebook.models import (
    Batch,
    EnteredMark,
    Examination,
    InvalidProject,
    Kind,
    LabAnswers,
    LabTarget,
    MarkChange,
    Publication,
    RequirementPoints,
    SchemeVersion,
    Source,
)
from arena.gradebook.selectors import components_of, current_scheme, examination_of, scheme_document, scheme_version
from grader.schemes import load_scheme

CENT = Decimal("0.01")
Entries = Mapping[tuple[int, str], Decimal | None]


@dataclass
class Refused(Exception):
    """What can't be done, as a code and what fills its sentence (see `wording`)."""

    code: str
    params: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.code} {dict(self.params)}"


@transaction.atomic
def save_scheme(course: Course, *, document: str, reason: str, actor: User | None) -> SchemeVersion:
    """Add a version of the rules. Raises `grader.schemes.InvalidScheme` before anything is saved."""
    load_scheme(document)
    version = SchemeVersion.objects.create(course=course, document=document, reason=reason, author=actor)
    audit("scheme.saved", version, actor=actor, reason=reason)
    return version


def is_published(course: Course, examination: str) -> bool:
    return Publication.objects.filter(examination__course=course, examination__kind=examination).exists()


@transaction.atomic
def enter_marks(
    course: Course,
    entries: Entries,
    *,
    actor: User | None,
    examination: str = Kind.FIRST,
    source: str = Source.FORM,
    reason: str = "",
) -> Batch | None:
    """Set or clear marks by (enrolment id, component), all or none; None if nothing differs.

    Raises `Refused` for a mark out of its range, a component that the scheme lacks, somebody who is no student of the
    course, or a change to published marks without a reason.
    """
    fields = {one.code: one for one in components_of(current_scheme(course, examination))}
    students = set(Enrolment.objects.filter(course=course, role="student").values_list("pk", flat=True))
    for (enrolment, component), value in entries.items():
        if enrolment not in students:
            raise Refused("no_student", {"student": enrolment})
        if component not in fields:
            raise Refused("no_component", {"component": component})
        one = fields[component]
        if value is not None and not (one.low <= value <= one.high and value == value.quantize(CENT)):
            raise Refused("out_of_range", {"component": one.label, "value": value, "low": one.low, "high": one.high})
    rows = EnteredMark.objects.select_for_update().filter(enrolment__course=course, examination=examination)
    standing = {(row.enrolment_id, row.component): row for row in rows}
    changes = []
    for key, value in entries.items():
        before = standing[key].value if key in standing else None
        if before != value:
            changes.append((key, before, value))
    if not changes:
        return None
    if not reason.strip() and is_published(course, examination):
        raise Refused("reason_needed")
    batch = Batch.objects.create(course=course, examination=examination, source=source, reason=reason, actor=actor)
    MarkChange.objects.bulk_create(
        MarkChange(batch=batch, enrolment_id=key[0], component=key[1], before=before, after=after)
        for key, before, after in changes
    )
    gone = [standing[key].pk for key, _before, after in changes if after is None]
    EnteredMark.objects.filter(pk__in=gone).delete()
    EnteredMark.objects.bulk_create(
        [
            EnteredMark(
                enrolment_id=key[0],
                examination=examination,
                component=key[1],
                value=after,
                entered_by=actor,
                entered_at=batch.at,
            )
            for key, _before, after in changes
            if after is not None
        ],
        update_conflicts=True,
        unique_fields=["enrolment", "examination", "component"],
        update_fields=["value", "entered_by", "entered_at"],
    )
    audit("marks.entered", batch, actor=actor, source=str(source), changes=len(changes), reason=reason)
    return batch


def enter_mark(
    enrolment: Enrolment,
    *,
    component: str,
    value: Decimal | None,
    actor: User | None,
    examination: str = Kind.FIRST,
    reason: str = "",
) -> Batch | None:
    """Set or clear one entered mark."""
    entries = {(enrolment.pk, str(component)): value}
    return enter_marks(enrolment.course, entries, actor=actor, examination=examination, reason=reason)


@transaction.atomic
def undo(batch: Batch, *, actor: User | None, reason: str) -> Batch:
    """Put back what stood before a batch. Raises `Refused` if it is undone already, or a mark has changed since."""
    batch = Batch.objects.select_for_update().select_related("course").get(pk=batch.pk)
    if batch.undone_by_id:
        raise Refused("already_undone")
    changes = list(batch.changes.select_related("enrolment__user"))
    standing = {
        (row.enrolment_id, row.component): row.value
        for row in EnteredMark.objects.filter(enrolment__course=batch.course, examination=batch.examination)
    }
    for change in changes:
        if standing.get((change.enrolment_id, change.component)) != change.after:
            raise Refused("changed_since", {"student": change.enrolment.user.name})
    entries = {(change.enrolment_id, change.component): change.before for change in changes}
    back = enter_marks(
        batch.course, entries, actor=actor, examination=batch.examination, source=Source.UNDO, reason=reason
    )
    assert back is not None
    batch.undone_by = back
    batch.save(update_fields=["undone_by"])
    return back


@transaction.atomic
def freeze(course: Course, *, examination: str, actor: User) -> Examination:
    """Keep an examination at the version that counts now; later versions don't touch it."""
    found = examination_of(course, examination)
    version = scheme_version(course, examination)
    if version is None:
        version = save_scheme(course, document=scheme_document(course), reason="", actor=actor)
    found.scheme, found.frozen_at, found.frozen_by = version, timezone.now(), actor
    found.save()
    audit("scheme.frozen", found, actor=actor, version=version.pk)
    return found


@transaction.atomic
def unfreeze(course: Course, *, examination: str, actor: User, reason: str) -> Examination:
    """Let the newest version count again. Raises `Refused` without a reason."""
    if not reason.strip():
        raise Refused("reason_needed")
    found = examination_of(course, examination)
    found.scheme, found.frozen_at, found.frozen_by = None, None, None
    found.save()
    audit("scheme.unfrozen", found, actor=actor, reason=reason)
    return found


@transaction.atomic
def choose_project(course: Course, *, examination: str, competition: Competition | None, actor: User) -> Examination:
    """Say whose private board gives an examination's projects; None is the course's own project, or none at all."""
    found = examination_of(course, examination)
    found.project = competition
    found.save()
    audit("examination.project", found, actor=actor, competition=competition.slug if competition else None)
    return found


@transaction.atomic
def set_examination_days(course: Course, days: Mapping[str, date | None], *, actor: User | None) -> None:
    """Say on which days the examinations are, by kind; None is not known yet."""
    before = {kind: examination_of(course, kind).held_on for kind in days}
    changed = {kind: day for kind, day in days.items() if day != before[kind]}
    for kind, day in changed.items():
        found = examination_of(course, kind)
        found.held_on = day
        found.save()
        audit("examination.day", found, actor=actor, before=_iso(before[kind]), after=_iso(day))


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


@transaction.atomic
def enter_lab_answers(enrolment: Enrolment, *, counts: Sequence[int], actor: User | None) -> None:
    """Set the first correct answers of every lab: `counts[0]` is that of lab 1."""
    before = list(enrolment.lab_answers.values_list("lab", "n_correct"))
    after = [(lab, n) for lab, n in enumerate(counts, start=1) if n]
    if before == after:
        return
    enrolment.lab_answers.all().delete()
    LabAnswers.objects.bulk_create(LabAnswers(enrolment=enrolment, lab=lab, n_correct=n) for lab, n in after)
    audit("lab_answers.entered", enrolment, actor=actor, before=before, after=after)


@transaction.atomic
def mark_lab_test(
    competition: Competition,
    *,
    target: float | None,
    chance: float | None,
    points: Mapping[int, Decimal | None],
    actor: User | None,
) -> int:
    """Set the scores that count and the requirement points by enrolment id; how many students' points changed."""
    old = LabTarget.objects.filter(competition=competition).values_list("target", "chance").first()
    new = None if target is None else (target, chance)
    if new is None:
        LabTarget.objects.filter(competition=competition).delete()
    else:
        LabTarget.objects.update_or_create(competition=competition, defaults={"target": target, "chance": chance})
    if old != new:
        audit("lab_test.target", competition, actor=actor, before=old, after=new)
    known = dict(RequirementPoints.objects.filter(competition=competition).values_list("enrolment", "points"))
    changed = {pk: value for pk, value in points.items() if value != known.get(pk)}
    rows = {e.pk: e for e in Enrolment.objects.filter(course=competition.course, pk__in=changed)}
    for pk, enrolment in rows.items():
        value, before = changed[pk], known.get(pk)
        if value is None:
            RequirementPoints.objects.filter(competition=competition, enrolment=enrolment).delete()
        else:
            RequirementPoints.objects.update_or_create(
                competition=competition, enrolment=enrolment, defaults={"points": value, "entered_by": actor}
            )
        before, after = (None if v is None else str(v) for v in (before, value))
        audit("lab_test.marked", enrolment, actor=actor, competition=competition.slug, before=before, after=after)
    return len(rows)


@transaction.atomic
def rule_project(enrolment: Enrolment, *, reason: str, note: str, actor: User | None) -> None:
    """Declare somebody's project invalid, or valid again with an empty reason."""
    found = InvalidProject.objects.filter(enrolment=enrolment).first()
    before = (found.reason, found.note) if found else None
    after = (reason, note) if reason else None
    if before == after:
        return
    if after is None:
        InvalidProject.objects.filter(enrolment=enrolment).delete()
    else:
        InvalidProject.objects.update_or_create(
            enrolment=enrolment, defaults={"reason": reason, "note": note, "decided_by": actor}
        )
    audit("project.ruled", enrolment, actor=actor, before=before, after=after)
