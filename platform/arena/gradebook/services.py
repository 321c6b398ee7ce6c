"""Write marks and schemes; every change is on the record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from django.db import transaction

from arena.accounts.models import User
from arena.audit.services import record as audit
from arena.competitions.models import Competition
from arena.courses.models import Course, Enrolment
from arena.gradebook.models import (
    EnteredMark,
    InvalidProject,
    LabAnswers,
    LabTarget,
    RequirementPoints,
    SchemeVersion,
)
from grader.schemes import load_scheme


@transaction.atomic
def save_scheme(course: Course, *, document: str, reason: str, actor: User | None) -> SchemeVersion:
    """Add a version of the rules. Raises `grader.schemes.InvalidScheme` before anything is saved."""
    load_scheme(document)
    version = SchemeVersion.objects.create(course=course, document=document, reason=reason, author=actor)
    audit("scheme.saved", version, actor=actor, reason=reason)
    return version


@transaction.atomic
def enter_mark(enrolment: Enrolment, *, component: str, value: Decimal | None, actor: User | None) -> None:
    """Set or clear one entered mark."""
    before = EnteredMark.objects.filter(enrolment=enrolment, component=component).first()
    if value is None:
        EnteredMark.objects.filter(enrolment=enrolment, component=component).delete()
    else:
        EnteredMark.objects.update_or_create(
            enrolment=enrolment, component=component, defaults={"value": value, "entered_by": actor}
        )
    audit(
        "mark.entered",
        enrolment,
        actor=actor,
        component=component,
        before=str(before.value) if before else None,
        after=None if value is None else str(value),
    )


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
