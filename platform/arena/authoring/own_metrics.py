"""A competition's own metric: take a program, let the sandbox try it on the sample submission, use it.

The site never runs it: the worker does, and says what it found in the program's row. A program that passed is used at once
where no student has a result; else a regrade proposes it, so that no board mixes two metrics.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from arena.accounts.models import User
from arena.audit.services import record as audit
from arena.competitions.datasets import SAMPLE
from arena.competitions.metric_wording import explain_metric
from arena.competitions.models import CheckState, Competition, MetricProgram, PublicFile, Solution
from arena.competitions.selectors import is_own_metric
from arena.competitions.truth import truth_of
from arena.leaderboards.services import rebuild
from arena.submissions import bells
from arena.submissions.models import MetricFailure
from grader.outcome import Evaluation
from grader.own_metric import MetricFailed, check_program, metric_name, try_program
from grader.predictions import InvalidPredictions, InvalidSolution
from grader.sandbox import SandboxUnavailable, open_sandbox

MAX_BYTES = 100_000
CHECK = "arena.authoring.tasks.check_metric"
ASK_AGAIN = timedelta(minutes=5)
SHOWN_FAILURES = 20
# refusals of the sample that the program itself made, and what the page calls them
REFUSALS = {
    "metric_refused": "refuses_sample",
    "metric_undefined": "no_number_for_sample",
    "metric_undefined_public": "no_number_for_sample",
}
# what a check writes
FOUND = ["state", "message", "log", "line", "code", "params", "warnings", "public_score", "private_score"]


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
        why = explain_metric(error.code, error.params, fallback=error.message)
        at = _("Line %(n)d: %(why)s") % {"n": error.line, "why": why} if error.line else why
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
    """Score the sample submission in the sandbox and say in the row what came of it. Runs in the worker.

    A program that refuses the sample did what it should; that somebody can get a score, the baselines prove before the
    competition is published. A sandbox that doesn't start says nothing of the program: the sweeper asks again.
    """
    program = MetricProgram.objects.select_related("competition__course").filter(pk=program_id).first()
    if program is None:
        return
    program.message, program.log, program.line = "", "", None
    program.code, program.params, program.warnings = "", {}, []
    program.public_score = program.private_score = None
    _try(program)
    with transaction.atomic():
        # `asked_at` and the state may have changed meanwhile: a person pressed again
        program.save(update_fields=FOUND)
        if program.state == CheckState.GOOD and may_use(program.competition):
            use(program)


def _try(program: MetricProgram) -> None:
    """Fill the row with what the sandbox says of it."""
    try:
        sample = program.competition.files.get(name=SAMPLE)
        scores, warnings = try_program(
            Path(sample.file.path),
            solution=truth_of(program.competition),
            program=program.text.encode(),
            direction=program.direction,
            sandbox=open_sandbox(settings.ARENA_SANDBOX),
            runtime=Path(settings.ARENA_STUDENT_RUNTIME),
        )
    except InvalidPredictions as error:
        if code := REFUSALS.get(error.code):
            program.state, program.message, program.code = CheckState.GOOD, error.message, code
            program.params = dict(error.params)
        else:
            program.state, program.message = CheckState.FAILED, error.message
    except MetricFailed as error:
        program.state = CheckState.CHECKING if error.is_retryable else CheckState.FAILED
        program.message, program.line, program.log = error.message, error.line, error.log
        program.code, program.params = error.code, dict(error.params)
    except SandboxUnavailable as error:
        program.state, program.message = CheckState.CHECKING, str(error)
        program.code, program.params = "sandbox", {"why": str(error)}
    except (Solution.DoesNotExist, PublicFile.DoesNotExist, InvalidSolution) as error:
        program.state, program.message = CheckState.FAILED, str(error)
    else:
        _note_trial(program, scores, warnings)


def _note_trial(program: MetricProgram, scores: Evaluation, warnings: Sequence[str]) -> None:
    if "not_repeatable" in warnings:
        program.state, program.code = CheckState.FAILED, "not_repeatable"
        program.message = "The same predictions got two different scores."
        return
    program.state, program.warnings = CheckState.GOOD, list(warnings)
    program.public_score, program.private_score = scores.public, scores.private


def failures(competition: Competition) -> QuerySet[MetricFailure]:
    """The newest failures on what students handed in, for the staff."""
    rows = MetricFailure.objects.filter(attempt__submission__competition=competition)
    return rows.select_related("attempt__submission__user").order_by("-created_at")[:SHOWN_FAILURES]


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
