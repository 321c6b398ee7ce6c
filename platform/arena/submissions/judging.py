"""Claim an attempt, evaluate it, record it.

The claim hands out a fencing token and a lease (see `leases`). A thread renews the lease while the code runs; recording
asks for the same token again, so that a worker that was thought dead can't overwrite a newer result. Scores and final
status are written in one transaction, and no transaction is open while a sandbox runs. `docs/queue.md` draws the states.
"""

from __future__ import annotations

import functools
import hashlib
import logging
import uuid
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.core.files import File
from django.db import DatabaseError, transaction
from django.utils import timezone

from arena.competitions.definition import current_digest
from arena.locking import tried_again
from arena.submissions import bells
from arena.submissions.evaluating import Judgement, Stored, evaluate
from arena.submissions.leases import claim, heartbeat, held, worker_name
from arena.submissions.live_logs import LivePage
from arena.submissions.metric_failures import note_metric_failure
from arena.submissions.models import Attempt, Purpose, Status, Submission, Use
from arena.submissions.signals import shadow_recorded
from arena.submissions.standing import stand
from arena.submissions.workspaces import workspace
from grader.outcome import RunResult, Verdict

__all__ = ["Judgement", "claim", "evaluate", "give_back", "judge", "judge_claimed", "record", "stand"]
log = logging.getLogger(__name__)
LOG_CHARS = 100_000
# after a fault of ours an attempt rests: the disk may be full, and three tries within a second prove nothing
REST_S = 10


def judge(attempt_id: int) -> bool:
    """Claim, evaluate and record; False if there was nothing to claim or the lease was lost meanwhile."""
    token = claim(attempt_id, worker=worker_name())
    return token is not None and judge_claimed(attempt_id, token)


def judge_claimed(attempt_id: int, token: uuid.UUID) -> bool:
    """Evaluate and record what this token holds; False if the lease was lost meanwhile."""
    attempt = Attempt.objects.select_related("submission__competition", "reuses").get(pk=attempt_id)
    with heartbeat([attempt_id], token) as lost:
        try:
            with workspace() as folder:
                with LivePage(attempt_id, token) as page:
                    judgement = evaluate(attempt, folder=folder, on_log=page.add, is_wanted=lambda: not lost.is_set())
                if judgement.verdict is not Verdict.SANDBOX_FAULT or judgement.failure is not None:
                    return record(attempt_id, token, judgement)
            return give_back(attempt_id, token, reason=judgement.message)
        except DatabaseError:  # nothing can be written now, a fault neither: the sweeper takes it back
            raise
        except Exception as error:  # whatever broke here is ours and never a student's verdict
            log.exception("attempt %s: fault while judging", attempt_id)
            return give_back(attempt_id, token, reason=f"{type(error).__name__}: {error}")


def record(attempt_id: int, token: uuid.UUID, judgement: Judgement) -> bool:
    """Write the result if the token still holds the attempt, and make a live one the submission's standing result."""
    kept, digest = _keep(attempt_id, token, judgement.predictions)
    # When this breaks off the file stays: a commit whose answer was lost may have happened, and its row names the file.
    # One that no row names is cleared away later (`keeping`).
    attempt = _written(attempt_id, token, judgement, predictions=kept, digest=digest)
    if attempt is None:
        log.warning("attempt %s: dropped a late result", attempt_id)
        _drop(judgement.predictions, kept)
        return False
    if attempt.purpose == Purpose.SHADOW:
        shadow_recorded.send(Attempt, attempt_ids=[attempt.pk])
    return True


@tried_again
@transaction.atomic
def _written(
    attempt_id: int, token: uuid.UUID, judgement: Judgement, *, predictions: str, digest: str
) -> Attempt | None:
    """The attempt with its result, which stands if it is a live one; None if the token doesn't hold it."""
    attempt = held([attempt_id], token).select_for_update(no_key=True).first()
    if attempt is not None and attempt.purpose == Purpose.LIVE and _is_outdated(attempt, judgement):
        _judge_anew(attempt)
        return None
    if attempt is not None:
        _fill(attempt, judgement, predictions=predictions, digest=digest)
        attempt.save()
        if judgement.failure is not None:
            note_metric_failure(attempt, judgement.failure)
        if attempt.purpose == Purpose.LIVE:
            stand(attempt)
    return attempt


def _is_outdated(attempt: Attempt, judgement: Judgement) -> bool:
    """Whether a regrade changed metric or labels while this was judged."""
    if not judgement.definition or attempt.submission.use != Use.ENTRY:
        return False
    return judgement.definition != current_digest(attempt.submission.competition)


def _judge_anew(attempt: Attempt) -> None:
    """Back into the queue, as if it had not begun: nobody is at fault."""
    attempt.status, attempt.token, attempt.lease_until = Status.QUEUED, None, None
    attempt.save()
    Submission.objects.filter(pk=attempt.submission_id).update(status=Status.QUEUED)
    bells.enqueue_on_commit(attempt)


