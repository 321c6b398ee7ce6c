"""Files that no row names: a process died between writing a file and committing the row that names it."""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings

from arena.submissions.models import Attempt, SubmissionFile

# whoever wrote a younger file may still be about to name it
AGE = timedelta(hours=1)
FOLDERS = {"submissions": (SubmissionFile, "file"), "predictions": (Attempt, "predictions")}
CHUNK = 500


def clear_orphans(*, at: datetime, age: timedelta = AGE) -> int:
    """Remove stored uploads and predictions older than `age` that belong to no row; how many."""
    n = 0
    for folder, (model, field) in FOLDERS.items():
        names = _old_files(Path(settings.MEDIA_ROOT) / folder, before=(at - age).timestamp())
        for start in range(0, len(names), CHUNK):
            chunk = names[start : start + CHUNK]
            named = set(model.objects.filter(**{f"{field}__in": chunk}).values_list(field, flat=True))
            for name in set(chunk) - named:
                (Path(settings.MEDIA_ROOT) / name).unlink(missing_ok=True)
                n += 1
    return n


def _old_files(root: Path, *, before: float) -> list[str]:
    """Names as the storage has them."""
    found = []
    for folder, _, files in os.walk(root):
        for file in files:
            path = Path(folder) / file
            if path.stat().st_mtime < before:
                found.append(path.relative_to(settings.MEDIA_ROOT).as_posix())
    return found
