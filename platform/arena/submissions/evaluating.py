"""Evaluate an attempt: run its code if there is any, score its predictions. Reads rows and files, writes no row."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from django.conf import settings

from arena.competitions.definition import digest_by
from arena.competitions.models import Solution
from arena.competitions.selectors import current_solution, data_folder, metric_program
from arena.competitions.truth import parsed
from arena.submissions.models import METRIC_FAILED, Attempt, Type, Use
from arena.submissions.practice import practice_data
from grader.metrics import get_metric
from grader.outcome import Evaluation, RunResult, Verdict
from grader.own_metric import MetricFailed, score_with_program
from grader.predictions import InvalidPredictions
from grader.predictions import Solution as Truth
from grader.sandbox import Job, Limits, SandboxUnavailable, describe, open_sandbox
from grader.scoring import score_file

# how the sandbox's sentence for an error of the program begins
ENDED_WITH = "The program ended with an error: "
LIMITS = ("wall_time_s", "memory_mb", "processes", "output_mb", "disk_mb")
# A competition's time limit is that of a program alone on CORES processors. What counts is processor time, summed over
# all processes, because it is the same on a busy worker; the clock allows so many times more before it stops a sleeper.
CORES, PATIENCE = 2, 3
OnLog = Callable[[str, str], None]


@dataclass(frozen=True, kw_only=True)
class Stored:
    """Predictions that lie on our disk: the path, the name in the storage, and whether they are compressed."""

    path: Path
    name: str
    is_gzip: bool = False


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """All that is recorded of an attempt. `predictions` of code lie in a folder that lives as long as the judging."""

    verdict: Verdict
    message: str = ""
    code: str = ""
    params: Mapping[str, object] = field(default_factory=dict)
    evaluation: Evaluation | None = None
    run: RunResult | None = None
    predictions: Stored | None = None
    solution: Solution | None = None
    # what judged it, where there is no evaluation that says so
    metric: str = ""
    # why the competition's own metric gave no score; the same predictions would fail again, so nothing is tried again
    failure: MetricFailed | None = None
    # what the run was, for whoever wants to repeat it; empty where no code ran
    record: Mapping[str, object] = field(default_factory=dict)

    @property
    def definition(self) -> str:
        """The digest under which the scores were made; empty without scores, and for practice."""
        if self.evaluation is None or self.solution is None:
            return ""
        return digest_by(self.solution, metric=self.evaluation.metric)


def stored_predictions(attempt: Attempt) -> Stored | None:
    """What an attempt scores without running anything; None where code must run first."""
    if attempt.submission.type == Type.PREDICTIONS:
        uploaded = next(f for f in attempt.submission.files.all() if f.role == "predictions")
        return Stored(
            path=Path(uploaded.file.path), name=uploaded.file.name, is_gzip=uploaded.name.lower().endswith(".gz")
        )
    if attempt.reuses is not None:
        return Stored(path=Path(attempt.reuses.predictions.path), name=attempt.reuses.predictions.name)
    return None


def evaluate(
    attempt: Attempt, *, folder: Path, on_log: OnLog | None = None, is_wanted: Callable[[], bool] | None = None
) -> Judgement:
    """Run the code if there is any, then score its predictions. Touches no row.

    `on_log(stream, text)` gets what the code prints while it runs, safe to show; code that is no longer wanted is
    stopped, and its judgement is a fault.
    """
    if stored := stored_predictions(attempt):
        return score_stored(stored, judges_of(attempt))
    run, known = _run_code(attempt, folder=folder, on_log=on_log, is_wanted=is_wanted)
    if run.verdict is not Verdict.OK or run.output is None:
        params = _params(run, attempt)
        return Judgement(verdict=run.verdict, message=run.message, params=params, run=run, record=known)
    stored = Stored(path=run.output, name="")
    return replace(score_stored(stored, judges_of(attempt), run=run), record=known)


@dataclass(frozen=True, kw_only=True)
class Judges:
    """What scores predictions: a version of the labels, what it holds, and a metric."""

    # None: a part of the public train.csv, for practice
    solution: Solution | None
    truth: Truth
    metric: str
    # of a metric of the instructor's own
    program: bytes | None = None


def judges_of(attempt: Attempt) -> Judges:
    """What judges this attempt: the competition's own, or what a regrade proposes."""
    if attempt.submission.use == Use.PRACTICE:
        competition = attempt.submission.competition
        return Judges(
            solution=None,
            truth=practice_data(competition).truth,
            metric=competition.metric,
            program=metric_program(competition, competition.metric),
        )
    solution = solution_for(attempt)
    metric = str(attempt.overrides.get("metric", attempt.submission.competition.metric))
    program = metric_program(attempt.submission.competition, metric)
    return Judges(solution=solution, truth=parsed(solution, metric=metric), metric=metric, program=program)


