"""Folders that live as long as one judging, and what is done about those whose owner was killed.

The owner holds a lock on its folder. The kernel lets go of it when the process dies, however it dies, so whoever can
take the lock may clear the folder away: process ids, which are used again, are asked nothing.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PREFIX = "arena-judge-"
FRESH_S = 5.0


@contextmanager
def workspace() -> Iterator[Path]:
    """An empty private folder, locked while the block runs."""
    with tempfile.TemporaryDirectory(prefix=PREFIX, ignore_cleanup_errors=True) as name:
        lock = os.open(name, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield Path(name)
        finally:
            os.close(lock)


def clear_abandoned() -> int:
    """Remove the folders of dead owners on this machine; how many."""
    n = 0
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        try:
            lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        except OSError:  # gone, or not ours
            continue
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            # made a moment ago by somebody who is about to lock it
            if os.fstat(lock).st_mtime > time.time() - FRESH_S:
                continue
            shutil.rmtree(folder, ignore_errors=True)
            n += 1
        except BlockingIOError:  # in use
            continue
        finally:
            os.close(lock)
    return n
