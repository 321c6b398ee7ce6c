"""The wording of refusals and verdicts in the reader's language, keyed by code. The English sentence is the fallback."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from arena.submissions import refused_files
from arena.submissions.failures import explain_failure
from arena.submissions.intake import Refused
from arena.submissions.models import Attempt

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
    "no_entry": gettext_noop("Which of these files starts: %(names)s? Name it main.py."),
    "bad_archive": gettext_noop("%(name)s is no readable .zip archive."),
    "archive_too_big": gettext_noop("%(name)s holds too many or too large files."),
    "same_name": gettext_noop("Two files in the archive are called %(name)s."),
    "alike_names": gettext_noop("%(other)s and %(name)s differ in capitals only. Rename one of them."),
    "long_name": gettext_noop("“%(name)s…” has more than %(limit)s characters. Use shorter names or fewer folders."),
    "data_folder": gettext_noop(
        "%(name)s: the folder %(folder)s is where the competition's files appear. Give yours another name."
    ),
    "syntax_error": gettext_noop(
        "%(name)s, line %(line)s: this is no Python: “%(text)s” (%(why)s). Mend the line and upload it again."
    ),
    "notebook_magic": gettext_noop(
        "%(name)s, line %(line)s: “%(text)s” works in a notebook only (get_ipython, %% and ! lines). "
        "Delete the line; packages can't be installed here, and plots need no magic."
    ),
    "notebook_display": gettext_noop(
        "%(name)s, line %(line)s: “%(text)s” works in a notebook only. Use print(...) or delete the line."
    ),
    "notebook_colab": gettext_noop(
        "%(name)s, line %(line)s: “%(text)s” works in Google Colab only. Delete it; the competition's files are in "
        "the folder data."
    ),
}
RULES = {
    "same_upload": gettext_noop("Two of the uploaded files are called %(name)s. Rename one of them."),
    "no_file": gettext_noop("Choose a file first: a predictions CSV, or your .py code."),
    "no_solution": gettext_noop("This competition has no hidden labels yet, so nothing can be scored."),
    "unsuitable": gettext_noop(
        "The competition's labels don't suit its metric, so nothing can be scored. It costs you nothing; ask the staff."
    ),
    "code_only": gettext_noop("This competition takes code. Upload your .py file instead of a CSV."),
    "vectors_only": gettext_noop(
        "This competition takes one file of word vectors, .txt, .vec or one of them as .gz, not %(names)s."
    ),
    "predictions_only": gettext_noop("This competition takes one .csv file of predictions, not %(names)s."),
    "not_a_member": gettext_noop("You are not enrolled in this course. Ask its instructor to add you."),
    "not_open": gettext_noop("This competition opens on %(when)s."),
    "closed": gettext_noop("The deadline was %(when)s. Nothing more is accepted."),
    "rules": gettext_noop("Accept the competition's rules first. Its page shows them."),
    "too_many_finals": gettext_noop("You have chosen %(limit)s submissions already. Take one of them back first."),
    "not_code": gettext_noop("Add the .py files that made these predictions, or choose a submission of code."),
    "practice_code": gettext_noop("A practice run is for code: upload your .py file."),
    "no_practice": gettext_noop("This competition has no labelled train.csv to practise on."),
    "practice_runs": gettext_noop("A practice run of yours is not finished yet; wait for it."),
    "not_counting": gettext_noop("This submission is withdrawn or disqualified, so it can't be a final one."),
    "total_used": gettext_noop("You have used all %(limit)s submissions of this competition."),
    "metric_failed_on_file": gettext_noop(
        "The competition's metric failed on this very file, and nobody has mended it yet. The staff know, and nothing was "
        "used. Try again once they have mended it, or hand in another file."
    ),
    "metric_waits": gettext_noop(
        "The competition's metric failed on as many of your files today as may be handed in a day. The staff know. Try "
        "again once they have mended it, or tomorrow."
    ),
    "disk_full": gettext_noop(
        "The site's disk is full, so nothing was stored. The admins see it. Try again in a while."
    ),
    "queue_full": gettext_noop("Too many submissions are waiting, so this one was not taken. Try again in a while."),
    "quota_used": gettext_noop(
        "You have used all %(limit)s submissions of today. The count starts again at %(resets)s (%(zone)s)."
    ),
}
# of a metric of the instructor's own
OWN_METRIC = {
    "metric_undefined_public": gettext_noop(
        "The metric gave no finite number (%(value)s) for the Public rows, so there is no score. Predictions that are all "
        "alike are the usual cause."
    ),
    "metric_undefined": gettext_noop(
        "The metric gave no finite number (NaN or infinity) for these predictions, so there is no score. Predictions that "
        "are all alike are the usual cause."
    ),
}
# a run, by its verdict
RUNS = {
    "time_limit": gettext_noop("The program needed more than the %(wall_time_s)s s that two processors are given."),
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
TEXTS = {**refused_files.COUNTED, **refused_files.PLAIN, **CODE, **RULES, **OWN_METRIC, **RUNS}


def explain(refusal: Refused) -> str:
    """The sentence for people: translated where its code and parameters are known."""
    return _sentence(refusal.code, refusal.params, fallback=refusal.message)


def explain_attempt(attempt: Attempt) -> str:
    """Why an attempt ended as it did, for the student; empty for one that was scored."""
    if attempt.verdict == "runtime_error" and (failure := attempt.params.get("failure")):
        return explain_failure(failure)
    return _sentence(attempt.code or attempt.verdict, attempt.params, fallback=attempt.message)


def _sentence(code: str, params: Mapping[str, object], *, fallback: str) -> str:
    template = TEXTS.get(code)
    if template is None:
        return fallback
    shown = {name: _shown(value) for name, value in params.items()}
    try:
        # a template with a plural is lazy, and translates itself by its count
        sentence = (_(template) if isinstance(template, str) else template) % shown
    except KeyError:  # recorded without parameters: the English sentence still says all
        return fallback
    hint = refused_files.HINTS.get(str(params.get("hint")))
    return f"{sentence} {_(hint)}" if hint else sentence


def _shown(value: object) -> object:
    """Moments in words; lists of lines with commas, of somebody's cells in quotation marks too."""
    if isinstance(value, datetime):
        return date_format(localtime(value), "DATETIME_FORMAT")
    if isinstance(value, list | tuple):
        return ", ".join(_("“%(text)s”") % {"text": item} if isinstance(item, str) else str(item) for item in value)
    return value
