"""`manage.py doctor`: everything that must hold for the site to work, what follows where it doesn't, and what to do."""

from __future__ import annotations

import json
import sys

from django.core.management.base import BaseCommand, CommandParser

from arena.operations import dangers, ground, machine, work
from arena.operations.findings import collect

CHECKS = (
    machine.python, machine.locks, machine.disk, machine.folders, machine.sandbox, ground.broker, ground.database,
    work.workers, work.sweeper, work.queue, dangers.dangers,
)  # fmt: skip


class Command(BaseCommand):
    help = "Look at what the site stands on. Exit code 0: all is well; 1: a problem was found."
    # a doctor must be able to look at a site whose checks fail
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: object, **options: object) -> None:
        findings = collect(CHECKS)
        problems = [finding for finding in findings if not finding.ok]
        if options["json"]:
            self._print_json(findings)
        else:
            for finding in findings:
                self.stdout.write(
                    f"{'ok     ' if finding.ok else 'PROBLEM'}  {finding.name}: {finding.detail}".rstrip(": ")
                )
                if not finding.ok:
                    self.stdout.write(f"         so:  {finding.consequence}\n         fix: {finding.fix}")
            self.stdout.write(f"{len(findings)} things looked at, {len(problems)} problems")
        if problems:
            sys.exit(1)

    def _print_json(self, findings: list[object]) -> None:
        self.stdout.write(
            json.dumps({"ok": all(f.ok for f in findings), "findings": [f.as_json() for f in findings]}, indent=2)
        )
