"""A Codabench v2 competition of results as a competition here: pages, dates, data, one solution with `Usage`, the metric.

Real bundles hold mistakes, so a bundle is read as far as it goes, and every doubt is a remark for the instructor: a code, a
sentence and its numbers. The truth of the last phase becomes the private rows, that of earlier phases the public ones.
"""

from __future__ import annotations

import csv
import io
import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import PurePosixPath
from typing import Any

from grader.codabench.yaml_subset import BadYaml, read_yaml
from grader.metrics import UnknownMetric, get_metric
from grader.predictions.errors import clipped

MAX_ROWS = 1_000_000
ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
AMERICAN = re.compile(r"(\d{1,2})[-/](\d{1,2})[-/](\d{4})")


@dataclass
class BadBundle(Exception):
    """No competition can be made of it; `message` says why."""

    code: str
    message: str

    def __str__(self) -> str:
        return self.message


@dataclass(frozen=True, kw_only=True)
class Remark:
    """Something in the bundle that a person should look at."""

    code: str
    message: str
    params: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Page:
    """A page in Markdown."""

    title: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Phase:
    """`end` is None where the phase never ends; `tasks` are positions in `Bundle.tasks`."""

    name: str
    description: str
    start: date | None
    end: date | None
    max_submissions: int | None
    max_submissions_per_day: int | None
    tasks: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class Task:
    """A hidden truth: one label a row, in the order of the test data. `sample` is an example submission of it."""

    name: str
    description: str
    truth: tuple[str, ...]
    sample: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Bundle:
    """What a bundle says. `metric` is a name of ours, None where its leaderboard names none that we know."""

    title: str
    description: str
    terms: str
    pages: tuple[Page, ...]
    phases: tuple[Phase, ...]
    tasks: tuple[Task, ...]
    metric: str | None
    submission_rule: str
    public_files: Mapping[str, bytes]
    remarks: tuple[Remark, ...]
    # public files that hold the truth of a task: nobody may download them
    leaks: frozenset[str] = frozenset()

    def solution_csv(self) -> str:
        """`id,label,Usage`: the rows of task 1 are 1-1, 1-2 ...; those of the last phase are private."""
        last = self.phases[-1].tasks if self.phases else range(len(self.tasks))
        private = set(last) or {len(self.tasks) - 1}
        rows = [
            (f"{number}-{row}", label, "Private" if number - 1 in private else "Public")
            for number, task in enumerate(self.tasks, start=1)
            for row, label in enumerate(task.truth, start=1)
        ]
        return _csv([("id", "label", "Usage"), *rows])

    def predictions_csv(self, labels: Sequence[Sequence[str]]) -> str:
        """`id,label` from the labels of each task, in their order, as a participant handed them in there."""
        rows = [
            (f"{n}-{row}", label) for n, task in enumerate(labels, start=1) for row, label in enumerate(task, start=1)
        ]
        return _csv([("id", "label"), *rows])


def read_bundle(files: Mapping[str, bytes]) -> Bundle:
    """Read a bundle from its files by their paths, `competition.yaml` among them. Raises `BadBundle`."""
    roots = sorted((name for name in files if PurePosixPath(name).name == "competition.yaml"), key=len)
    if not roots:
        raise BadBundle("no_competition_yaml", "The bundle has no competition.yaml.")
    root = str(PurePosixPath(roots[0]).parent)
    prefix = "" if root == "." else f"{root}/"
    inside = {name.removeprefix(prefix): data for name, data in files.items() if name.startswith(prefix)}
    try:
        document = read_yaml(inside["competition.yaml"].decode("utf-8-sig"))
    except (BadYaml, UnicodeDecodeError) as error:
        raise BadBundle("bad_yaml", f"competition.yaml can't be read: {error}") from error
    if not isinstance(document.content, dict):
        raise BadBundle("bad_yaml", "competition.yaml holds no settings.")
    return _Reader(document.content, inside, document.repeated).bundle()


