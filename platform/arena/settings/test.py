"""The test suites: SQLite unless DATABASE_URL names another database, files under a folder made for the run."""

from __future__ import annotations

import os
import tempfile

os.environ.setdefault("ARENA_VAR", tempfile.mkdtemp(prefix="arena-test-"))

from arena.settings.base import *  # noqa: F403 - the folder must be known before the base reads it
from arena.settings.base import VAR, env

DEBUG = False
SECRET_KEY = "tests only"  # noqa: S105
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
DATABASES = {"default": env.database("DATABASE_URL", f"sqlite:///{VAR / 'test.sqlite3'}")}
DATABASES["default"]["TEST"] = (
    {"NAME": str(VAR / "test-run.sqlite3")} if "sqlite" in str(DATABASES["default"]["ENGINE"]) else {}
)
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
