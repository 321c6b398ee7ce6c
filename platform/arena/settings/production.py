"""A real installation: every secret and address must be given, cookies travel over HTTPS alone."""

from __future__ import annotations

from arena.settings.base import *  # noqa: F403 - a settings module extends the base
from arena.settings.base import env

DEBUG = False
SECRET_KEY = env.text("ARENA_SECRET_KEY")
ALLOWED_HOSTS = env.words("ARENA_HOSTS")
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS]
DATABASES = {"default": env.database("DATABASE_URL")}
CELERY_BROKER_URL = env.text("REDIS_URL")
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = env.flag("ARENA_SSL_REDIRECT", True)
SECURE_REDIRECT_EXEMPT = [r"^healthz/$"]
SECURE_HSTS_SECONDS = env.number("ARENA_HSTS_S", 31_536_000)
# A university's other hosts are not ours to force to HTTPS, so these two are the installation's choice ...
SECURE_HSTS_INCLUDE_SUBDOMAINS = env.flag("ARENA_HSTS_SUBDOMAINS", False)
SECURE_HSTS_PRELOAD = env.flag("ARENA_HSTS_PRELOAD", False)
# ... and no warning.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
