"""The names that a course's boards show: one that looks like another person's is refused."""

from __future__ import annotations

from django.db import IntegrityError, transaction

from arena.courses.models import Course, Enrolment
from arena.lookalikes import skeleton
from arena.plain_text import one_line

MOST = 30


class NameTaken(Exception):
    """Somebody in the course has a name that looks like this one."""


def is_taken(course: Course, name: str, *, but: int | None = None) -> bool:
    """Whether the name looks like the own name or the pseudonym of anybody in the course, the user `but` excepted."""
    wanted = skeleton(name)
    people = course.enrolments.exclude(user=but).values_list("user__name", "pseudonym")
    return any(wanted in {skeleton(own), skeleton(chosen)} for own, chosen in people)


@transaction.atomic
def choose_pseudonym(enrolment: Enrolment, name: str) -> str:
    """What fellow students read on boards from now on, in one line; empty for the own name. Raises `NameTaken`.

    The database keeps two people from choosing alike at the same moment.
    """
    name = one_line(name, most=MOST)
    if name and is_taken(enrolment.course, name, but=enrolment.user_id):
        raise NameTaken
    enrolment.pseudonym = name
    try:
        with transaction.atomic():
            enrolment.save(update_fields=["pseudonym", "pseudonym_key"])
    except IntegrityError as error:
        raise NameTaken from error
    return name
