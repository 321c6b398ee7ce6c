"""What is said about rosters and staff, keyed by code."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

TEXTS = {
    "no_header": gettext_noop(
        "No row at the top names the columns: “Name” (or last and first name), “E-mail” or “Student number”, and maybe “Group”."
    ),
    "no_students": gettext_noop("The roster lists no student."),
    "duplicate": gettext_noop("%(key)s stands in line %(first)s too."),
    "bad_email": gettext_noop("“%(email)s” is no e-mail address."),
    "no_name": gettext_noop("The name is missing."),
    "no_key": gettext_noop("There is neither a student number nor an e-mail address."),
    "too_long": gettext_noop("A text (%(column)s) is longer than %(most)s characters."),
    "needs_email": gettext_noop("%(name)s is new here and has no e-mail address, without which nobody can sign in."),
    "no_emails": gettext_noop(
        "The list has no e-mail addresses, without which new students (%(n)s) can't sign in. Add a column “E-mail”."
    ),
    "number_taken": gettext_noop("The student number %(number)s belongs to %(name)s already."),
    "is_staff": gettext_noop("%(name)s teaches this course."),
    "already_applied": gettext_noop("This roster was applied before."),
    "problems": gettext_noop("Nothing was changed. Problems in the roster: %(count)s"),
    "not_applied": gettext_noop("This roster is not applied."),
    "changed_since": gettext_noop("%(name)s has changed since, so this roster can't be taken back as a whole."),
    "no_role": gettext_noop("Choose one of the roles."),
    "name_needed": gettext_noop("%(email)s has no account yet: give the name too, and one is made."),
    "is_member": gettext_noop("%(name)s is in this course already, as %(role)s."),
    "last_instructor": gettext_noop("%(name)s is the course's last instructor. Make somebody else one first."),
    "has_work": gettext_noop("%(name)s has marks or submissions here, so this roster can't be taken back."),
}
FIELDS = {
    "name": gettext_lazy("name"),
    "number": gettext_lazy("student number"),
    "group": gettext_lazy("group"),
    "series": gettext_lazy("series"),
}


def sentence(code: str, params: Mapping[str, object]) -> str:
    """The sentence in the reader's language."""
    return _(TEXTS[code]) % dict(params)