class _Reader:
    def __init__(self, content: dict[str, Any], files: Mapping[str, bytes], repeated: list[tuple[int, str]]) -> None:
        self.content, self.files = content, files
        self.remarks = [
            Remark(
                code="repeated_key",
                message=f"competition.yaml says “{clipped(key)}” twice; the second, on line {line}, counts.",
                params={"key": clipped(key), "line": line},
            )
            for line, key in repeated
        ]

    def remark(self, code: str, message: str, **params: object) -> None:
        self.remarks.append(Remark(code=code, message=message, params=params))

    def bundle(self) -> Bundle:
        if str(self.content.get("version", "1")) != "2":
            self.remark("old_version", "The bundle is not of version 2; what differs there is left out.")
        tasks = self._tasks()
        phases = tuple(self._phases(tasks))
        self._overlaps(tasks)
        public_files = self._merged(self._public_files())
        leaks = self._check_public(tasks, public_files)
        boards = self._dicts(self.content, "leaderboards")
        image = str(self.content.get("image") or "")
        if image and image not in self.files:
            self.remark("missing_file", f"The image {clipped(image)} is not in the bundle.", name=clipped(image))
        return Bundle(
            title=str(self.content.get("title") or "Untitled"),
            description=str(self.content.get("description") or ""),
            terms=self._page_text(self.content.get("terms")),
            pages=tuple(self._pages()),
            phases=phases,
            tasks=tuple(task for task, _ in tasks.values()),
            metric=self._metric(boards),
            submission_rule=str(boards[0].get("submission_rule") or "") if boards else "",
            public_files=public_files,
            leaks=leaks,
            remarks=tuple(self.remarks),
        )

    def _pages(self) -> Iterator[Page]:
        for page in self._dicts(self.content, "pages"):
            yield Page(title=str(page.get("title") or ""), text=self._page_text(page.get("file")))

    def _page_text(self, name: object) -> str:
        if not name:
            return ""
        if str(name) not in self.files:
            self.remark("missing_file", f"The page {clipped(str(name))} is not in the bundle.", name=clipped(str(name)))
        return self.files.get(str(name), b"").decode("utf-8-sig", errors="replace")

    def _tasks(self) -> dict[int, tuple[Task, int]]:
        """By the index that phases name: the task and its position."""
        samples = self._samples()
        found: dict[int, tuple[Task, int]] = {}
        for place, task in enumerate(self._dicts(self.content, "tasks")):
            index = _whole(task.get("index"))
            index = place if index is None else index
            name = str(task.get("name") or f"Task {place + 1}")
            truth = self._labels(str(task.get("reference_data") or ""))
            if not truth:
                raise BadBundle(
                    "no_truth", f"The task “{clipped(name)}” has no reference data that is a column of labels."
                )
            self._check_program(str(task.get("scoring_program") or ""))
            sample = samples.get(index, ())
            if sample and len(sample) != len(truth):
                self.remark(
                    "wrong_sample",
                    f"The example solution of “{clipped(name)}” has {_rows(len(sample))}, its truth {_rows(len(truth))}: "
                    "is it another task's?",
                    task=clipped(name),
                    rows=len(sample),
                    expected=len(truth),
                )
                sample = ()
            made = Task(name=name, description=str(task.get("description") or ""), truth=truth, sample=sample)
            found[index] = (made, len(found))
        if not found:
            raise BadBundle("no_tasks", "The bundle has no task.")
        return found

    def _samples(self) -> dict[int, tuple[str, ...]]:
        found = {}
        for solution in self._dicts(self.content, "solutions"):
            labels = self._labels(str(solution.get("path") or ""))
            for index in solution.get("tasks") or []:
                if isinstance(index, int):
                    found[index] = labels
        return found

    def _check_program(self, folder: str) -> None:
        """The program isn't run here; say so, and whether it would run at all."""
        inside = dict(self._below(folder))
        metadata = inside.get("metadata.yaml", inside.get("metadata", b"")).decode(errors="replace")
        for name in re.findall(r"[\w./-]+\.py\b", metadata):
            if PurePosixPath(name).name not in {PurePosixPath(path).name for path in inside}:
                self.remark(
                    "missing_file", f"The scoring program {clipped(name)} is not in the bundle.", name=clipped(name)
                )

    def _phases(self, tasks: Mapping[int, tuple[Task, int]]) -> Iterator[Phase]:
        for phase in self._dicts(self.content, "phases"):
            name = str(phase.get("name") or "")
            indexes = [index for index in phase.get("tasks") or [] if isinstance(index, int)]
            for index in indexes:
                if index not in tasks:
                    self.remark(
                        "unknown_task",
                        f"“{clipped(name)}” names task {index}, which is not there.",
                        task=index,
                        phase=clipped(name),
                    )
            yield Phase(
                name=name,
                description=str(phase.get("description") or ""),
                start=self._date(phase.get("start"), name),
                end=self._date(phase.get("end"), name),
                max_submissions=_whole(phase.get("max_submissions")),
                max_submissions_per_day=_whole(phase.get("max_submissions_per_day")),
                tasks=tuple(tasks[index][1] for index in indexes if index in tasks),
            )

    def _date(self, value: object, phase: str) -> date | None:
        if value is None:
            return None
        text = str(value)
        iso, american = ISO.match(text), AMERICAN.match(text)
        try:
            if iso:
                return date(*map(int, iso.groups()))
            if american:
                month, day, year = map(int, american.groups())
                self.remark(
                    "american_date",
                    f"“{clipped(text)}” in “{clipped(phase)}” was read as month, day, year.",
                    text=clipped(text),
                    phase=clipped(phase),
                )
                return date(year, month, day)
        except ValueError:
            pass
        message = f"“{clipped(text)}” in “{clipped(phase)}” is no date."
        self.remark("bad_date", message, text=clipped(text), phase=clipped(phase))
        return None

    def _overlaps(self, tasks: Mapping[int, tuple[Task, int]]) -> None:
        truths = [task for task, _ in tasks.values()]
        for earlier, later in itertools.pairwise(truths):
            n = min(len(earlier.truth), len(later.truth))
            if n > 20 and earlier.truth[:n] == later.truth[:n]:
                self.remark(
                    "shared_rows",
                    f"The first {n} labels of “{clipped(later.name)}” are those of “{clipped(earlier.name)}”: its board "
                    "gives them away.",
                    rows=n,
                    earlier=clipped(earlier.name),
                    later=clipped(later.name),
                )

    def _check_public(self, tasks: Mapping[int, tuple[Task, int]], public: Mapping[str, bytes]) -> frozenset[str]:
        found = set()
        for name, data in public.items():
            labels = tuple(data.decode(errors="replace").split())
            for task, _ in tasks.values():
                if labels == task.truth:
                    found.add(name)
                    message = f"The public file {clipped(name)} is the truth of “{clipped(task.name)}”."
                    self.remark("public_truth", message, name=clipped(name), task=clipped(task.name))
        return frozenset(found)

    def _metric(self, boards: Sequence[Mapping[str, Any]]) -> str | None:
        columns = [column for board in boards for column in self._dicts(board, "columns")]
        if not columns:
            self.remark("no_metric", "The bundle has no leaderboard column; choose a metric.")
            return None
        first = min(columns, key=lambda column: _whole(column.get("index")) or 0)
        key = str(first.get("key") or "")
        try:
            metric = get_metric(key.lower().replace(" ", "_").replace("-", "_"))
        except UnknownMetric:
            self.remark("unknown_metric", f"“{clipped(key)}” is no metric here; choose one.", key=clipped(key))
            return None
        ascending = str(first.get("sorting") or "desc").lower() == "asc"
        if ascending != (metric.direction == "lower"):
            order = "lower" if ascending else "higher"
            self.remark(
                "wrong_sorting",
                f"The leaderboard sorts {clipped(key)} as if {order} were better; here {metric.direction} is.",
                key=clipped(key),
                direction=metric.direction,
            )
        return metric.name

    def _public_files(self) -> Iterator[tuple[str, bytes]]:
        for phase in self._dicts(self.content, "phases"):
            for folder in (phase.get("public_data"), phase.get("starting_kit")):
                if folder:
                    yield from self._below(str(folder))

    def _merged(self, found: Iterator[tuple[str, bytes]]) -> dict[str, bytes]:
        """By name; of different files with one name the first is kept."""
        files: dict[str, bytes] = {}
        for name, data in found:
            if files.setdefault(name, data) != data:
                self.remark("same_name", f"Two public files are called {clipped(name)}.", name=clipped(name))
        return files

    def _labels(self, path: str) -> tuple[str, ...]:
        """The rows of a file, or of the only file of a folder, that holds one label a line."""
        for _, data in sorted(self._below(path)):
            lines = data.decode("utf-8-sig", errors="replace").split()
            if lines and len(lines) <= MAX_ROWS and len(lines) == len([x for x in data.splitlines() if x.strip()]):
                return tuple(lines)
        return ()

    def _below(self, path: str) -> Iterator[tuple[str, bytes]]:
        """Files in a folder by their names below it, or one file by its own name."""
        path = path.strip("/")
        if path in self.files:
            yield PurePosixPath(path).name, self.files[path]
            return
        for name, data in self.files.items():
            if path and name.startswith(f"{path}/"):
                yield name.removeprefix(f"{path}/"), data

    def _dicts(self, content: Mapping[str, Any], key: str) -> list[dict[str, Any]]:
        found = content.get(key)
        return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _rows(n: int) -> str:
    return "1 row" if n == 1 else f"{n} rows"


def _csv(rows: Sequence[Sequence[str]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()
