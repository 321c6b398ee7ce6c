"""What a worker does when it starts. Celery's signals, connected once the apps are loaded."""

from __future__ import annotations

import os
from typing import Any

from celery.signals import worker_init, worker_ready, worker_shutdown, worker_shutting_down

from arena.submissions.leases import NODE


@worker_init.connect
def load_libraries(**_: object) -> None:
    """Before the worker forks: its processes share the memory, and no first score waits for an import."""
    import sklearn.metrics  # noqa: F401

    import arena.submissions.dispatch  # noqa: F401


@worker_init.connect
def name_the_worker(sender: Any = None, **_: object) -> None:
    """Rows name the worker; its pool inherits the name."""
    os.environ[NODE] = str(getattr(sender, "hostname", "") or sender)


@worker_ready.connect
def show_signs_of_life(sender: Any = None, **_: object) -> None:
    """From now on the worker stands in the admin's desk."""
    from arena.submissions.beat import Beat  # and the worker's own state with it

    beat = Beat(sender)
    beat.start()
    worker_shutting_down.connect(lambda **_: beat.stop(), weak=False)
    worker_shutdown.connect(lambda sender, **_: beat.ended(sender.exitcode), weak=False)
