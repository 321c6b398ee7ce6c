"""`manage.py alive`: whether the sweeper works, for health checks of containers and of monitoring."""

from __future__ import annotations

from django.core.management.base import BaseCommand, CommandError

from arena.operations.work import sweeper


class Command(BaseCommand):
    help = "Exit 0 if the sweeper gave a sign of life lately, else 1 with a sentence."

    def handle(self, *args: object, **options: object) -> None:
        for finding in sweeper():
            if not finding.ok:
                raise CommandError(f"{finding.name}: {finding.detail}. {finding.consequence} {finding.fix}")
            self.stdout.write(f"{finding.name}: {finding.detail}")
