"""What became of a metric of the instructor's own, in the reader's language. Codes are those of `grader.own_metric`."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

TEXTS = {
    "syntax": gettext_noop("The metric is no valid Python: %(why)s."),
    "no_function": gettext_noop("The metric needs a function score(solution, submission, row_id_column_name)."),
    "parameters": gettext_noop("score must take solution, submission and row_id_column_name."),
    "no_default": gettext_noop("Each parameter of score after the third needs a default value."),
    "sandbox": gettext_noop(
        "The sandbox did not start, which says nothing about the metric: %(why)s Arena tries again by itself."
    ),
    "exited": gettext_noop("The metric ended the program (exit) before it returned a score."),
    "stopped": gettext_noop("The metric did not finish: %(why)s"),
    "bad_answer": gettext_noop("The metric must return one number."),
    "returned_none": gettext_noop("The metric returned None; perhaps a return is missing. It must return one number."),
    "wrong_type": gettext_noop("The metric must return one number; for %(rows)s it returned %(shown)s, a %(type)s."),
    "not_repeatable": gettext_noop(
        "The same predictions got two different scores. Give every random generator in the metric a fixed seed."
    ),
    "refuses_sample": gettext_noop("The metric works, and refuses the sample submission: “%(message)s”"),
    "no_number_for_sample": gettext_noop(
        "The metric works, but gives the sample submission no finite number; predictions that are all alike are the usual "
        "cause. Students whose predictions get none are told so."
    ),
    "row_order": gettext_noop(
        "The score depends on the order of the rows. Arena always gives them in the order of the solution, so this is all "
        "right where the order means something, as in a series of days."
    ),
}
ROWS = {
    "public": gettext_noop("the Public rows"),
    "private": gettext_noop("the Private rows"),
    "overall": gettext_noop("all rows together"),
}


def explain_metric(code: str, params: Mapping[str, object], *, fallback: str = "") -> str:
    """The sentence to a code; the fallback where there is none or a parameter is missing."""
    template = TEXTS.get(code)
    if template is None:
        return fallback
    rows = _(ROWS[str(params["part"])]) if params.get("part") in ROWS else ""
    try:
        return _(template) % {**params, "rows": rows}
    except KeyError:
        return fallback
