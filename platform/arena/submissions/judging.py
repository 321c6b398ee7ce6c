"""Claim an attempt, evaluate it, record it.

The claim is a conditional UPDATE that hands out a fencing token and a lease. A thread renews the lease while the code
runs; recording asks for the same token again, so that a worker that was thought dead can't overwrite a newer result.
Scores and final status are written in one transaction, and no transaction is open while a sandbox runs.
"""

from __future__ import annotations

import functools
import hashlib
import logging
import os
import socket
import tempfile
import threading
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.core.files import File
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from arena.competitions.models import Competition, Solution
from arena.competitions.selectors import current_solution, data_folder
from arena.submissions.models import Attempt, Purpose, Status, Submission, Type
from arena.submissions.queueing import Lane, in_order
from arena.submissions.signals import shadow_recorded, submission_recorded
from grader.outcome import Evaluation, RunResult, Verdict
from grader.predictions import InvalidPredictions, read_solution
from grader.predictions import Solution as ParsedSolution
from grader.sandbox import Job, Limits, SandboxUnavailable, open_sandbox
from grader.scoring import score_file

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """All that is recorded of an attempt. `predictions` is a file in a folder that lives as long as the judging."""

    verdict: Verdict
    message: str = ""
    code: str = ""
    params: Mapping[str, object] = field(default_factory=dict)
    evaluation: Evaluation | None = None
    run: RunResult | None = None
    predictions: Path | None = None
    solution: Solution | None = None


def judge(attempt_id: int) -> bool:
    """Claim, evaluate and record; False if there was nothing to claim or the lease was lost meanwhile."""
    token = claim(attempt_id, worker=_worker())
    return token is not None and _judge_claimed(attempt_id, token)


def judge_next(lane: Lane) -> bool:
    """Judge the queued attempt of a lane whose turn it is; False if there was none or its lease was lost."""
    for attempt_id in in_order(lane, at=timezone.now()):
        # a second worker that read the same order finds the first one taken and goes on to the next
        if token := claim(attempt_id, worker=_worker()):
            return _judge_claimed(attempt_id, token)
    return False


def _worker() -> str:
    return f"{socket.gethostname()}:{os.getpid()}"


def _judge_claimed(attempt_id: int, token: uuid.UUID) -> bool:
    attempt = Attempt.objects.select_related("submission__competition", "reuses").get(pk=attempt_id)
    with tempfile.TemporaryDirectory(prefix="arena-judge-") as folder, _heartbeat(attempt_id, token):
        try:
            judgement = evaluate(attempt, folder=Path(folder))
        except Exception as error:  # whatever broke here is ours and never a student's verdict
            log.exception("attempt %s: fault while judging", attempt_id)
            return give_back(attempt_id, token, reason=f"{type(error).__name__}: {error}")
        if judgement.verdict is Verdict.SANDBOX_FAULT:
            return give_back(attempt_id, token, reason=judgement.message)
        return record(attempt_id, token, judgement)


def claim(attempt_id: int, *, worker: str) -> uuid.UUID | None:
    """Take a queued attempt: its fencing token, or None when somebody else has it or it is over."""
    token, now = uuid.uuid4(), timezone.now()
    with transaction.atomic():
        taken = Attempt.objects.filter(pk=attempt_id, status=Status.QUEUED).update(
            status=Status.RUNNING,
            token=token,
            worker=worker,
            started_at=now,
            lease_until=now + timedelta(seconds=settings.ARENA_LEASE_S),
        )
        if not taken:
            return None
        Submission.objects.filter(attempts__pk=attempt_id, attempts__purpose=Purpose.LIVE, status=Status.QUEUED).update(
            status=Status.RUNNING
        )
    return token


