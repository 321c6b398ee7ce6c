"""Back-pressure: what can't be kept or judged is refused with a sentence, before anything of it is stored."""

from __future__ import annotations

import shutil
from pathlib import Path

from django.conf import settings

from arena.submissions.models import Attempt, Status
from arena.submissions.queueing import IS_BATCH


def free_mb() -> int:
    """Free space where uploads lie, in MB."""
    folder = Path(settings.MEDIA_ROOT)
    while not folder.exists():
        folder = folder.parent
    return shutil.disk_usage(folder).free // 2**20


def lack_of_room() -> str:
    """`disk_full`, `queue_full`, or nothing while there is room."""
    if free_mb() < settings.ARENA_MIN_FREE_MB:
        return "disk_full"
    if Attempt.objects.filter(status=Status.QUEUED).exclude(IS_BATCH).count() >= settings.ARENA_MAX_QUEUE:
        return "queue_full"
    return ""
