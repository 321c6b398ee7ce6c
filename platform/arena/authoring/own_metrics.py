"""A competition's own metric: take a program, let the sandbox try it on the sample submission, use it.

The site never runs it: the worker does, and says what it found in the program's row. A program that passed is used at once
where no student has a result; else a regrade proposes it, so that no board mixes two metrics.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from arena.accounts.models import User
from arena.audit.services import record as audit
from arena.competitions.datasets import SAMPLE
from arena.competitions.models import CheckState, Competition, MetricProgram, Solution
from arena.competitions.selectors import is_own_metric
from arena.competitions.truth import truth_of
from arena.leaderboards.services import rebuild
from arena.submissions import bells
from grader.own_metric import MetricFailed, check_program, metric_name, score_with_program
from grader.predictions import InvalidPredictions, InvalidSolution
from grader.sandbox import SandboxUnavailable, open_sandbox

MAX_BYTES = 100_000
CHECK = "arena.authoring.tasks.check_metric"
ASK_AGAIN = timedelta(minutes=5)


class InvalidProgram(Exception):
    """A file that can't be a metric; the text is a translated sentence that names the line where there is one."""


def take(competition: Competition, *, data: bytes, direction: str, actor: User | None) -> MetricProgram:
    """Store a version, unless it is there already, and let the worker check it. Raises `InvalidProgram`."""
    if len(data) > MAX_BYTES:
        raise InvalidProgram(_("The program is larger than %(kb)d kB.") % {"kb": MAX_BYTES // 1000})
    try:
        text = data.decode("utf-8-sig")
        check_program(text.encode())
    except UnicodeDecodeError as error:
        raise InvalidProgram(_("The program is no UTF-8 text.")) from error
    except MetricFailed as error:
        at = _("Line %(n)d: %(why)s") % {"n": error.line, "why": error.message} if error.line else error.message
        raise InvalidProgram(at) from error
    name = metric_name(text.encode(), direction=direction)
    with transaction.atomic():
        program, is_new = MetricProgram.objects.get_or_create(
            competition=competition, name=name, defaults={"text": text, "direction": direction}
        )
        if is_new:
            audit("competition.metric", competition, actor=actor, metric=name)
        ask_for_check(program)
    return program


def ask_for_check(program: MetricProgram) -> None:
    """Let the worker try it, again if need be, once the transaction is over."""
    MetricProgram.objects.filter(pk=program.pk).update(state=CheckState.CHECKING, asked_at=None)
    transaction.on_commit(lambda: _ring(program.pk), robust=True)


def _ring(program_id: int) -> None:
    if bells.tell(CHECK, program_id):
        MetricProgram.objects.filter(pk=program_id).update(asked_at=timezone.now())


def ask_again(*, at: datetime) -> None:
    """For the sweeper: a bell may be lost and a worker die; trying a program twice does no harm."""
    waiting = MetricProgram.objects.filter(state=CheckState.CHECKING)
    for pk in waiting.filter(Q(asked_at=None) | Q(asked_at__lt=at - ASK_AGAIN)).values_list("pk", flat=True):
        _ring(pk)


def check_again(competition: Competition) -> None:
    """After new data: try the program in use, if there is one, on the new sample."""
    for program in competition.programs.filter(name=competition.metric):
        ask_for_check(program)


def check(program_id: int) -> None:
    """Score the sample submission in the sandbox and say in the row what came of it. Runs in the worker."""
    program = MetricProgram.objects.select_related("competition__course").filter(pk=program_id).first()
    if program is None:
        return
    program.message, program.log, program.line = "", "", None
    program.public_score = program.private_score = None
    try:
        sample = program.competition.files.get(name=SAMPLE)
        scores = score_with_program(
            Path(sample.file.path),
            solution=truth_of(program.competition),
            program=program.text.encode(),
            direction=program.direction,
            sandbox=open_sandbox(settings.ARENA_SANDBOX),
            runtime=Path(settings.ARENA_STUDENT_RUNTIME),
        )
        if scores.overall is None:
            raise MetricFailed("The metric gave the sample submission no finite number.")
    except MetricFailed as error:
        program.state, program.message, program.line, program.log = (
            CheckState.FAILED, error.message, error.line, error.log,
        )  # fmt: skip
    except (Solution.DoesNotExist, InvalidSolution, InvalidPredictions, SandboxUnavailable) as error:
        program.state, program.message = CheckState.FAILED, str(error)
    else:
        program.state, program.public_score, program.private_score = CheckState.GOOD, scores.public, scores.private
    with transaction.atomic():
        program.save()
        if program.state == CheckState.GOOD and may_use(program.competition):
            use(program)


def may_use(competition: Competition) -> bool:
    """Whether a new metric would leave no student's result behind that another one made."""
    return not competition.submissions.filter(is_baseline=False, is_ranked=True).exists()


def use(program: MetricProgram) -> None:
    """Make it the competition's metric."""
    competition = Competition.objects.select_for_update(no_key=True).get(pk=program.competition_id)
    if competition.metric != program.name:
        competition.metric = program.name
        competition.save(update_fields=["metric"])
        audit("competition.changed", competition, actor=None, fields={"metric": program.name})
    rebuild(competition)


def copy_program(source: Competition, target: Competition) -> None:
    """Give a copy of a competition the program that its metric names."""
    if is_own_metric(source.metric):
        row = source.programs.get(name=source.metric)
        row.pk, row._state.adding, row.competition = None, True, target
        row.save()
