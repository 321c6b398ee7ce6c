"""The wording of refusals in the reader's language, keyed by code. The English sentence is the fallback."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from arena.submissions.intake import Refused

TEXTS = {
    "missing_ids": gettext_noop(
        "%(count)s of %(total)s ids have no prediction, such as %(examples)s. Add a row for each id of test.csv."
    ),
    "unknown_ids": gettext_noop(
        "%(count)s ids are not in the test set, such as %(examples)s (lines %(lines)s). Copy the ids from test.csv as text."
    ),
    "duplicate_ids": gettext_noop(
        "%(count)s rows repeat an id, such as %(examples)s (lines %(lines)s). Keep one row for each id."
    ),
    "wrong_columns": gettext_noop("The first line must be “%(expected)s”, but it is “%(found)s”. Rename the columns."),
    "not_a_number": gettext_noop("%(count)s cells are not finite numbers, such as %(examples)s (lines %(lines)s)."),
    "empty_cells": gettext_noop("%(count)s cells are empty (lines %(lines)s). Every id needs a value."),
    "binary_file": gettext_noop("This is a binary file. Upload a text file with commas (CSV)."),
    "utf16": gettext_noop("The file is encoded as UTF-16. Save it as UTF-8 and upload it again."),
    "empty_file": gettext_noop("The file has no rows. It needs a header and one line for each id."),
    "no_columns": gettext_noop("The first line has one column only. Separate the id and the prediction by a comma."),
    "notebook": gettext_noop(
        "%(name)s is a notebook. Hand in .py code: in Jupyter, File › Save and Export As › Executable Script."
    ),
    "wrong_type": gettext_noop(
        "%(name)s is not accepted here. Upload .py files with one report (.pdf, .md or .txt), or one .csv."
    ),
    "too_big": gettext_noop("The file is larger than %(mb)s MB. Predictions need one short line for each id."),
    "quota_used": gettext_noop(
        "You have used all %(limit)s submissions of today. The count starts again at %(resets)s (%(zone)s)."
    ),
}


def explain(refusal: Refused) -> str:
    """The sentence for people: translated where its code and parameters are known."""
    template = TEXTS.get(refusal.code)
    if template is None:
        return refusal.message
    try:
        return _(template) % dict(refusal.params)
    except KeyError:  # recorded without parameters: the English sentence still says all
        return refusal.message
