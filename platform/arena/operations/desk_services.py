"""What an admin does about the queue. Every act stands in the audit log."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from arena.accounts.models import User
from arena.audit.services import record as audit
from arena.locking import tried_again
from arena.submissions import bells
from arena.submissions.judging import give_back
from arena.submissions.models import Attempt, Purpose, Status, Submission, VerdictChoice, Worker
from arena.submissions.signals import submission_recorded


class NotPossible(Exception):
    """The row isn't in a state that allows this."""


@tried_again
@transaction.atomic
def drain(worker: Worker, *, actor: User | None, is_draining: bool = True) -> None:
    """Let a worker finish what it runs and take nothing more, or let it take work again."""
    Worker.objects.filter(pk=worker.pk).update(is_draining=is_draining)
    audit("worker.drained" if is_draining else "worker.resumed", worker, actor=actor, name=worker.name)


@tried_again
@transaction.atomic
def requeue(attempt: Attempt, *, actor: User | None) -> None:
    """Try again what was set aside, with all its tries. Raises `NotPossible`."""
    attempt = Attempt.objects.select_for_update(no_key=True).get(pk=attempt.pk)
    is_set_aside = attempt.status == Status.FINISHED and attempt.verdict == VerdictChoice.SANDBOX_FAULT
    if not is_set_aside or attempt.purpose != Purpose.LIVE:
        raise NotPossible(f"attempt {attempt} is not set aside")
    submission = Submission.objects.select_for_update(no_key=True).get(pk=attempt.submission_id)
    if submission.result_id != attempt.pk:
        raise NotPossible(f"a regrade judged submission {submission.pk} since attempt {attempt} was set aside")
    attempt.status, attempt.verdict, attempt.message = Status.QUEUED, "", ""
    attempt.faults, attempt.not_before, attempt.finished_at = 0, None, None
    attempt.save()
    submission.status, submission.verdict, submission.message, submission.result = Status.QUEUED, "", "", None
    submission.save()
    submission_recorded.send(Submission, submission=submission)
    audit("attempt.requeued", attempt, actor=actor, submission=submission.pk)
    bells.enqueue_on_commit(attempt)


@tried_again
@transaction.atomic
def hold(attempt: Attempt, *, actor: User | None, is_held: bool = True) -> None:
    """Keep a queued attempt from being started, or let it go. Raises `NotPossible`."""
    rows = Attempt.objects.filter(pk=attempt.pk, status=Status.QUEUED)
    if not rows.update(is_held=is_held, **({} if is_held else {"not_before": None})):
        raise NotPossible(f"attempt {attempt} is not queued")
    audit("attempt.held" if is_held else "attempt.released", attempt, actor=actor)


@tried_again
@transaction.atomic
def take_back(attempt: Attempt, *, actor: User | None) -> None:
    """Take a running attempt from its worker now; the worker's result will be dropped. Raises `NotPossible`."""
    running = Attempt.objects.filter(pk=attempt.pk, token=attempt.token, status=Status.RUNNING)
    if attempt.token is None or not running.update(lease_until=timezone.now()):
        raise NotPossible(f"attempt {attempt} is not running")
    give_back(attempt.pk, None, reason="An admin took it back.", at=timezone.now() + timedelta(seconds=1))
    audit("attempt.taken_back", attempt, actor=actor, worker=attempt.worker)
