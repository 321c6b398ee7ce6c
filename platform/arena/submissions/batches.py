"""Judge many stored predictions at once: one claim, one heartbeat and one transaction for hundreds of files.

A scores-only regrade runs no program, so the queue's own cost per submission would be most of its time. Only shadow
attempts that never met a fault go in a batch: whatever once took its worker down is judged alone, and alone set aside.
"""

from __future__ import annotations

import hashlib
import logging
import uuid
from collections.abc import Sequence
from datetime import datetime

from django.db import connection, transaction
from django.utils import timezone

from arena.submissions.evaluating import Judgement, score_stored, stored_predictions
from arena.submissions.leases import claim_all, heartbeat, held, worker_name
from arena.submissions.models import Attempt, Purpose, Status
from arena.submissions.queueing import Lane, claimable, is_batch_turn
from arena.submissions.signals import shadow_recorded

log = logging.getLogger(__name__)
# at a few milliseconds each, nobody waits a second for the end of a batch
SIZE = 200
COLUMNS = (
    "status", "finished_at", "token", "lease_until", "verdict", "code", "message", "params", "public_score",
    "private_score", "interval", "n_rows", "metric", "solution_id", "predictions", "predictions_sha256",
)  # fmt: skip


def next_batch(lane: Lane, *, at: datetime) -> list[int]:
    """Stored predictions that are judged together now; empty when it is somebody else's turn."""
    if lane is not Lane.SCORING or not is_batch_turn(lane, at=at):
        return []
    rows = claimable(lane, at=at).filter(purpose=Purpose.SHADOW, faults=0)
    return list(rows.order_by("pk").values_list("pk", flat=True)[:SIZE])


def judge_batch(attempt_ids: Sequence[int]) -> bool:
    """Claim, score and record what is still queued of these; False if that was nothing or all was lost meanwhile."""
    from arena.submissions.judging import give_back

    token, _ = claim_all(attempt_ids, worker=worker_name())
    if token is None:
        return False
    attempts = list(
        held(attempt_ids, token)
        .select_related("submission__competition", "reuses")
        .prefetch_related("submission__files")
        .order_by("pk")
    )
    done: list[tuple[Attempt, Judgement]] = []
    with heartbeat([a.pk for a in attempts], token) as lost:
        for attempt in attempts:
            if lost.is_set():
                break
            try:
                stored = stored_predictions(attempt)
                if stored is None:
                    raise FileNotFoundError("there are no stored predictions to score")
                done.append((attempt, score_stored(attempt, stored)))
            except Exception as error:  # ours, and of this one alone
                log.exception("attempt %s: fault while judging", attempt.pk)
                give_back(attempt.pk, token, reason=f"{type(error).__name__}: {error}")
        return record_all(token, done) > 0


def record_all(token: uuid.UUID, done: Sequence[tuple[Attempt, Judgement]]) -> int:
    """Write the results of those shadow attempts that the token still holds, in one transaction; how many."""
    now = timezone.now()
    rows = {attempt.pk: _values(attempt, judgement, now) for attempt, judgement in done}
    with transaction.atomic():
        mine = held(list(rows), token).select_for_update().values_list("pk", flat=True)
        kept = [pk for pk in mine if pk in rows]
        meta = Attempt._meta
        fields = [meta.get_field(name.removesuffix("_id")) for name in COLUMNS]
        sets = ", ".join(f"{connection.ops.quote_name(f.column)} = %s" for f in fields)
        sql = f"UPDATE {connection.ops.quote_name(meta.db_table)} SET {sets} WHERE id = %s"  # noqa: S608 - our own names
        values = [
            [*(f.get_db_prep_save(v, connection) for f, v in zip(fields, rows[pk], strict=True)), pk] for pk in kept
        ]
        if kept:
            with connection.cursor() as cursor:
                cursor.executemany(sql, values)
    if len(kept) < len(rows):
        log.warning("dropped %d late results", len(rows) - len(kept))
    if kept:
        shadow_recorded.send(Attempt, attempt_ids=kept)
    return len(kept)


def _values(attempt: Attempt, judgement: Judgement, now: datetime) -> tuple[object, ...]:
    """What `COLUMNS` get."""
    scores, stored = judgement.evaluation, judgement.predictions
    digest = attempt.reuses.predictions_sha256 if attempt.reuses else ""
    if stored is not None and not digest:
        digest = hashlib.sha256(stored.path.read_bytes()).hexdigest()
    return (
        Status.FINISHED, now, None, None, judgement.verdict.value, judgement.code, judgement.message,
        dict(judgement.params), scores.public if scores else None, scores.private if scores else None,
        scores.interval if scores else None, scores.n_rows if scores else None, scores.metric if scores else "",
        judgement.solution.pk if judgement.solution else None, stored.name if stored else "", digest,
    )  # fmt: skip