@contextmanager
def _heartbeat(attempt_id: int, token: uuid.UUID) -> Iterator[None]:
    """Renew the lease every beat from a thread with a database connection of its own."""
    stop = threading.Event()

    def beat() -> None:
        try:
            while not stop.wait(settings.ARENA_BEAT_S):
                until = timezone.now() + timedelta(seconds=settings.ARENA_LEASE_S)
                _running(attempt_id, token).update(lease_until=until)
        finally:
            connection.close()

    thread = threading.Thread(target=beat, name=f"lease-{attempt_id}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _running(attempt_id: int, token: uuid.UUID) -> QuerySet[Attempt]:
    """The fence: empty unless this token still holds the attempt."""
    return Attempt.objects.filter(pk=attempt_id, token=token, status=Status.RUNNING)


def evaluate(attempt: Attempt, *, folder: Path) -> Judgement:
    """Run the code if there is any, then score its predictions. Touches no row."""
    submission = attempt.submission
    run: RunResult | None = None
    if attempt.reuses is not None:
        predictions = Path(attempt.reuses.predictions.path)
        is_gzip = False
    elif submission.type == Type.PREDICTIONS:
        uploaded = submission.files.get(role="predictions")
        predictions = Path(uploaded.file.path)
        is_gzip = uploaded.name.lower().endswith(".gz")
    else:
        run = _run_code(attempt, folder=folder)
        if run.verdict is not Verdict.OK or run.output is None:
            params = _params(run, submission.competition)
            return Judgement(verdict=run.verdict, message=run.message, params=params, run=run)
        predictions, is_gzip = run.output, False
    solution = current_solution(submission.competition)
    parsed = _parsed_solution(solution.file.path, submission.competition.id_column)
    try:
        scores = score_file(predictions, solution=parsed, metric=submission.competition.metric, allow_gzip=is_gzip)
    except InvalidPredictions as error:
        return Judgement(
            verdict=Verdict.INVALID_PREDICTIONS,
            code=error.code,
            message=error.message,
            params=error.params,
            run=run,
            predictions=predictions,
            solution=solution,
        )
    return Judgement(verdict=Verdict.OK, evaluation=scores, run=run, predictions=predictions, solution=solution)


def _params(run: RunResult, competition: Competition) -> dict[str, object]:
    """What the sentences of a run's verdict need in any language: the limits of then, and the program's last words."""
    limits = ("wall_time_s", "memory_mb", "processes", "output_mb", "disk_mb")
    found: dict[str, object] = {name: getattr(competition, name) for name in limits}
    if run.message.startswith(ENDED_WITH):
        found["error"] = run.message.removeprefix(ENDED_WITH)
    return found


@functools.lru_cache(maxsize=16)
def _parsed_solution(path: str, id_column: str) -> ParsedSolution:
    """A solution's file never changes under its path, so a worker reads it once."""
    return read_solution(Path(path), id_column=id_column)


def _run_code(attempt: Attempt, *, folder: Path) -> RunResult:
    competition = attempt.submission.competition
    sources = {}
    for row in attempt.submission.files.filter(role="source"):
        with row.file.open("rb") as file:
            sources[row.name] = file.read()
    job = Job(
        sources=sources,
        entry=attempt.submission.entry,
        data_dir=data_folder(competition),
        out_dir=folder,
        runtime=Path(settings.ARENA_STUDENT_RUNTIME),
        limits=Limits(
            wall_time_s=competition.wall_time_s,
            memory_mb=competition.memory_mb,
            processes=competition.processes,
            output_mb=competition.output_mb,
            disk_mb=competition.disk_mb,
            gpus=competition.gpus,
        ),
        slug=competition.slug,
        seed=attempt.submission_id,
    )
    try:
        return open_sandbox().run(job)
    except SandboxUnavailable as error:
        return RunResult(verdict=Verdict.SANDBOX_FAULT, message=str(error))


def record(attempt_id: int, token: uuid.UUID, judgement: Judgement) -> bool:
    """Write the result if the token still holds the attempt, and make a live one the submission's standing result."""
    run = judgement.run or RunResult(verdict=judgement.verdict, message="")
    scores = judgement.evaluation
    with transaction.atomic():
        attempt = _running(attempt_id, token).select_for_update().select_related("submission").first()
        if attempt is None:
            log.warning("attempt %s: dropped a late result", attempt_id)
            return False
        attempt.status = Status.FINISHED
        attempt.finished_at = timezone.now()
        attempt.token = attempt.lease_until = None
        attempt.verdict, attempt.code, attempt.message = judgement.verdict.value, judgement.code, judgement.message
        attempt.params = dict(judgement.params)
        if scores is not None:
            attempt.public_score, attempt.private_score = scores.public, scores.private
            attempt.interval, attempt.n_rows, attempt.metric = scores.interval, scores.n_rows, scores.metric
        attempt.solution = judgement.solution
        attempt.stdout, attempt.stderr = run.stdout[-LOG_CHARS:], run.stderr[-LOG_CHARS:]
        if judgement.run is not None:
            attempt.wall_time_s, attempt.cpu_time_s = run.wall_time_s, run.cpu_time_s
            attempt.peak_memory_bytes, attempt.exit_code = run.peak_memory_bytes, run.exit_code
            attempt.runtime_sha256 = _runtime_sha256()
        if judgement.predictions is not None:
            data = judgement.predictions.read_bytes()
            attempt.predictions_sha256 = hashlib.sha256(data).hexdigest()
            with judgement.predictions.open("rb") as file:
                attempt.predictions.save(f"{attempt.pk}.csv", File(file), save=False)
        attempt.save()
        if attempt.purpose == Purpose.LIVE:
            stand(attempt)
    if attempt.purpose == Purpose.SHADOW:
        shadow_recorded.send(Attempt, attempt=attempt)
    return True


LOG_CHARS = 100_000
# how the sandbox's sentence for an error of the program begins
ENDED_WITH = "The program ended with an error: "


@functools.lru_cache(maxsize=1)
def _runtime_sha256() -> str:
    return hashlib.sha256(Path(settings.ARENA_RUNTIME_LOCK).read_bytes()).hexdigest()


def stand(attempt: Attempt) -> Submission:
    """Make a finished attempt its submission's standing result, and tell the apps above, in the caller's transaction."""
    submission = Submission.objects.select_for_update().get(pk=attempt.submission_id)
    submission.result = attempt
    submission.status = Status.FINISHED
    submission.verdict, submission.message = attempt.verdict, attempt.message
    submission.public_score, submission.private_score = attempt.public_score, attempt.private_score
    submission.counts_for_quota = attempt.verdict != Verdict.SANDBOX_FAULT.value
    submission.save()
    submission_recorded.send(Submission, submission=submission)
    return submission


def give_back(attempt_id: int, token: uuid.UUID | None, *, reason: str) -> bool:
    """After a fault of ours: queue the attempt again, or set it aside for an admin once it has had its tries.

    `token=None` is the sweeper, which may take an attempt whose lease has run out from whoever held it.
    """
    from arena.submissions import tasks

    now = timezone.now()
    with transaction.atomic():
        held = Attempt.objects.filter(pk=attempt_id, status=Status.RUNNING)
        held = held.filter(lease_until__lt=now) if token is None else held.filter(token=token)
        attempt = held.select_for_update().select_related("submission__competition").first()
        if attempt is None:
            return False
        attempt.faults += 1
        attempt.token = attempt.lease_until = None
        attempt.message = reason
        if attempt.faults < settings.ARENA_MAX_ATTEMPTS:
            attempt.status = Status.QUEUED
            attempt.save()
            if attempt.purpose == Purpose.LIVE:
                Submission.objects.filter(pk=attempt.submission_id).update(status=Status.QUEUED)
            tasks.enqueue_on_commit(attempt)
            return False
        attempt.status, attempt.finished_at = Status.FINISHED, now
        attempt.verdict = Verdict.SANDBOX_FAULT.value
        attempt.save()
        if attempt.purpose == Purpose.LIVE:
            stand(attempt)
    if attempt.purpose == Purpose.SHADOW:
        shadow_recorded.send(Attempt, attempt=attempt)
    return False
