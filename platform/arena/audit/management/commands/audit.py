"""`manage.py audit`: check the chain of the audit log, or write it out."""

from __future__ import annotations

import json

from django.core.management.base import BaseCommand, CommandError, CommandParser

from arena.audit.chain import seal, verify
from arena.audit.selectors import as_lines, search


class Command(BaseCommand):
    help = "Check that nobody changed the audit log (exit 1 if somebody did), or export it as one JSON object per line."

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_mutually_exclusive_group()
        verbs.add_argument("--verify", action="store_true", help="compute every hash again (what it does by default)")
        verbs.add_argument("--export", action="store_true", help="print the events, oldest first")
        verbs.add_argument("--seal", action="store_true", help="append new events to the chain; the sweeper does too")
        parser.add_argument("--search", default="", metavar="WORDS", help="export only events with these words")
        parser.add_argument("--head", default="", help="a hash noted earlier, which must still be in the chain")

    def handle(self, *args: object, export: bool, seal: bool, search: str, head: str, **options: object) -> None:
        if export:
            return self._export(search)
        if seal:
            return self._seal()
        return self._verify(head)

    def _export(self, words: str) -> None:
        for line in as_lines(search(text=words)):
            self.stdout.write(line, ending="")

    def _seal(self) -> None:
        n = 0
        while new := seal():
            n += new
        self.stdout.write(json.dumps({"sealed": n}))

    def _verify(self, head: str) -> None:
        from arena.audit.models import Event

        found = verify()
        self.stdout.write(
            json.dumps(
                {"events": found.n_events, "head": found.head, "broken_at": found.broken_at, "reason": found.reason}
            )
        )
        if found.broken_at is not None:
            raise CommandError(f"The chain is broken at event {found.broken_at}: {found.reason}.", returncode=1)
        if head and not Event.objects.filter(hash=head).exists():
            raise CommandError("The hash that was noted earlier is not in the chain: it was rewritten.", returncode=1)
