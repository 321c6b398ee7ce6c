"""Files that no row names: a process died between writing a file and committing the row that names it."""

from __future__ import annotations

import os
from collections.abc import Collection
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings

from arena.submissions.models import Attempt, SubmissionFile

# whoever wrote a younger file may still be about to name it
AGE = timedelta(hours=1)
FOLDERS = {"submissions": (SubmissionFile, "file"), "predictions": (Attempt, "predictions")}
CHUNK = 500


def clear_orphans(*, at: datetime, age: timedelta = AGE) -> int:
    """Remove stored uploads and predictions older than `age` that belong to no row; how many. For a site at rest."""
    return remove(orphans(at=at, age=age))


def orphans(*, at: datetime, age: timedelta = AGE) -> set[str]:
    """Stored uploads and predictions that are older than `age` and that no row names.

    A clock that is wrong makes a file old that was written just now. So whoever removes files while people hand in
    looks twice, `age` apart by a clock that doesn't jump, and removes what no row named both times.
    """
    found: set[str] = set()
    for folder, (model, field) in FOLDERS.items():
        names = _old_files(Path(settings.MEDIA_ROOT) / folder, before=(at - age).timestamp())
        for start in range(0, len(names), CHUNK):
            chunk = names[start : start + CHUNK]
            named = set(model.objects.filter(**{f"{field}__in": chunk}).values_list(field, flat=True))
            found |= set(chunk) - named
    return found


def remove(names: Collection[str]) -> int:
    """Remove these files of the storage; how many they were."""
    for name in names:
        (Path(settings.MEDIA_ROOT) / name).unlink(missing_ok=True)
    return len(names)


def _old_files(root: Path, *, before: float) -> list[str]:
    """Names as the storage has them."""
    found = []
    for folder, _, files in os.walk(root):
        for file in files:
            path = Path(folder) / file
            with suppress(FileNotFoundError):  # removed since the folder was read
                if path.stat().st_mtime >= before:
                    continue
                found.append(path.relative_to(settings.MEDIA_ROOT).as_posix())
    return found
