"""What a student reads of a program that failed: the sentence with its advice, and his own lines on the way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from arena.submissions.failure_wording import SENTENCES
from grader.failures.report import fill, place_of


def explain_failure(failure: Mapping[str, Any]) -> str:
    """The sentence, in the reader's language, of `grader.failures.report`'s details."""
    return " ".join(_sentences(failure))


def own_lines(failure: Mapping[str, Any]) -> str:
    """The frames in the student's own files, of the error and of what it came from, as a text of lines."""
    parts = [failure, *failure.get("causes", [])]
    return "\n".join(line for part in parts if part["frames"] for line in (*_lines(part["frames"]), part["error"]))


def _sentences(failure: Mapping[str, Any]) -> Iterator[str]:
    place = place_of(failure)
    if place is None:
        yield _("The program ended with an error: %(error)s") % failure
    elif place["text"]:
        yield _("The program ended with an error: %(error)s (%(file)s, line %(line)s: %(text)s)") % {**failure, **place}
    else:
        yield _("The program ended with an error: %(error)s (%(file)s, line %(line)s)") % {**failure, **place}
    if failure["causes"]:
        yield _("It came from %(error)s.") % failure["causes"][0]
    for one in failure["advice"]:
        if sentence := SENTENCES.get(one["code"]):
            yield fill(_(sentence), one["params"])


def _lines(frames: list[Mapping[str, Any]]) -> Iterator[str]:
    for frame in frames:
        yield _("%(file)s, line %(line)s") % frame
        if frame["text"]:
            yield f"    {frame['text']}"
