"""What every installation shares. Nothing here is secret, and nothing here is insecure by default."""

from __future__ import annotations

from pathlib import Path

import font_source_sans_pro
import font_source_serif_pro
from celery.schedules import crontab
from django.utils.translation import gettext_lazy as _

from arena.settings import env

ROOT = Path(__file__).resolve().parents[3]
# Everything that the site writes lies here: database, uploads, hidden solutions, the broker's log.
VAR = Path(env.text("ARENA_VAR", str(ROOT / "var")))

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "django.contrib.humanize",
    "django_htmx",
    "ninja",  # the scripts of the API's page, from here rather than from elsewhere
    "arena.audit",
    "arena.notifications",
    "arena.accounts",
    "arena.courses",
    "arena.competitions",
    "arena.submissions",
    "arena.leaderboards",
    "arena.quizzes",
    "arena.integrity",
    "arena.gradebook",
    "arena.regrading",
    "arena.authoring",
    "arena.operations",
    "arena.api",
    "arena.demo",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "arena.parameters.OddParametersMiddleware",
    "arena.audit.origins.OriginMiddleware",
    "arena.accounts.languages.AccountLanguageMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "arena.security.ContentSecurityPolicyMiddleware",
]
ROOT_URLCONF = "arena.urls"
WSGI_APPLICATION = "arena.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "platform" / "arena" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "arena.notifications.context_processors.unread",
            ]
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["arena.accounts.throttle.ThrottledBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "arena.accounts.passwords.GuessablePasswordValidator"},
]
# a link to set a password also serves as the invitation of a new student
PASSWORD_RESET_TIMEOUT = 3 * 24 * 3600
# Mail goes to a server if one is named, else into the log of the web process.
EMAIL_HOST = env.text("ARENA_MAIL_HOST", "")
EMAIL_PORT = env.number("ARENA_MAIL_PORT", 587)
EMAIL_HOST_USER = env.text("ARENA_MAIL_USER", "")
EMAIL_HOST_PASSWORD = env.text("ARENA_MAIL_PASSWORD", "")
EMAIL_USE_TLS = env.flag("ARENA_MAIL_TLS", True)
EMAIL_TIMEOUT = 10
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if EMAIL_HOST else 'console'}.EmailBackend"
DEFAULT_FROM_EMAIL = env.text("ARENA_MAIL_FROM", "arena@localhost")
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "login"
SESSION_COOKIE_HTTPONLY = True
CSRF_COOKIE_HTTPONLY = True

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("ro", _("Romanian"))]
FORMAT_MODULE_PATH = ["arena.formats"]
LOCALE_PATHS = [ROOT / "platform" / "arena" / "locale"]
TIME_ZONE = env.text("ARENA_TIME_ZONE", "Europe/Bucharest")
USE_TZ = True

STATIC_URL = "static/"
STATICFILES_DIRS = [
    ROOT / "platform" / "arena" / "static",
    # the typefaces come with packages
    ("fonts/sans", Path(font_source_sans_pro.__file__).parent / "files"),
    ("fonts/serif", Path(font_source_serif_pro.__file__).parent / "files"),
]
STATIC_ROOT = VAR / "static"
# No folder below is served by a web server: every download passes a view that asks who is asking.
MEDIA_ROOT = VAR / "files"
HIDDEN_ROOT = VAR / "hidden"
DATA_UPLOAD_MAX_MEMORY_SIZE = 20 * 2**20
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 2**20
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
# The largest upload that is read at all, in bytes; a competition's own limits are smaller.
ARENA_MAX_UPLOAD_BYTES = env.number("ARENA_MAX_UPLOAD_MB", 100) * 2**20

# The students' Python environment, never the site's own.
ARENA_STUDENT_RUNTIME = Path(env.text("ARENA_STUDENT_RUNTIME", str(ROOT / ".venv-student")))
# The lock that it was made from, whose hash is stamped on every result; a GPU worker's is student-cuda.txt.
ARENA_RUNTIME_LOCK = Path(env.text("ARENA_RUNTIME_LOCK", str(ROOT / "requirements" / "student-cpu.txt")))
# Where students' code runs: bubblewrap, docker or docker-runsc. Nothing is ever fallen back to.
ARENA_SANDBOX = env.text("ARENA_SANDBOX", "bubblewrap")
# A worker renews its attempt's lease every beat; the sweeper takes an attempt back once the lease has run out.
ARENA_LEASE_S = env.number("ARENA_LEASE_S", 15)
ARENA_BEAT_S = env.number("ARENA_BEAT_S", 3)
ARENA_SWEEP_S = env.number("ARENA_SWEEP_S", 2)
# How often one submission may be started again after faults of ours before it is set aside for an admin.
ARENA_MAX_ATTEMPTS = env.number("ARENA_MAX_ATTEMPTS", 3)
# A worker that took nothing for so long, while work waited that it could have taken, starts itself again.
ARENA_HUNG_S = env.number("ARENA_HUNG_S", 60)
# How many programs of one person run at the same time.
ARENA_STUDENT_CONCURRENCY = env.number("ARENA_STUDENT_CONCURRENCY", 2)
# Proxies that are believed about whose request they pass on; the audit log and gunicorn read the same variable.
ARENA_TRUSTED_PROXIES = env.words("FORWARDED_ALLOW_IPS", "127.0.0.1,::1")
# Uploads are refused, with a sentence that says so, below so much free disk or with so many people's attempts waiting.
ARENA_MIN_FREE_MB = env.number("ARENA_MIN_FREE_MB", 512)
ARENA_MAX_QUEUE = env.number("ARENA_MAX_QUEUE", 20_000)

CELERY_BROKER_URL = env.text("REDIS_URL", "redis://127.0.0.1:6379/0")
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# a broker that is away comes back: a worker never gives up waiting for it
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 12 * 3600,
    "unacked_restore_interval": 1,
    "unacked_restore_throttle": 1,
}
# judging has lanes of its own (arena.submissions.queueing); everything else is short and waits behind no one's code
CELERY_TASK_DEFAULT_QUEUE = "checks"
CELERY_TIMEZONE = TIME_ZONE
CELERY_BEAT_SCHEDULE = {
    "clear-sessions": {"task": "arena.operations.tasks.clear_sessions", "schedule": crontab(hour=4, minute=10)},
    "check-after-deadlines": {
        "task": "arena.integrity.tasks.check_after_deadlines",
        "schedule": crontab(),
    },
}

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.text("ARENA_LOG_LEVEL", "INFO")},
}
