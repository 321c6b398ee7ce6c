"""The chain of hashes over the audit log: seal what is new, and check that nobody changed what was sealed.

Writers append without a lock. The sweeper seals within seconds, in the order of the rows it finds, so that busy pages
never wait for each other because of the log. The end of the chain goes to the site's own log as well: whoever could
rewrite the whole table would have to rewrite that too.
"""

from __future__ import annotations

import hashlib
import json
import logging
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models import QuerySet

from arena.audit.models import Event, Head

log = logging.getLogger(__name__)
FIRST = "0" * 64
CHUNK = 1000


@dataclass(frozen=True, kw_only=True)
class Verification:
    """`broken_at` is the number of the first event that is not as it was sealed, None for a whole chain."""

    n_events: int
    head: str
    broken_at: int | None = None
    reason: str = ""


def digest(event: Event, number: int, previous: str) -> str:
    """SHA-256 over the event's number, content and predecessor, as JSON with sorted keys."""
    content = {
        "number": number, "at": event.at.isoformat(), "actor": event.actor_id, "action": event.action,
        "target": event.target, "details": event.details, "origin": event.origin, "previous": previous,
    }  # fmt: skip
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


@transaction.atomic
def seal() -> int:
    """Append the new events to the chain; how many."""
    Head.objects.get_or_create(pk=1)
    head = Head.objects.select_for_update().get(pk=1)
    # `only` what is stored: a value that was never read back can differ from what the database made of it
    new = list(Event.objects.filter(number=None).order_by("pk")[:CHUNK])
    if not new:
        return 0
    rows = []
    for event in new:
        head.hash = digest(event, head.number + 1, head.hash or FIRST)
        head.number += 1
        rows.append((head.number, head.hash, event.pk))
    table = connection.ops.quote_name(Event._meta.db_table)
    with connection.cursor() as cursor:
        cursor.executemany(f"UPDATE {table} SET number = %s, hash = %s WHERE id = %s AND number IS NULL", rows)  # noqa: S608
    head.save()
    log.info("audit log sealed up to event %d: %s", head.number, head.hash)
    return len(new)


def verify() -> Verification:
    """Compute every hash again. Finds events that were changed, removed, moved or slipped in."""
    head = Head.objects.filter(pk=1).first() or Head()
    previous, number = FIRST, 0
    # what is sealed meanwhile lies behind the end that was read first
    for event in sealed().filter(number__lte=head.number).iterator(CHUNK):
        number += 1
        if event.number != number:
            return _broken(head, number, "missing")
        if event.hash != digest(event, number, previous):
            return _broken(head, number, "changed")
        previous = event.hash
    if number != head.number or (number and previous != head.hash):
        return _broken(head, number + 1, "missing")
    return Verification(n_events=number, head=head.hash)


def _broken(head: Head, number: int, reason: str) -> Verification:
    return Verification(n_events=head.number, head=head.hash, broken_at=number, reason=reason)


def sealed() -> QuerySet[Event]:
    """The chain's events in its order."""
    return Event.objects.exclude(number=None).order_by("number")
