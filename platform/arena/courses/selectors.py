"""Who may see and do what in a course, and lists of people."""

from __future__ import annotations

from django.db.models import QuerySet

from arena.accounts.models import User
from arena.courses.models import STAFF_ROLES, Course, Enrolment, Role


def courses_of(user: User) -> QuerySet[Course]:
    """The courses a person takes part in; an admin sees all."""
    if user.is_superuser:
        return Course.objects.all()
    return Course.objects.filter(enrolments__user=user)


def is_member(user: User, course: Course) -> bool:
    return user.is_superuser or Enrolment.objects.filter(course=course, user=user).exists()


def is_course_staff(user: User, course: Course) -> bool:
    """Assistants, instructors and admins: they see names, hidden scores and everybody's submissions."""
    return user.is_superuser or Enrolment.objects.filter(course=course, user=user, role__in=STAFF_ROLES).exists()


def is_instructor(user: User, course: Course) -> bool:
    """Instructors and admins: they decide about marks."""
    return user.is_superuser or Enrolment.objects.filter(course=course, user=user, role=Role.INSTRUCTOR).exists()


def can_create_courses(user: User) -> bool:
    """Admins, and people whom an admin has marked."""
    return user.is_active and (user.is_superuser or user.may_create_courses)


def students_of(course: Course) -> QuerySet[Enrolment]:
    return course.enrolments.filter(role=Role.STUDENT).select_related("user")


def without_password(course: Course) -> list[Enrolment]:
    """Students who never chose a password, so that nobody can sign in as them."""
    return [enrolment for enrolment in students_of(course) if not enrolment.user.has_usable_password()]
