"""Write marks and schemes; every change is on the record."""

from __future__ import annotations

from decimal import Decimal

from django.db import transaction

from arena.accounts.models import User
from arena.audit.services import record as audit
from arena.courses.models import Course, Enrolment
from arena.gradebook.models import EnteredMark, SchemeVersion
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
