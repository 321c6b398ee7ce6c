"""First correct answers in the labs: recorded once each, taken back, and never above what counts."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from arena.accounts.models import User
from arena.audit.services import record as audit
from arena.courses.models import Enrolment, Role
from arena.gradebook.models import FirstAnswer, Lab
from arena.gradebook.selectors import current_scheme
from arena.gradebook.services import Refused


@transaction.atomic
def record_answer(
    lab: Lab, *, enrolment: Enrolment, key: uuid.UUID, actor: User, at: datetime | None = None
) -> FirstAnswer:
    """Record an answer; the same key again is the same answer. Raises `Refused` above the cap of the lab."""
    Lab.objects.select_for_update().get(pk=lab.pk)
    known = FirstAnswer.objects.filter(key=key).first()
    if known:
        return known
    if enrolment.course_id != lab.course_id or enrolment.role != Role.STUDENT:
        raise Refused("no_student")
    count = FirstAnswer.objects.filter(lab=lab, enrolment=enrolment, removed_at=None).count()
    if count >= current_scheme(lab.course).answers_per_lab:
        raise Refused("lab_cap", {"student": enrolment.user.name, "count": count})
    answer = FirstAnswer.objects.create(
        lab=lab, enrolment=enrolment, key=key, recorded_by=actor, recorded_at=at or timezone.now()
    )
    audit("lab_answer.recorded", answer, actor=actor, lab=lab.title, enrolment=enrolment.pk)
    return answer


@transaction.atomic
def remove_answer(lab: Lab, *, key: uuid.UUID, actor: User) -> FirstAnswer | None:
    """Take an answer back; it stays on the record. None if there is none with this key."""
    answer = FirstAnswer.objects.select_for_update().filter(lab=lab, key=key).first()
    if answer and answer.removed_at is None:
        answer.removed_at, answer.removed_by = timezone.now(), actor
        answer.save(update_fields=["removed_at", "removed_by"])
        audit("lab_answer.removed", answer, actor=actor, lab=lab.title, enrolment=answer.enrolment_id)
    return answer