def score_stored(stored: Stored, judges: Judges, *, run: RunResult | None = None) -> Judgement:
    """Score one file of predictions. Raises `grader.own_metric.MetricFailed` where the sandbox failed, which may pass."""
    try:
        scores = _scores(stored, judges)
    except MetricFailed as error:
        if error.is_retryable:
            raise
        return Judgement(
            verdict=Verdict.SANDBOX_FAULT,
            code=METRIC_FAILED,
            message="The competition's metric failed on these predictions.",
            run=run,
            predictions=stored,
            solution=judges.solution,
            metric=judges.metric,
            failure=error,
        )
    except InvalidPredictions as error:
        return Judgement(
            verdict=Verdict.INVALID_PREDICTIONS,
            code=error.code,
            message=error.message,
            params=error.params,
            run=run,
            predictions=stored,
            solution=judges.solution,
        )
    return Judgement(verdict=Verdict.OK, evaluation=scores, run=run, predictions=stored, solution=judges.solution)


def _scores(stored: Stored, judges: Judges) -> Evaluation:
    if judges.program is None:
        return score_file(stored.path, solution=judges.truth, metric=judges.metric, allow_gzip=stored.is_gzip)
    return score_with_program(
        stored.path,
        solution=judges.truth,
        program=judges.program,
        direction=get_metric(judges.metric).direction,
        sandbox=open_sandbox(settings.ARENA_SANDBOX),
        runtime=Path(settings.ARENA_STUDENT_RUNTIME),
        allow_gzip=stored.is_gzip,
    )


def solution_for(attempt: Attempt) -> Solution:
    """The version of the hidden labels that judges this attempt: a proposed one, or the competition's current."""
    competition = attempt.submission.competition
    if proposed := attempt.overrides.get("solution"):
        return competition.solutions.get(pk=proposed)
    return current_solution(competition)


def limit(attempt: Attempt, name: str) -> int:
    return int(attempt.overrides.get(name, getattr(attempt.submission.competition, name)))


def _params(run: RunResult, attempt: Attempt) -> dict[str, object]:
    """What the sentences of a run's verdict need in any language: the limits of then, and the program's last words."""
    found: dict[str, object] = {name: limit(attempt, name) for name in LIMITS}
    if run.message.startswith(ENDED_WITH):
        found["error"] = run.message.removeprefix(ENDED_WITH)
    if run.failure is not None:
        found["failure"] = dict(run.failure)
    found["peak_mb"] = round(run.peak_memory_bytes / 2**20)
    return found


def limits_of(attempt: Attempt) -> Limits:
    """What the sandbox enforces for an attempt."""
    given = {name: limit(attempt, name) for name in LIMITS}
    time_s = given.pop("wall_time_s")
    return Limits(
        gpus=attempt.submission.competition.gpus,
        cpus=CORES,
        cpu_time_s=time_s * CORES,
        wall_time_s=time_s * PATIENCE,
        **given,
    )


def _run_code(
    attempt: Attempt, *, folder: Path, on_log: OnLog | None, is_wanted: Callable[[], bool] | None
) -> tuple[RunResult, dict[str, object]]:
    competition = attempt.submission.competition
    is_practice = attempt.submission.use == Use.PRACTICE
    sources = {}
    for row in attempt.submission.files.filter(role="source"):
        with row.file.open("rb") as file:
            sources[row.name] = file.read()
    job = Job(
        sources=sources,
        entry=attempt.submission.entry,
        data_dir=practice_data(competition).folder if is_practice else data_folder(competition),
        out_dir=folder,
        runtime=Path(settings.ARENA_STUDENT_RUNTIME),
        limits=limits_of(attempt),
        slug=competition.slug,
        seed=int(attempt.overrides.get("seed", attempt.submission_id)),
        is_warm=competition.is_warm,
    )
    try:
        run = open_sandbox(settings.ARENA_SANDBOX).run(job, on_log=on_log, is_wanted=is_wanted)
    except SandboxUnavailable as error:
        return RunResult(verdict=Verdict.SANDBOX_FAULT, message=str(error)), {}
    return run, describe(job, run, lock=Path(settings.ARENA_RUNTIME_LOCK))
