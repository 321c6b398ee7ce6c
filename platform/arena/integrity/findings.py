"""The sentence for each oddity that the engine finds in a file (`plagiarism.reading.FINDINGS`)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

TEXTS = {
    "too_large": _("too large to be compared wholly"),
    "odd_encoding": _("not valid UTF-8"),
    "null_bytes": _("holds null bytes, which Python refuses"),
    "invisible_characters": _("holds invisible or direction-changing characters"),
    "lookalike_letters": _("names mix letters of several alphabets that look alike"),
    "long_line": _("has a very long line"),
    "deep_nesting": _("nested too deeply to be read as a program"),
    "does_not_parse": _("does not parse as Python"),
    "runs_text_as_code": _("runs text as code (exec, eval, compile)"),
    "code_in_string": _("carries Python code inside a string"),
    "too_many_files": _("one of too many files; only some were compared"),
    "empty": _("holds no code"),
}


def finding_texts(skipped: list[dict[str, Any]]) -> list[dict[str, str]]:
    """Submission, file and sentence for each stored finding."""
    return [
        {
            "submission": str(row["submission"]),
            "file": str(row["file"]),
            "text": gettext(TEXTS[row["code"]]) if row["code"] in TEXTS else str(row["reason"]),
        }
        for row in skipped
        if isinstance(row, dict)
    ]
