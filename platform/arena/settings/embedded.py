"""One machine, no service needed: SQLite and a secret of its own in VAR. For the demo and for development."""

from __future__ import annotations

import secrets

from arena.settings.base import *  # noqa: F403 - a settings module extends the base
from arena.settings.base import VAR, env

DEBUG = env.flag("ARENA_DEBUG", False)
ALLOWED_HOSTS = env.words("ARENA_HOSTS", "localhost,127.0.0.1,[::1]")


def _own_secret() -> str:
    """A secret made once and kept in VAR, readable by its owner alone."""
    path = VAR / "secret_key"
    VAR.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("x", encoding="utf-8") as file:
            path.chmod(0o600)
            file.write(secrets.token_urlsafe(50))
    except FileExistsError:
        pass  # made by an earlier start
    return path.read_text(encoding="utf-8")


SECRET_KEY = env.text("ARENA_SECRET_KEY", "") or _own_secret()
DATABASES = {"default": env.database("DATABASE_URL", f"sqlite:///{VAR / 'arena.sqlite3'}")}


def _own_broker() -> str:
    """The address of the broker that a running `manage.py demo` started; without one, the usual address."""
    path = VAR / "redis" / "address"
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return "redis://127.0.0.1:6379/0"


CELERY_BROKER_URL = env.text("REDIS_URL", "") or _own_broker()
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
# pages are served straight from the source folders: no collectstatic on the way to the first page
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