def _keep(attempt_id: int, token: uuid.UUID, predictions: Stored | None) -> tuple[str, str]:
    """Store what code wrote, before any transaction; the name in the storage, and the SHA-256."""
    if predictions is None:
        return "", ""
    digest = hashlib.sha256(predictions.path.read_bytes()).hexdigest()
    if predictions.name:  # it lies there already: the student's upload, or an earlier attempt's output
        return predictions.name, digest
    field = Attempt._meta.get_field("predictions")
    with predictions.path.open("rb") as file:
        name = field.generate_filename(None, f"{attempt_id}-{token.hex[:8]}.csv")
        return field.storage.save(name, File(file)), digest


def _drop(predictions: Stored | None, kept: str) -> None:
    if predictions is not None and kept and not predictions.name:
        Attempt._meta.get_field("predictions").storage.delete(kept)


def _fill(attempt: Attempt, judgement: Judgement, *, predictions: str, digest: str) -> None:
    run = judgement.run or RunResult(verdict=judgement.verdict, message="")
    scores = judgement.evaluation
    attempt.status, attempt.finished_at = Status.FINISHED, timezone.now()
    attempt.token = attempt.lease_until = attempt.not_before = None
    attempt.verdict, attempt.code, attempt.message = judgement.verdict.value, judgement.code, judgement.message
    attempt.params = dict(judgement.params)
    if scores is not None:
        attempt.public_score, attempt.private_score = scores.public, scores.private
        attempt.interval, attempt.n_rows, attempt.metric = scores.interval, scores.n_rows, scores.metric
    elif judgement.metric:
        attempt.metric = judgement.metric
    attempt.solution, attempt.definition = judgement.solution, judgement.definition
    attempt.stdout, attempt.stderr = run.stdout[-LOG_CHARS:], run.stderr[-LOG_CHARS:]
    if judgement.run is not None:
        attempt.wall_time_s, attempt.cpu_time_s = run.wall_time_s, run.cpu_time_s
        attempt.peak_memory_bytes, attempt.exit_code = run.peak_memory_bytes, run.exit_code
        attempt.runtime_sha256 = runtime_sha256()
        attempt.record = dict(judgement.record)
    attempt.predictions, attempt.predictions_sha256 = predictions, digest


def runtime_sha256() -> str:
    """Which students' environment this is: the hash of its lock, as it lies there now."""
    lock = Path(settings.ARENA_RUNTIME_LOCK)
    return _sha256_of(lock, lock.stat().st_mtime_ns)


@functools.lru_cache(maxsize=2)
def _sha256_of(lock: Path, changed_ns: int) -> str:
    return hashlib.sha256(lock.read_bytes()).hexdigest()


@tried_again
def give_back(attempt_id: int, token: uuid.UUID | None, *, reason: str, at: datetime | None = None) -> bool:
    """After a fault of ours: queue the attempt again, or set it aside for an admin once it has had its tries.

    `token=None` is the sweeper, which may take an attempt whose lease has run out by its clock (`at`) from whoever held
    it. After a death the next worker starts at once; after a fault that a worker reported, the attempt rests first.
    """
    now = at or timezone.now()
    with transaction.atomic():
        if token is None:
            mine = Attempt.objects.filter(pk=attempt_id, status=Status.RUNNING, lease_until__lt=now)
        else:
            mine = held([attempt_id], token)
        # a row that somebody writes just now is alive: the sweeper looks again later instead of waiting
        attempt = mine.select_for_update(no_key=True, skip_locked=token is None).first()
        if attempt is None:
            return False
        attempt.faults += 1
        attempt.token = attempt.lease_until = None
        attempt.message = reason
        if attempt.faults < settings.ARENA_MAX_ATTEMPTS:
            attempt.status = Status.QUEUED
            attempt.not_before = _rest(attempt, now) if token else None
            attempt.save()
            if attempt.purpose == Purpose.LIVE:
                Submission.objects.filter(pk=attempt.submission_id).update(status=Status.QUEUED)
            if attempt.not_before is None:
                bells.enqueue_on_commit(attempt)
            return False
        attempt.status, attempt.finished_at = Status.FINISHED, timezone.now()
        attempt.verdict = Verdict.SANDBOX_FAULT.value
        attempt.save()
        if attempt.purpose == Purpose.LIVE:
            stand(attempt)
    if attempt.purpose == Purpose.SHADOW:
        shadow_recorded.send(Attempt, attempt_ids=[attempt.pk])
    return False


def _rest(attempt: Attempt, now: datetime) -> datetime:
    """10 s after the first fault, ten times as long after each more."""
    return now + timedelta(seconds=REST_S * 10 ** (attempt.faults - 1))
