"""What a free worker does: the attempt or the batch of its lane whose turn it is."""

from __future__ import annotations

from django.utils import timezone

from arena.submissions.batches import judge_batch, next_batch
from arena.submissions.judging import judge_claimed
from arena.submissions.leases import claim, worker_name
from arena.submissions.queueing import Lane, in_order


def judge_next(lane: Lane) -> bool:
    """Judge the queued attempt of a lane whose turn it is; False if there was none or its lease was lost."""
    if batch := next_batch(lane, at=timezone.now()):
        return judge_batch(batch)
    for attempt_id in in_order(lane, at=timezone.now()):
        # a second worker that read the same order finds the first one taken and goes on to the next
        if token := claim(attempt_id, worker=worker_name()):
            return judge_claimed(attempt_id, token)
    return False
