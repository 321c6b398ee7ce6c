"""Settings that are fine on a laptop and dangerous where others can reach the site."""

from __future__ import annotations

import os
from pathlib import Path

from django.conf import settings
from django.core.checks import WARNING, run_checks

from arena.operations.findings import Finding, bad, good

LOOPBACK = {"localhost", "127.0.0.1", "[::1]", "testserver"}


def dangers() -> list[Finding]:
    module = os.environ.get("DJANGO_SETTINGS_MODULE", "")
    found = _debug() + _secret()
    is_public = bool(set(settings.ALLOWED_HOSTS) - LOOPBACK)
    if not is_public:
        return found or [good("settings", f"{module}: reachable from this machine alone")]
    for message in run_checks(include_deployment_checks=True):
        if message.level >= WARNING and not message.is_silenced():
            found.append(
                bad(
                    f"settings {message.id or ''}".strip(),
                    str(message.msg).splitlines()[0],
                    consequence="The site answers for hosts that others can reach.",
                    fix=str(message.hint or "Use DJANGO_SETTINGS_MODULE=arena.settings.production."),
                )
            )
    return found or [good("settings", f"{module}: Django's deployment checks find nothing")]


def _debug() -> list[Finding]:
    if not settings.DEBUG:
        return []
    return [
        bad(
            "settings DEBUG",
            "DEBUG is on",
            consequence="Error pages show source code and settings to everybody.",
            fix="Unset ARENA_DEBUG.",
        )
    ]


def _secret() -> list[Finding]:
    path = Path(settings.VAR) / "secret_key"
    if not path.exists() or not path.stat().st_mode & 0o077:
        return []
    return [
        bad(
            "settings SECRET_KEY",
            f"other accounts on this machine may read {path}",
            consequence="Whoever reads it can sign in as anybody.",
            fix=f"chmod 600 {path}",
        )
    ]
