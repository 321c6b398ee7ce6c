"""The wording of refusals and verdicts in the reader's language, keyed by code. The English sentence is the fallback."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from arena.submissions.intake import Refused
from arena.submissions.models import Attempt

# a file of predictions, before it is queued or after a program wrote it
PREDICTIONS = {
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
    "duplicate_columns": gettext_noop("Two columns have the same name. Keep one of them."),
    "not_a_table": gettext_noop(
        "Line %(line)s has another number of columns than the header. Each line needs as many as the header."
    ),
    "not_a_number": gettext_noop("%(count)s cells are not finite numbers, such as %(examples)s (lines %(lines)s)."),
    "empty_cells": gettext_noop("%(count)s cells are empty (lines %(lines)s). Every id needs a value."),
    "binary_file": gettext_noop("This is a binary file. Upload a text file with commas (CSV)."),
    "utf16": gettext_noop("The file is encoded as UTF-16. Save it as UTF-8 and upload it again."),
    "empty_file": gettext_noop("The file has no rows. It needs a header and one line for each id."),
    "no_columns": gettext_noop("The first line has one column only. Separate the id and the prediction by a comma."),
    "bad_gzip": gettext_noop("The name ends in .gz, but the file is not a gzip archive."),
    "too_big": gettext_noop("The file is larger than %(mb)s MB. Predictions need one short line for each id."),
}
CODE = {
    "notebook": gettext_noop(
        "%(name)s is a notebook. Hand in .py code: in Jupyter, File › Save and Export As › Executable Script."
    ),
    "wrong_type": gettext_noop(
        "%(name)s is not accepted here. Upload .py files with one report (.pdf, .md or .txt), or one .csv."
    ),
    "bad_name": gettext_noop("“%(name)s” is no plain file name. Use letters, digits, - and _."),
    "report_too_big": gettext_noop("%(name)s is larger than 20 MB."),
    "source_too_big": gettext_noop("%(name)s is larger than 1 MB. Code is text; data goes elsewhere."),
    "binary_source": gettext_noop("%(name)s is a binary file and no Python source."),
    "empty_source": gettext_noop("%(name)s is empty."),
    "no_source": gettext_noop("There is no .py file in the upload."),
    "too_many": gettext_noop("There are %(count)s .py files in the upload; at most %(limit)s are accepted."),
    "no_such_entry": gettext_noop("The entry point %(name)s is not among the files."),
    "no_entry": gettext_noop("Which file starts: %(names)s? Name it main.py, or say it in the form."),
    "bad_archive": gettext_noop("%(name)s is no readable .zip archive."),
    "archive_too_big": gettext_noop("%(name)s holds too many or too large files."),
    "same_name": gettext_noop("Two files in the archive are called %(name)s."),
}
RULES = {
    "no_file": gettext_noop("Choose a file first: a predictions CSV, or your .py code."),
    "code_only": gettext_noop("This competition takes code. Upload your .py file instead of a CSV."),
    "predictions_only": gettext_noop("This competition takes one .csv file of predictions, not %(names)s."),
    "not_a_member": gettext_noop("You are not enrolled in this course. Ask its instructor to add you."),
    "not_open": gettext_noop("This competition opens on %(when)s."),
    "closed": gettext_noop("The deadline was %(when)s. Nothing more is accepted."),
    "quota_used": gettext_noop(
        "You have used all %(limit)s submissions of today. The count starts again at %(resets)s (%(zone)s)."
    ),
}
# a run, by its verdict
RUNS = {
    "time_limit": gettext_noop("The program ran longer than %(wall_time_s)s s."),
    "memory_limit": gettext_noop("The program needed more than its %(memory_mb)s MB of memory."),
    "process_limit": gettext_noop("The program started too many processes and threads; the limit is %(processes)s."),
    "output_limit": gettext_noop("The program printed more than %(output_mb)s MB."),
    "disk_limit": gettext_noop("The program wrote more than its %(disk_mb)s MB of disk."),
    "runtime_error": gettext_noop("The program ended with an error: %(error)s"),
    "missing_output": gettext_noop(
        "The program ended well but left no submission.csv in its working directory. Write one there."
    ),
    "invalid_output": gettext_noop("The predictions must be one plain file of at most %(output_mb)s MB."),
}
TEXTS = {**PREDICTIONS, **CODE, **RULES, **RUNS}


def explain(refusal: Refused) -> str:
    """The sentence for people: translated where its code and parameters are known."""
    return _sentence(refusal.code, refusal.params, fallback=refusal.message)


def explain_attempt(attempt: Attempt) -> str:
    """Why an attempt ended as it did, for the student; empty for one that was scored."""
    return _sentence(attempt.code or attempt.verdict, attempt.params, fallback=attempt.message)


def _sentence(code: str, params: Mapping[str, object], *, fallback: str) -> str:
    template = TEXTS.get(code)
    if template is None:
        return fallback
    shown = {name: _shown(value) for name, value in params.items()}
    try:
        return _(template) % shown
    except KeyError:  # recorded without parameters: the English sentence still says all
        return fallback


def _shown(value: object) -> object:
    return date_format(localtime(value), "DATETIME_FORMAT") if isinstance(value, datetime) else value
