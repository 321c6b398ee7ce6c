"""`manage.py doctor`: everything that must hold for the site to work, what follows where it doesn't, and what to do."""

from __future__ import annotations

import json
import sys

from django.core.management.base import BaseCommand, CommandParser

from arena.operations import dangers, ground, machine, work
from arena.operations.findings import Finding, collect

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
        problems = [finding for finding in findings if finding.is_problem]
        if options["json"]:
            answer = {"ok": not problems, "findings": [finding.as_json() for finding in findings]}
            self.stdout.write(json.dumps(answer, indent=2))
        else:
            for finding in findings:
                self._print(finding)
            weaker = sum(not finding.ok for finding in findings) - len(problems)
            self.stdout.write(
                f"{len(findings)} things looked at: {len(problems)} problems, {weaker} weaker than they could be"
            )
        if problems:
            sys.exit(1)

    def _print(self, finding: Finding) -> None:
        word = "ok" if finding.ok else "PROBLEM" if finding.is_problem else "weaker"
        self.stdout.write(f"{word:8} {finding.name}: {finding.detail}".rstrip(": "))
        if not finding.ok:
            self.stdout.write(f"         so:  {finding.consequence}")
            self.stdout.write("         fix: " + finding.fix.replace("\n", "\n              "))
