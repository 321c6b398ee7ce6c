"""The Celery application. The broker only rings the bell: what is to be done stands in the database."""

from __future__ import annotations

import os
from typing import Any

from celery import Celery
from celery.signals import worker_init, worker_ready, worker_shutdown, worker_shutting_down

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "arena.settings.embedded")

app = Celery("arena")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_init.connect
def load_libraries(**_: object) -> None:
    """Before the worker forks: its processes share the memory, and no first score waits for an import."""
    import sklearn.metrics  # noqa: F401

    import arena.submissions.judging  # noqa: F401


@worker_init.connect
def name_the_worker(sender: Any = None, **_: object) -> None:
    """Rows name the worker; its pool inherits the name."""
    from arena.submissions.leases import NODE

    os.environ[NODE] = str(getattr(sender, "hostname", "") or sender)


@worker_ready.connect
def show_signs_of_life(sender: Any = None, **_: object) -> None:
    """From now on the worker stands in the admin's desk."""
    from arena.submissions.beat import Beat

    beat = Beat(sender)
    beat.start()
    worker_shutting_down.connect(lambda **_: beat.stop(), weak=False)
    worker_shutdown.connect(lambda sender, **_: beat.ended(sender.exitcode), weak=False)
