"""The test suites: SQLite unless DATABASE_URL names another database, files under a folder made for the run."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile

if "ARENA_VAR" not in os.environ:
    # whoever made the folder removes it: the processes that a run starts inherit the variable
    os.environ["ARENA_VAR"] = tempfile.mkdtemp(prefix="arena-test-")
    atexit.register(shutil.rmtree, os.environ["ARENA_VAR"], ignore_errors=True)

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
