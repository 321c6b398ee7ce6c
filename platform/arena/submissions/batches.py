"""Judge many stored predictions at once: one claim, one heartbeat and one transaction for hundreds of files.

A scores-only regrade runs no program, so the queue's own cost per submission would be most of its time. Only shadow
attempts that never met a fault go in a batch: whatever once took its worker down is judged alone, and alone set aside.
"""

from __future__ import annotations

import functools
import hashlib
import logging
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.utils import timezone

from arena.locking import tried_again
from arena.submissions.evaluating import Judgement, Judges, Stored, judges_of, score_stored
from arena.submissions.leases import claim_all, heartbeat, held, worker_name
from arena.submissions.metric_failures import note_shadow_failures
from arena.submissions.models import Attempt, Purpose, Status, SubmissionFile, Type
from arena.submissions.queueing import Lane, claimable, is_batch_turn
from arena.submissions.signals import shadow_recorded

log = logging.getLogger(__name__)
# at well under a millisecond each, nobody waits much longer than a second for the end of a batch
SIZE = 1200
COLUMNS = (
    "verdict", "code", "message", "params", "public_score", "private_score", "interval", "n_rows", "metric", "solution",
    "predictions", "predictions_sha256", "definition",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Work:
    """One attempt of a batch. `judged_by` is its competition and, as text, what a regrade proposes instead."""

    pk: int
    stored: Stored | None
    digest: str
    judged_by: tuple[int, str]


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
    done: list[tuple[Work, Judgement]] = []
    judges: dict[tuple[int, str], Judges] = {}
    with heartbeat(attempt_ids, token) as lost:
        for work in _collect(attempt_ids, token):
            if lost.is_set():
                break
            try:
                if work.stored is None:
                    raise FileNotFoundError("there are no stored predictions to score")
                if work.judged_by not in judges:
                    judges[work.judged_by] = judges_of(Attempt.objects.get(pk=work.pk))
                done.append((work, score_stored(work.stored, judges[work.judged_by])))
            except Exception as error:  # ours, and of this one alone
                log.exception("attempt %s: fault while judging", work.pk)
                give_back(work.pk, token, reason=f"{type(error).__name__}: {error}")
        return record_all(token, done) > 0


def _collect(attempt_ids: Sequence[int], token: uuid.UUID) -> list[Work]:
    """What this token holds of them, with two queries."""
    rows = held(attempt_ids, token).values_list(
        "pk", "submission", "submission__type", "submission__competition", "overrides", "reuses__predictions",
        "reuses__predictions_sha256",
    )  # fmt: skip
    rows = list(rows.order_by("pk"))
    files = SubmissionFile.objects.filter(
        submission__in=[row[1] for row in rows if row[2] == Type.PREDICTIONS], role="predictions"
    )
    uploads = {
        pk: (name, file, sha) for pk, name, file, sha in files.values_list("submission", "name", "file", "sha256")
    }
    found = []
    for pk, submission, type_, competition, overrides, predictions, digest in rows:
        stored = None
        if type_ == Type.PREDICTIONS and submission in uploads:
            name, predictions, digest = uploads[submission]
            stored = _stored(predictions, is_gzip=name.lower().endswith(".gz"))
        elif type_ == Type.CODE and predictions:
            stored = _stored(predictions)
        judged_by = (competition, repr(overrides))
        found.append(Work(pk=pk, stored=stored, digest=digest or "", judged_by=judged_by))
    return found


def _stored(name: str, *, is_gzip: bool = False) -> Stored:
    # the name is the storage's own, so its check for names from outside is spared
    folder, _, last = name.rpartition("/")
    return Stored(path=_folder(default_storage.location, folder) / last, name=name, is_gzip=is_gzip)


@functools.lru_cache(maxsize=64)
def _folder(root: str, name: str) -> Path:
    """Parsing a whole path anew for each file would cost more than its row's query."""
    return Path(root, name)


def record_all(token: uuid.UUID, done: Sequence[tuple[Work, Judgement]]) -> int:
    """Write the results of those shadow attempts that the token still holds, in one transaction; how many."""
    quote, meta = connection.ops.quote_name, Attempt._meta
    sets = ", ".join(f"{quote(meta.get_field(name).column)} = %s" for name in COLUMNS)
    over = "status = %s, finished_at = %s, token = NULL, lease_until = NULL"
    sql = f"UPDATE {quote(meta.db_table)} SET {sets}, {over} WHERE id = %s"  # noqa: S608 - our own names
    ended = (Status.FINISHED.value, connection.ops.adapt_datetimefield_value(timezone.now()))
    empty = _json({})
    rows = {work.pk: (*_values(work, judgement, empty), *ended, work.pk) for work, judgement in done}
    kept = _written(token, sql, rows)
    note_shadow_failures({work.pk: judgement.failure for work, judgement in done if judgement.failure}, kept)
    if len(kept) < len(rows):
        log.warning("dropped %d late results", len(rows) - len(kept))
    if kept:
        shadow_recorded.send(Attempt, attempt_ids=kept)
    return len(kept)


@tried_again
def _written(token: uuid.UUID, sql: str, rows: Mapping[int, tuple[Any, ...]]) -> list[int]:
    """Those of the attempts that the token still held; their results are written."""
    with transaction.atomic():
        mine = held(list(rows), token).select_for_update(no_key=True).order_by("pk").values_list("pk", flat=True)
        kept = [pk for pk in mine if pk in rows]
        if kept:
            with connection.cursor() as cursor:
                cursor.executemany(sql, [rows[pk] for pk in kept])
    return kept


def _values(work: Work, judgement: Judgement, empty: object) -> tuple[Any, ...]:
    """What `COLUMNS` get, as the database takes it; `empty` is how it takes `{}`."""
    scores, stored = judgement.evaluation, judgement.predictions
    return (
        judgement.verdict.value, judgement.code, judgement.message, _json(dict(judgement.params)) if judgement.params else empty,
        scores.public if scores else None, scores.private if scores else None,
        _json(scores.interval) if scores and scores.interval else None, scores.n_rows if scores else None,
        scores.metric if scores else judgement.metric, judgement.solution.pk if judgement.solution else None,
        stored.name if stored else "", work.digest or (_digest(stored) if stored else ""), judgement.definition,
    )  # fmt: skip


def _json(value: object) -> object:
    return connection.ops.adapt_json_value(value, None)


def _digest(stored: Stored) -> str:
    return hashlib.sha256(stored.path.read_bytes()).hexdigest()
