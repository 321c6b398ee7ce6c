"""All that is said of a failed program: the sentence for people, and its parts for whoever translates it."""

from __future__ import annotations

import csv
import signal
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.failures.advice import Advice, Surroundings, advise
from grader.failures.failure import Failure
from grader.failures.sentences import SENTENCES
from grader.failures.traceback_text import read_failure

CRASHES = {signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS, signal.SIGFPE, signal.SIGILL}
TABLES, HEADER_BYTES = 5, 4096
LONGEST = 300


@dataclass(frozen=True, kw_only=True)
class Report:
    """`message` is English and whole. `details` is JSON: error, frames, causes and advice (code and params)."""

    message: str
    details: Mapping[str, Any]


def report(stderr: str, *, code: int, killed_by: int | None, around: Surroundings) -> Report:
    """What a program that ended with a code other than 0 is told; `killed_by` is the signal behind its code, if any."""
    failure = read_failure(stderr)
    advice: list[Advice] = []
    if killed_by is not None:
        advice.append(_of_signal(killed_by))
        failure = None  # what it printed before says nothing of a signal
    elif failure is not None and (found := advise(failure, around)):
        advice.append(found)
        if "near" in found.params:
            advice.append(Advice(code="near", params={"near": found.params["near"]}))
    if failure is not None:
        error = _named(failure)
    elif killed_by is not None:
        error = f"exit code {code}"
    else:
        last = next((line.strip() for line in reversed(stderr.rstrip().split("\n")) if line.strip()), "")
        error = last[:LONGEST] or f"exit code {code}"
        if last and code != 1:
            advice.append(Advice(code="exit_code", params={"code": str(code)}))
    details = {
        "error": error,
        "frames": _frames(failure) if failure else [],
        "causes": [{"error": _named(one), "frames": _frames(one)} for one in (failure.causes if failure else ())],
        "advice": [{"code": one.code, "params": dict(one.params)} for one in advice],
    }
    return Report(message=" ".join(_sentences(details)), details=details)


def surroundings(sources: Iterable[str], data: Path) -> Surroundings:
    """The names that help a student; of tables the first line alone is read."""
    paths = sorted(path for path in data.rglob("*") if path.is_file())[:1000] if data.is_dir() else []
    columns: dict[str, None] = {}
    for path in [path for path in paths if path.suffix.lower() in {".csv", ".tsv"}][:TABLES]:
        with path.open("rb") as file:
            first = file.read(HEADER_BYTES).decode("utf-8-sig", "replace").partition("\n")[0].rstrip("\r")
        names = next(csv.reader([first], delimiter="\t" if path.suffix.lower() == ".tsv" else ","), [])
        columns |= dict.fromkeys(name[:60] for name in names)
    return Surroundings(
        sources=tuple(sources),
        data=tuple(path.relative_to(data).as_posix()[:100] for path in paths),
        columns=tuple(columns),
    )


def place_of(details: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The last own frame of the error or of its nearest cause that has one."""
    return next((one["frames"][-1] for one in (details, *details["causes"]) if one["frames"]), None)


def _sentences(details: Mapping[str, Any]) -> Iterable[str]:
    place = place_of(details)
    where = ""
    if place is not None:
        text = f": {place['text']}" if place["text"] else ""
        where = f" ({place['file']}, line {place['line']}{text})"
    yield f"The program ended with an error: {details['error']}{where}"
    if details["causes"]:
        yield f"It came from {details['causes'][0]['error']}."
    for one in details["advice"]:
        yield fill(SENTENCES[one["code"]], one["params"])


def fill(sentence: str, params: Mapping[str, str]) -> str:
    """A sentence with its parameters; one that the exception's text didn't give is a dash."""
    return sentence % _Dashes(params)


class _Dashes(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "-"


def _named(failure: Failure) -> str:
    return f"{failure.type}: {failure.text}"[:LONGEST] if failure.text else failure.type


def _frames(failure: Failure) -> list[dict[str, Any]]:
    return [{"file": one.file, "line": one.line, "function": one.function, "text": one.text} for one in failure.frames]


def _of_signal(number: int) -> Advice:
    if number == signal.SIGKILL:
        return Advice(code="killed_memory")
    try:
        name = signal.Signals(number).name
    except ValueError:
        name = f"signal {number}"
    return Advice(code="crashed" if number in CRASHES else "ended_by", params={"signal": name})
