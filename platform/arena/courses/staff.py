"""Who teaches a course: instructors and assistants, added by address, with what each may do on the record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import QuerySet

from arena.accounts.models import User
from arena.audit.services import record as audit
from arena.courses.models import STAFF_ROLES, Course, Enrolment, Role


@dataclass
class StaffRefused(Exception):
    """Why somebody can't be added, changed or removed: a code (see `wording`) and what fills its sentence."""

    code: str
    params: Mapping[str, object] = field(default_factory=dict)


def staff_of(course: Course) -> QuerySet[Enrolment]:
    """Instructors first, then assistants."""
    return course.enrolments.filter(role__in=STAFF_ROLES).select_related("user").order_by("-role", "user__name")


@transaction.atomic
def add_staff(course: Course, *, email: str, name: str, role: str, actor: User) -> Enrolment:
    """Enrol somebody to teach; an unknown address becomes an account, without a password as yet.

    Raises `StaffRefused` for a role that doesn't teach, a person of the course, or a new one without a name.
    """
    if role not in STAFF_ROLES:
        raise StaffRefused("no_role")
    user = User.objects.filter(email=email.lower()).first()
    if user is None:
        if not name.strip():
            raise StaffRefused("name_needed", {"email": email})
        user = User.objects.create_user(email, None, name=name.strip()[:150], language=course.language)
    known = Enrolment.objects.filter(course=course, user=user).first()
    if known:
        raise StaffRefused("is_member", {"name": user.name, "role": known.get_role_display()})
    made = Enrolment.objects.create(course=course, user=user, role=role)
    audit("staff.added", made, actor=actor, course=course.slug, email=user.email, role=str(role))
    return made


@transaction.atomic
def change_role(enrolment: Enrolment, *, role: str, actor: User) -> None:
    """Make an assistant an instructor, or the other way. Raises `StaffRefused` for the last instructor."""
    enrolment = _locked(enrolment)
    if role not in STAFF_ROLES:
        raise StaffRefused("no_role")
    if enrolment.role == role:
        return
    _keep_an_instructor(enrolment)
    before, enrolment.role = enrolment.role, role
    enrolment.save(update_fields=["role"])
    audit("staff.changed", enrolment, actor=actor, email=enrolment.user.email, before=before, after=str(role))


@transaction.atomic
def remove_staff(enrolment: Enrolment, *, actor: User) -> None:
    """End somebody's part in the course; what they did stays. Raises `StaffRefused` for the last instructor."""
    enrolment = _locked(enrolment)
    _keep_an_instructor(enrolment)
    audit("staff.removed", enrolment, actor=actor, email=enrolment.user.email, role=enrolment.role)
    enrolment.delete()


def _locked(enrolment: Enrolment) -> Enrolment:
    """Read again behind the course's lock, so that two people can't remove each other at once."""
    Course.objects.select_for_update().get(pk=enrolment.course_id)
    return Enrolment.objects.select_related("user", "course").get(pk=enrolment.pk, role__in=STAFF_ROLES)


def _keep_an_instructor(enrolment: Enrolment) -> None:
    others = Enrolment.objects.filter(course=enrolment.course_id, role=Role.INSTRUCTOR).exclude(pk=enrolment.pk)
    if enrolment.role == Role.INSTRUCTOR and not others.exists():
        raise StaffRefused("last_instructor", {"name": enrolment.user.name})
