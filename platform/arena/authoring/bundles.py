"""A draft from a Codabench v2 bundle of a competition of results: kept while it is looked at, then taken over.

Each instructor has one place per course for a bundle under preview; the next upload and the draft's creation empty it.
It lies with the solutions, because it holds hidden labels.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time
from pathlib import Path, PurePosixPath

from django.core.files.base import File
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from arena.accounts.models import User
from arena.audit.services import record as audit
from arena.competitions.datasets import check_dataset
from arena.competitions.models import Competition, Kind, hidden_storage
from arena.competitions.services import set_data, set_rules
from arena.courses.models import Course
from arena.submissions.intake import submit
from grader.codabench import Bundle, load_files, read_bundle

EXAMPLE = "example_solution.csv"


@dataclass(frozen=True, kw_only=True)
class Window:
    """When the phases begin and end; None where the bundle says nothing that is a date."""

    opens_at: datetime | None
    deadline: datetime | None


def keep(course: Course, *, actor: User, upload: File) -> None:
    """Put an upload into the instructor's place, whatever it is."""
    discard(course, actor=actor)
    hidden_storage().save(_place(course, actor), upload)


def discard(course: Course, *, actor: User) -> None:
    """Empty the place."""
    hidden_storage().delete(_place(course, actor))


def kept(course: Course, *, actor: User) -> Bundle | None:
    """The bundle under preview; None if there is none. Raises `grader.codabench.BadBundle`."""
    name = _place(course, actor)
    if not hidden_storage().exists(name):
        return None
    return read_bundle(load_files(Path(hidden_storage().path(name))))


def _place(course: Course, actor: User) -> str:
    return f"bundles/{course.pk}-{actor.pk}.zip"


def window(bundle: Bundle) -> Window:
    """From the first phase's beginning to the last end that any phase has, whole days in the course's time zone."""
    starts = [phase.start for phase in bundle.phases if phase.start]
    ends = [phase.end for phase in bundle.phases if phase.end]
    zone = timezone.get_default_timezone()
    return Window(
        opens_at=datetime.combine(min(starts), time(0, 0), zone) if starts else None,
        deadline=datetime.combine(max(ends), time(23, 59), zone) if ends else None,
    )


def public_files(bundle: Bundle) -> Mapping[str, bytes]:
    """What students may download, under plain names: no file that is a task's truth."""
    return {
        name.replace("/", "-"): data
        for name, data in bundle.public_files.items()
        if name not in bundle.leaks and "__MACOSX" not in PurePosixPath(name).parts
    }


def description(bundle: Bundle) -> str:
    """Description and pages as one Markdown text, and which id is which row."""
    parts = [bundle.description, *(f"## {page.title}\n\n{page.text}" for page in bundle.pages)]
    rows = [
        _("- `%(first)s` to `%(last)s`: the rows of “%(task)s”")
        % {"first": f"{n}-1", "last": f"{n}-{len(task.truth)}", "task": task.name}
        for n, task in enumerate(bundle.tasks, start=1)
    ]
    parts.append(f"## {_('Ids')}\n\n" + "\n".join(rows))
    return "\n\n".join(part.strip() for part in parts if part.strip()) + "\n"


def create(bundle: Bundle, competition: Competition, *, actor: User) -> Competition:
    """Save an unsaved competition as a draft with the bundle's texts, data, rules and example solution. All or nothing.

    Raises `arena.competitions.datasets.InvalidDataset` and `arena.submissions.intake.Refused`.
    """
    competition.is_published, competition.kind, competition.id_column = False, Kind.PREDICTIONS, "id"
    competition.description = description(bundle)
    dataset = check_dataset(
        public_files(bundle), bundle.solution_csv().encode(), id_column="id", metric=competition.metric
    )
    with transaction.atomic():
        competition.save()
        set_data(competition, dataset, actor=actor)
        set_rules(competition, bundle.terms, actor=actor)
        codes = sorted({remark.code for remark in bundle.remarks})
        audit("competition.imported", competition, actor=actor, source="codabench", remarks=codes)
        if all(task.sample for task in bundle.tasks):
            example = bundle.predictions_csv([task.sample for task in bundle.tasks]).encode()
            submit(actor, competition, files={EXAMPLE: example}, at=timezone.now(), comment=EXAMPLE, is_baseline=True)
    discard(competition.course, actor=actor)
    return competition
