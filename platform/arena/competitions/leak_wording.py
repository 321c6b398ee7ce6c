"""What `grader.leaks` found, as sentences for the instructor: the file, what is in it, of how many rows, what to do."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from grader.leaks import Leak

# no reason makes these right
NEVER = frozenset({"solution", "labels"})


def explain_leak(leak: Leak) -> str:
    given = {"name": leak.file, "n": leak.n, **leak.params}
    if leak.code == "labels" and leak.is_sure:
        sentence = ngettext(
            "%(name)s holds the label of %(n)d hidden row (id %(id)s); take it out.",
            "%(name)s holds the labels of %(n)d hidden rows (the first is id %(id)s); take them out.",
            leak.n,
        )
        return sentence % given
    texts = {
        "solution": _("%(name)s is the solution itself; students would download it."),
        "labels": _(
            "%(name)s: the column “%(column)s” agrees with the labels of %(n)s hidden rows, more than chance explains. If it "
            "is made from the labels, take it out."
        ),
        "renamed": _(
            "%(name)s: the column “%(column)s” tells the label of %(n)s hidden rows, under other names for the classes. Take "
            "it out."
        ),
        "determines": _(
            "%(name)s: the column “%(column)s” determines the label of all %(n)s hidden rows. If students should not know it, "
            "take it out."
        ),
        "unit": _(
            "%(name)s: the column “%(column)s” has the order of the labels of %(n)s hidden rows, as the labels in another unit "
            "have. Take it out."
        ),
        "twins": _(
            "%(name)s: %(n)s test rows stand there, exactly or nearly, with their labels. Take them out of the training rows "
            "or out of the test rows."
        ),
        "row_order": _("The order of the hidden rows in %(name)s predicts “%(column)s”. Shuffle the rows."),
        "id_order": _(
            "The ids of the hidden rows grow with “%(column)s”. Give new ids by lot, in all files; the data cutter does so."
        ),
        "id_tells": _(
            "A part of the id tells “%(column)s” of %(n)s hidden rows. Give new ids by lot, in all files; the data cutter does "
            "so."
        ),
        "not_searched": _("%(name)s holds too much, or too deep, to be looked into for leaks. Look into it yourself."),
    }
    return texts[leak.code] % given
