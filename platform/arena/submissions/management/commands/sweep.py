"""`manage.py sweep`: the sweeper as a process."""

from __future__ import annotations

import time

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.db import DatabaseError, close_old_connections
from django.utils import timezone

from arena.audit.chain import seal
from arena.submissions.keeping import clear_orphans
from arena.submissions.signals import swept
from arena.submissions.sweeping import sweep
from arena.submissions.workers import forget_dead

# how often files are looked for that no row names
TIDY_S = 3600


class Command(BaseCommand):
    help = "Take back work from dead workers and ring again for work that the broker forgot. Runs until stopped."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="sweep once and exit")

    def handle(self, *args: object, once: bool, **options: object) -> None:
        tidied = float("-inf")
        while True:
            try:
                now = timezone.now()
                done = sweep(at=now)
                seal()
                if time.monotonic() - tidied > TIDY_S:
                    clear_orphans(at=now)
                    forget_dead(at=now)
                    tidied = time.monotonic()
                swept.send(Command, at=now)
                if done.taken_back or done.rung_again:
                    self.stdout.write(f"taken back: {done.taken_back}, rung again: {done.rung_again}")
            except DatabaseError as error:  # the database is away: the next sweep tries again
                self.stderr.write(f"sweep failed: {error}")
                close_old_connections()
            if once:
                return
            time.sleep(settings.ARENA_SWEEP_S)
