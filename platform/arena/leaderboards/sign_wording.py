"""The wording of signs in the reader's language, keyed by the codes of `grader.probing`."""

from __future__ import annotations

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from grader.probing import Sign

TITLES = {
    "small_steps": gettext_noop("Small steps"),
    "climbing": gettext_noop("Climbing the board"),
    "constants": gettext_noop("One value throughout"),
    "copies": gettext_noop("The same again"),
    "out_of_range": gettext_noop("Outside the metric's range"),
    "no_share": gettext_noop("No such share"),
    "perfect": gettext_noop("Perfect"),
    "gap": gettext_noop("Public far above private"),
    "far_ahead": gettext_noop("Far ahead"),
}
TEXTS = {
    "small_steps": gettext_noop(
        "%(count)s of %(total)s submissions differ from an earlier one in few rows only (half of them in at most "
        "%(rows)s)."
    ),
    "climbing": gettext_noop(
        "%(count)s of %(total)s small changes were kept or undone just as the public score said. By chance it is half."
    ),
    "constants": gettext_noop("%(count)s submissions predict one value throughout, which tells how common it is."),
    "copies": gettext_noop("%(count)s submissions repeat earlier predictions."),
    "out_of_range": gettext_noop("%(part)s: %(score)s can't be reached by this metric."),
    "no_share": gettext_noop("%(part)s: no number of right answers among %(rows)s rows makes %(score)s."),
    "perfect": gettext_noop("%(part)s: no error on %(rows)s rows. Is the data public elsewhere?"),
    "gap": gettext_noop(
        "The public score is better than the private one by %(z)s standard errors. It follows fitting the public rows, "
        "or rows that differ."
    ),
    "far_ahead": gettext_noop(
        "The public score %(score)s lacks a tenth or less of what the next one, %(next)s, lacks to perfection."
    ),
}
PARTS = {"public": gettext_noop("public score"), "private": gettext_noop("private score")}


def title(sign: Sign) -> str:
    """A sign in two or three words."""
    return _(TITLES[sign.code]) if sign.code in TITLES else sign.code


def explain(sign: Sign) -> str:
    """The sentence for people; the English one where the code is not known."""
    template = TEXTS.get(sign.code)
    if template is None:
        return sign.message
    shown = {name: number_format(round(v, 5)) if isinstance(v, float) else v for name, v in sign.params.items()}
    if "part" in shown:
        shown["part"] = _(PARTS[str(shown["part"])]).capitalize()
    return _(template) % shown
