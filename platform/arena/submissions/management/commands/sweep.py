"""`manage.py sweep`: the sweeper as a process."""

from __future__ import annotations

import logging
import time

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.db import DatabaseError, close_old_connections
from django.utils import timezone

from arena.audit.chain import seal
from arena.submissions.keeping import orphans, remove
from arena.submissions.signals import swept
from arena.submissions.sweeping import sweep
from arena.submissions.workers import forget_dead

log = logging.getLogger(__name__)
# how often files are looked for that no row names
TIDY_S = 3600


class Command(BaseCommand):
    help = "Take back work from dead workers and ring again for work that the broker forgot. Runs until stopped."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="sweep once and exit")

    def handle(self, *args: object, once: bool, **options: object) -> None:
        tidied, suspects = float("-inf"), set()
        while True:
            try:
                now = timezone.now()
                done = sweep(at=now)
                seal()
                if time.monotonic() - tidied > TIDY_S:
                    unnamed = orphans(at=now)
                    remove(unnamed & suspects)
                    suspects = unnamed - suspects
                    forget_dead(at=now)
                    tidied = time.monotonic()
                swept.send(Command, at=now)
                if done.taken_back or done.rung_again:
                    self.stdout.write(f"taken back: {done.taken_back}, rung again: {done.rung_again}")
            except DatabaseError as error:  # the database is away: the next sweep tries again
                self.stderr.write(f"sweep failed: {error}")
                close_old_connections()
            except Exception:  # of one row or file, and no reason to leave everybody's undone
                if once:
                    raise
                log.exception("sweep failed")
            if once:
                return
            time.sleep(settings.ARENA_SWEEP_S)
