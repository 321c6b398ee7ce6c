"""`manage.py rebuild_boards`: make the boards' table anew from the submissions. Safe at any time."""

from __future__ import annotations

import json

from django.core.management.base import BaseCommand, CommandError, CommandParser

from arena.competitions.models import Competition
from arena.leaderboards.services import rebuild


class Command(BaseCommand):
    help = "Make every board's rows anew from the submissions, one transaction per competition."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--competition", metavar="SLUG", help="only this one")

    def handle(self, *args: object, competition: str | None, **options: object) -> None:
        competitions = Competition.objects.order_by("slug")
        if competition:
            competitions = competitions.filter(slug=competition)
            if not competitions:
                message = f"There is no competition “{competition}”."
                self.stdout.write(json.dumps({"error": "unknown_competition", "message": message}))
                raise CommandError(message, returncode=2)
        for found in competitions:
            self.stdout.write(f"{found.slug}: {rebuild(found)} rows")
