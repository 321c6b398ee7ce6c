"""Check a competition's data as a whole before any of it is saved."""

from __future__ import annotations

import csv
import hashlib
import io
import re
import tempfile
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from arena.competitions.leak_wording import NEVER, explain_leak
from arena.competitions.unsuitable import explain_solution
from grader.leaks import Leak, search
from grader.metrics import get_metric
from grader.predictions import InvalidPredictions, InvalidSolution, Solution, read_solution, sample_submission
from grader.scoring import read_for_metric, score_file

# the name becomes part of an address and of a path in the sandbox
PLAIN_NAME, MAX_NAME = re.compile(r"\w[\w.\- ]*"), 100
SAMPLE, TEST = "sample_submission.csv", "test.csv"
VECTORS, TWO_WORDS = "sample_submission.txt", b"2 3\nword 0.1 0.2 0.3\nother 0.3 0.2 0.1\n"


KEPT = 32
_found: dict[str, tuple[Leak, ...]] = {}


class InvalidDataset(Exception):
    """Data that can't be a competition; the text is a translated sentence for the instructor."""


@dataclass(frozen=True, kw_only=True)
class Dataset:
    """Public files by name, the hidden solution, and what the sample submission scores against it."""

    public: Mapping[str, bytes]
    solution: bytes
    sample_score: float | None
    # what may be a leak: a sure one blocks until the instructor says why it is right
    leaks: tuple[Leak, ...] = ()


def check_dataset(public: Mapping[str, bytes], solution: bytes, *, id_column: str, metric: str) -> Dataset:
    """Validate, and add the sample submission where there is none. Raises `InvalidDataset`."""
    with tempfile.TemporaryDirectory(prefix="arena-data-") as folder:
        path = Path(folder) / "solution.csv"
        path.write_bytes(solution)
        try:
            parsed = read_solution(path, id_column=id_column)
        except InvalidSolution as error:
            raise InvalidDataset(_("The solution: %(why)s") % {"why": explain_solution(error)}) from error
        for name in public:
            if not PLAIN_NAME.fullmatch(name) or len(name) > MAX_NAME:
                raise InvalidDataset(
                    _("“%(name)s” is no plain file name. Use letters, digits, - and _.") % {"name": name}
                )
        if TEST in public:
            _check_test(public[TEST], parsed)
        # the words of the analogies are hidden, so the sample of a file of vectors is made without them
        is_vectors = get_metric(metric).takes == "embeddings"
        name, made = (VECTORS, TWO_WORDS) if is_vectors else (SAMPLE, sample_submission(parsed).encode())
        public = {name: made, **public}
        sample = Path(folder) / name
        sample.write_bytes(public[name])
        try:
            score = _sample_score(sample, parsed, metric)
        except InvalidSolution as error:
            raise InvalidDataset(_("The solution: %(why)s") % {"why": explain_solution(error)}) from error
        except InvalidPredictions as error:
            raise InvalidDataset(_("The sample submission: %(why)s") % {"why": error.message}) from error
    return Dataset(public=public, solution=solution, sample_score=score, leaks=_leaks(public, parsed, solution))


def _sample_score(sample: Path, parsed: Solution, metric: str) -> float | None:
    """None by a metric of the instructor's own, which runs in the sandbox, not here; the file is read all the same."""
    if get_metric(metric).takes == "own":
        read_for_metric(sample, solution=parsed, metric=metric)
        return None
    return score_file(sample, solution=parsed, metric=metric).overall


def _rows(data: bytes) -> list[dict[str | None, str]] | None:
    """The rows of a CSV file; None for anything else."""
    try:
        return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))
    except (UnicodeDecodeError, csv.Error):
        return None


def _leaks(public: Mapping[str, bytes], parsed: Solution, solution: bytes) -> tuple[Leak, ...]:
    """What public files tell of hidden rows. Raises `InvalidDataset` for what no reason makes right.

    The pages ask again and again about the same data, so the newest answers are kept.
    """
    digests = [f"{name} {hashlib.sha256(data).hexdigest()}" for name, data in (*sorted(public.items()), ("", solution))]
    key = "\n".join((parsed.id_column, *digests))
    if key not in _found:
        while len(_found) >= KEPT:
            _found.pop(next(iter(_found)), None)
        _found[key] = tuple(search(public, parsed, hidden_file=solution))
    leaks = _found[key]
    never = [leak for leak in leaks if leak.is_sure and leak.code in NEVER]
    if never:
        raise InvalidDataset(" ".join(explain_leak(leak) for leak in never[:3]))
    return leaks


def _check_test(data: bytes, parsed: Solution) -> None:
    rows = _rows(data)
    if not rows or parsed.id_column not in rows[0]:
        raise InvalidDataset(_("test.csv has no column “%(column)s”.") % {"column": parsed.id_column})
    ids = [row[parsed.id_column] for row in rows]
    double = next((key for key, n in Counter(ids).items() if n > 1), None)
    if double is not None:
        raise InvalidDataset(_("The id %(id)s stands twice in test.csv.") % {"id": double})
    missing, extra = set(parsed.ids) - set(ids), set(ids) - set(parsed.ids)
    if missing:
        raise InvalidDataset(
            ngettext(
                "%(n)d id of the solution is not in test.csv: %(id)s.",
                "%(n)d ids of the solution are not in test.csv; the first is %(id)s.",
                len(missing),
            )
            % {"n": len(missing), "id": min(missing)}
        )
    if extra:
        raise InvalidDataset(
            ngettext(
                "%(n)d id of test.csv is not in the solution: %(id)s.",
                "%(n)d ids of test.csv are not in the solution; the first is %(id)s.",
                len(extra),
            )
            % {"n": len(extra), "id": min(extra)}
        )
