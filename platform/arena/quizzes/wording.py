"""What is said about a quiz report, keyed by code. The English sentence of the grader is the fallback."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from arena.quizzes.models import QuizSession

TEXTS = {
    "wrong_type": gettext_noop("Upload the quiz report as .xlsx or .csv."),
    "unreadable": gettext_noop("The report can't be read. Save it again as .xlsx or as “CSV UTF-8”."),
    "too_big": gettext_noop("The report is too large to be one of a quiz."),
    "no_final_scores": gettext_noop(
        "The report has neither a sheet “Final Scores” nor one “RawReportData Data”. Export the full report."
    ),
    "raw_data": gettext_noop(
        "The report has no sheet “Final Scores”, so the points are added up from the answers in its raw data."
    ),
    "no_header": gettext_noop(
        "No row at the top names the columns “Player” and “Total Score (points)”. The report has %(found)s."
    ),
    "no_players": gettext_noop("The report lists no player with points."),
    "already_imported": gettext_noop("This very report was imported before, as “%(lecture)s”."),
    "no_player": gettext_noop("Line %(line)s was left out, for it is no player with points: “%(shown)s”."),
    "by_hand": gettext_noop("Line %(line)s (“%(nickname)s”) looks typed in by hand. It counts; please check it."),
    "twice": gettext_noop("“%(nickname)s” appears twice. The better result counts."),
    "too_long": gettext_noop("Only the first %(rows)s rows were read."),
}


def explain(code: str, params: Mapping[str, object], *, fallback: str) -> str:
    """The sentence in the reader's language."""
    return _(TEXTS[code]) % dict(params) if code in TEXTS else fallback


def explain_warnings(session: QuizSession) -> list[str]:
    """The warnings of an import."""
    return [
        w if isinstance(w, str) else explain(w["code"], w["params"], fallback=w["message"]) for w in session.warnings
    ]
