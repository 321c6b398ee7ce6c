"""The wording of a bundle's mistakes in the reader's language, keyed by the codes of `grader.codabench`."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from grader.codabench import BadBundle, Remark

REMARKS = {
    "repeated_key": gettext_noop("competition.yaml says “%(key)s” twice. The second, on line %(line)s, counts."),
    "old_version": gettext_noop("The bundle is not of version 2. What differs there is left out."),
    "missing_file": gettext_noop("%(name)s is named in the bundle but is not in it."),
    "same_name": gettext_noop("Two different public files are called %(name)s. The first is taken."),
    "wrong_sample": gettext_noop(
        "The example solution of “%(task)s” has %(rows)s rows, but its truth has %(expected)s. It is left out; it may "
        "belong to another task."
    ),
    "unknown_task": gettext_noop("“%(phase)s” names task %(task)s, which is not there."),
    "american_date": gettext_noop("The date “%(text)s” in “%(phase)s” was read as month, day, year."),
    "bad_date": gettext_noop("“%(text)s” in “%(phase)s” is no date."),
    "shared_rows": gettext_noop(
        "The first %(rows)s labels of “%(later)s” are those of “%(earlier)s”: the public board gives private labels away."
    ),
    "public_truth": gettext_noop("The public file %(name)s is the truth of “%(task)s”. It is left out."),
    "no_metric": gettext_noop("The bundle has no leaderboard column. Choose a metric."),
    "unknown_metric": gettext_noop("“%(key)s” is no metric here. Choose one."),
    "wrong_sorting": gettext_noop(
        "The leaderboard sorts “%(key)s” the wrong way round. Here the metric's own direction counts."
    ),
}
FAULTS = {
    "no_competition_yaml": gettext_noop("The archive has no competition.yaml, so it is no Codabench bundle."),
    "no_tasks": gettext_noop("The bundle has no task, so there is nothing to predict."),
    "bad_archive": gettext_noop("This is no readable .zip archive."),
}


def explain_remark(remark: Remark) -> str:
    """The sentence for people; the English one where the code is not known."""
    template = REMARKS.get(remark.code)
    try:
        return _(template) % dict(remark.params) if template else remark.message
    except KeyError:
        return remark.message


def explain_fault(fault: BadBundle) -> str:
    """Why no competition can be made of it."""
    template = FAULTS.get(fault.code)
    return _(template) if template else fault.message
