"""`manage.py regrade`: judge submissions again, see what would change, apply it, take it back. The admin's page in a shell."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import NoReturn

from django.core.management.base import BaseCommand, CommandError, CommandParser

from arena.accounts.models import User
from arena.competitions.models import Competition, Solution
from arena.competitions.services import set_solution
from arena.regrading import services
from arena.regrading.changes import CHANGEABLE
from arena.regrading.choosing import BadChoice, Choice, choose, competition_of, moment
from arena.regrading.console import Meter, as_json, preview_lines
from arena.regrading.models import Regrade, RegradeStatus
from arena.regrading.selectors import Change, changed_items, preview, progress
from arena.submissions.judging import judge
from arena.submissions.models import Status, VerdictChoice
from grader.metrics import UnknownMetric, get_metric
from grader.predictions import InvalidSolution
from grader.schemes import InvalidScheme

EPILOG = """Without --dry-run the new results are applied: on a terminal after a question, elsewhere (or with --yes) at once.
What was applied can be taken back with --roll-back NUMBER."""


ACTS = {
    "cancel": services.cancel,
    "roll-back": services.roll_back,
    "pause": services.pause,
    "resume": services.resume,
    "retry": services.retry_faults,
}
VERBS = ("show", "apply", *ACTS)
# how long nothing may happen before the reader is told where to look
HINT_S = 30


class Command(BaseCommand):
    help = "Judge submissions again beside their standing results, show what would change, and apply it. " + EPILOG

    def add_arguments(self, parser: CommandParser) -> None:
        which = parser.add_argument_group("which submissions (each choice narrows the set)")
        which.add_argument("--competition", metavar="SLUG", help="the competition; needed to start a regrade")
        which.add_argument("--since", metavar="TIME", help="submitted at or after, as 2026-11-21 or 2026-11-21T18:30")
        which.add_argument("--until", metavar="TIME", help="submitted before")
        which.add_argument("--verdict", action="append", default=[], help="with this verdict; may be repeated")
        which.add_argument(
            "--student", action="append", default=[], metavar="EMAIL", help="of this student; repeatable"
        )
        which.add_argument(
            "--type", action="append", default=[], dest="types", metavar="TYPE", help="predictions or code"
        )
        which.add_argument(
            "--submission", action="append", default=[], type=int, metavar="N", help="this one; repeatable"
        )
        which.add_argument("--standing", action="store_true", help="only those that stand on a board")
        which.add_argument(
            "--list-file",
            metavar="FILE",
            help="numbers, addresses or file digests, one of which is enough; - for stdin",
        )
        which.add_argument(
            "--outdated", action="store_true", help="only those judged with other labels, metric or runtime"
        )
        which.add_argument(
            "--other-runtime", action="store_true", help="only programs that ran in another runtime than today's"
        )
        what = parser.add_argument_group("what changes with it, when it is applied")
        what.add_argument("--metric", help="another metric")
        what.add_argument("--solution", metavar="FILE", help="new hidden labels")
        what.add_argument("--wall-time-s", type=int, help="another time limit")
        what.add_argument("--memory-mb", type=int, help="another memory limit")
        what.add_argument("--processes", type=int, help="another process limit")
        what.add_argument("--disk-mb", type=int, help="another disk limit")
        what.add_argument("--output-mb", type=int, help="another log limit")
        what.add_argument(
            "--gate-baseline", metavar="NAME", help="another baseline to exceed; an empty one: the best of all"
        )
        what.add_argument("--scheme", metavar="FILE", help="another mark scheme of the course (TOML)")
        how = parser.add_argument_group("how")
        how.add_argument("--reason", default="", help="why; students whose result changes read it")
        how.add_argument("--scores-only", action="store_true", help="score stored predictions again, run no code")
        how.add_argument(
            "--marks-only", action="store_true", help="judge nothing, compute marks: for --scheme, --gate-baseline"
        )
        how.add_argument("--runs", type=int, default=1, metavar="N", help="run each program N times; the median counts")
        how.add_argument("--dry-run", action="store_true", help="judge and show what would change, then drop it")
        how.add_argument("--yes", action="store_true", help="apply without asking")
        how.add_argument("--no-wait", action="store_true", help="start it and return; decide later by its number")
        how.add_argument("--here", action="store_true", help="judge in this process instead of waiting for the workers")
        how.add_argument("--as", dest="actor", metavar="EMAIL", help="who decides, for the audit log")
        how.add_argument("--json", action="store_true", help="print one JSON object at the end instead of tables")
        later = parser.add_argument_group("an earlier regrade, by its number").add_mutually_exclusive_group()
        later.add_argument("--list", action="store_true", help="list the regrades")
        for verb in VERBS:
            later.add_argument(f"--{verb}", type=int, metavar="NUMBER")

    def handle(self, *args: object, **options: object) -> None:
        self.is_json = bool(options["json"])
        # with --json, what is on stdout is the answer alone
        self.progress = self.stderr if self.is_json else self.stdout
        try:
            actor = self._actor(options["actor"])
            for verb in VERBS:
                if (number := options[verb.replace("-", "_")]) is not None:
                    return self._earlier(verb, self._regrade(number), actor)
            if options["list"]:
                return self._list(options["competition"])
            if not options["competition"]:
                raise BadChoice(
                    "no_competition", "Name the competition: --competition SLUG (or --list, --show NUMBER)."
                )
            return self._new(actor, options)
        except BadChoice as error:
            self._refuse(error.code, str(error))
        except services.NotPossible as error:
            self._refuse("not_possible", str(error))
        except InvalidScheme as error:
            self._refuse("bad_scheme", str(error))

    # ---- a new regrade

    def _new(self, actor: User | None, options: dict[str, object]) -> None:
        competition = competition_of(options["competition"])
        choice = Choice(
            since=moment(options["since"]), until=moment(options["until"]), verdicts=options["verdict"], students=options["student"],
            types=options["types"], ids=options["submission"], only_standing=options["standing"],
            only_outdated=options["outdated"], only_other_runtime=options["other_runtime"], pasted=_text(options["list_file"]),
        )  # fmt: skip
        if options["metric"]:
            _known_metric(options["metric"])
        regrade = services.start(
            competition,
            submissions=choose(competition, choice),
            reason=options["reason"] or "regrade",
            actor=actor,
            scores_only=options["scores_only"],
            marks_only=options["marks_only"],
            n_runs=options["runs"],
            changes={name: options[name] for name in CHANGEABLE if options.get(name) is not None},
            scheme=_text(options["scheme"]),
            solution=_proposed(competition, options["solution"]),
        )
        self._say(f"Regrade {regrade.pk}: {progress(regrade).total} submissions of {competition.title}")
        if options["no_wait"]:
            return self._result(regrade)
        try:
            self._judge_here(regrade) if options["here"] else self._wait(regrade)
        except KeyboardInterrupt:
            if options["dry_run"]:
                services.cancel(regrade, actor=actor)
            self._refuse("interrupted", f"Stopped waiting. See regrade {regrade.pk} later with --show {regrade.pk}.", 1)
        regrade.refresh_from_db()
        changes = self._preview(regrade)
        if options["dry_run"]:
            services.cancel(regrade, actor=actor)
            self._say("Dry run: nothing was changed.")
        elif options["yes"] or not self.stdout.isatty() or self._ask(regrade):
            self._apply(regrade, actor)
        else:
            self._say(f"Left as it is. Decide with --apply {regrade.pk} or --cancel {regrade.pk}.")
        return self._result(regrade, changes)

    def _judge_here(self, regrade: Regrade) -> None:
        meter = Meter(self.progress)
        while pk := regrade.items.filter(shadow__status=Status.QUEUED).values_list("shadow", flat=True).first():
            judge(pk)
            now = progress(regrade)
            meter.show(now.done, now.total)
        self._wait(regrade)  # a worker may have taken some

    def _wait(self, regrade: Regrade) -> None:
        meter, last, silent_since = Meter(self.progress), -1, time.monotonic()
        while True:
            regrade.refresh_from_db()
            now = progress(regrade)
            meter.show(now.done, now.total)
            if regrade.status != RegradeStatus.RUNNING:
                return
            if now.done != last:
                last, silent_since = now.done, time.monotonic()
            elif time.monotonic() - silent_since > HINT_S:
                self.stderr.write("Nothing was judged for a while: is a worker running? Ask manage.py doctor.")
                silent_since = float("inf")
            time.sleep(0.5)

    def _ask(self, regrade: Regrade) -> bool:
        answer = input(f"Apply regrade {regrade.pk}? Type yes to apply: ")
        return answer.strip().lower() in {"yes", "y"}

    # ---- an earlier one

    def _earlier(self, verb: str, regrade: Regrade, actor: User | None) -> None:
        if verb == "show":
            changes = self._preview(regrade) if regrade.status == RegradeStatus.READY else None
            return self._result(regrade, changes)
        if verb == "apply":
            self._apply(regrade, actor)
        else:
            ACTS[verb](regrade, actor=actor)
        return self._result(regrade)

    def _list(self, slug: str | None) -> None:
        regrades = Regrade.objects.select_related("competition")
        if slug:
            regrades = regrades.filter(competition=competition_of(slug))
        found = [as_json(regrade) for regrade in regrades[:50]]
        if self.is_json:
            return self.stdout.write(json.dumps({"regrades": found}))
        for row in found:
            self.stdout.write("{regrade:>5}  {competition:24}  {status:12}  {done}/{total}  {reason}".format(**row))
        return None if found else self.stdout.write("No regrade yet.")

    def _apply(self, regrade: Regrade, actor: User | None) -> None:
        if n := regrade.items.filter(shadow__verdict=VerdictChoice.SANDBOX_FAULT).count():
            text = (
                f"{n} submissions failed for a fault of ours, so nothing was applied: see doctor, then regrade again."
            )
            self._refuse("sandbox_fault", text, 1)
        changed = services.apply(regrade, actor=actor)
        self._say(f"Applied: {changed} results changed. Take it back with --roll-back {regrade.pk}.")

    # ---- output

    def _preview(self, regrade: Regrade) -> list[Change]:
        items, changes = changed_items(regrade), preview(regrade)
        self._say(f"{len(items)} results and {len(changes)} standings would change.")
        for line in preview_lines(items, changes):
            self._say(line)
        return changes

    def _result(self, regrade: Regrade, changes: list[Change] | None = None) -> None:
        regrade.refresh_from_db()
        now = progress(regrade)
        if not self.is_json:
            return self.stdout.write(
                f"Regrade {regrade.pk} is {regrade.get_status_display()} ({now.done}/{now.total})."
            )
        return self.stdout.write(json.dumps(as_json(regrade, changes)))

    def _refuse(self, code: str, message: str, exit_code: int = 2) -> NoReturn:
        self.stdout.write(json.dumps({"error": code, "message": message}))
        raise CommandError(message, returncode=exit_code)

    def _say(self, text: str) -> None:
        if not self.is_json:
            self.stdout.write(text)

    def _actor(self, email: object) -> User | None:
        if not email:
            return None
        user = User.objects.filter(email__iexact=str(email)).first()
        if user is None:
            raise BadChoice("unknown_actor", f"There is no account {email}.")
        return user

    def _regrade(self, number: int) -> Regrade:
        regrade = Regrade.objects.select_related("competition__course").filter(pk=number).first()
        if regrade is None:
            raise BadChoice("unknown_regrade", f"There is no regrade {number}; --list shows what there is.")
        return regrade


def _text(name: str | None) -> str:
    if not name:
        return ""
    try:
        return sys.stdin.read() if name == "-" else Path(name).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadChoice("unreadable_file", f"{name} can't be read as text: {error}") from error


def _proposed(competition: Competition, name: str | None) -> Solution | None:
    if not name:
        return None
    try:
        return set_solution(competition, path=Path(name), is_proposed=True)
    except (OSError, InvalidSolution) as error:
        raise BadChoice("bad_solution", f"{name}: {error}") from error


def _known_metric(name: str) -> None:
    try:
        get_metric(name)
    except UnknownMetric as error:
        raise BadChoice("unknown_metric", str(error)) from error
