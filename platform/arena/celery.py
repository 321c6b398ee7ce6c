"""The Celery application. The broker only rings the bell: what is to be done stands in the database."""

from __future__ import annotations

import os

from celery import Celery
from celery.signals import worker_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "arena.settings.embedded")

app = Celery("arena")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_init.connect
def load_libraries(**_: object) -> None:
    """Before the worker forks: its processes share the memory, and no first score waits for an import."""
    import sklearn.metrics  # noqa: F401

    import arena.submissions.judging  # noqa: F401
