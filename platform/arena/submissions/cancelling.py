"""Take a submission back before it has a result."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from arena.accounts.models import User
from arena.audit.services import record as audit
from arena.locking import tried_again
from arena.submissions.models import Attempt, Purpose, Status, Submission
from arena.submissions.signals import submission_recorded


class NotCancellable(Exception):
    """It has a result, or was cancelled before; the message says so in the language of whoever asked."""


@tried_again
@transaction.atomic
def cancel(submission: Submission, *, actor: User | None) -> Submission:
    """Cancel a submission that waits or runs. What never ran, or met a fault of ours, doesn't count against the limit.

    A worker that runs it loses the fence at once, so its result is dropped.
    """
    live = Attempt.objects.select_for_update(no_key=True).filter(submission=submission, purpose=Purpose.LIVE)
    attempt = live.filter(status__in=[Status.QUEUED, Status.RUNNING]).first()
    if attempt is None:
        raise NotCancellable(_("It was judged already, so it can't be cancelled any more."))
    is_forsaken = attempt.lease_until is not None and attempt.lease_until < timezone.now()  # its worker died
    is_refunded = attempt.status == Status.QUEUED or attempt.faults > 0 or is_forsaken
    attempt.status, attempt.finished_at = Status.CANCELLED, timezone.now()
    attempt.token = attempt.lease_until = None
    attempt.save()
    submission = Submission.objects.select_for_update(no_key=True).get(pk=submission.pk)
    submission.status = Status.CANCELLED
    submission.sending = ""  # the same form may send the same files anew
    submission.counts_for_quota = submission.counts_for_quota and not is_refunded
    submission.save()
    submission_recorded.send(Submission, submission=submission)
    audit("submission.cancelled", submission, actor=actor, is_refunded=is_refunded)
    return submission
