"""What is done in a case: open it, add evidence and notes, answer, decide, appeal. Each act is in the audit log."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils import timezone

from arena.accounts.models import User
from arena.audit.services import record as audit
from arena.competitions.entrants import Entrants
from arena.integrity.known_code import files_of
from arena.integrity.models import Case, CaseEvidence, CaseNote, CaseParty, CaseStatus, Outcome, SimilarPair, Work
from arena.integrity.selectors import sources_of
from arena.notifications.services import notify
from arena.submissions.models import Submission
from plagiarism.reading import display_text

LONGEST_TEXT = 20_000


class CaseClosed(Exception):
    """What was asked for is no longer possible, or not yet: `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def freeze(pair: SimilarPair) -> dict[str, Any]:
    """A pair as a document that needs nothing else: figures, settings, regions, sources with their hashes."""
    return {
        "pair": pair.pk,
        "run": pair.run_id,
        "compared_at": pair.run.finished_at.isoformat() if pair.run.finished_at else None,
        "similarity": pair.similarity,
        "expected": pair.expected,
        "signals": pair.signals,
        "settings": pair.run.options,
        "spans": pair.spans,
        "common": pair.common,
        "other_signals": pair.other_signals,
        "shares": pair.shares,
        "sides": [_side(submission, pair.work) for submission in (pair.a, pair.b)],
    }


def _side(submission: Submission | None, work: Work | None) -> dict[str, Any]:
    """A submission; a known work where there is none, which is of no user."""
    sources = files_of(work) if submission is None else sources_of(submission)
    return {
        "submission": submission.pk if submission else None,
        "user": submission.user_id if submission else None,
        "submitted_at": submission.submitted_at.isoformat() if submission else None,
        "work": None if submission else str(work),
        "address": "" if submission else work.collection.address,
        "files": [
            {
                "name": name,
                "sha256": hashlib.sha256(data).hexdigest(),
                # a database keeps no null bytes; the hash is that of the bytes as they were
                "text": display_text(data),
            }
            for name, data in sorted(sources.items())
        ],
    }


def digest(document: Mapping[str, Any]) -> str:
    """SHA-256 of a document's canonical JSON."""
    canonical = json.dumps(document, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()


@transaction.atomic
def open_case(*pairs: SimilarPair, actor: User) -> Case:
    """Open a case from a pair or a group's pairs, or add them to the pending case of one of their students.

    The students of this competition are told, of a team each member; whoever wrote code of an earlier term is evidence,
    no party.
    """
    competition = pairs[0].run.competition
    sides = [side for pair in pairs for side in (pair.a, pair.b) if side and side.competition_id == competition.pk]
    entrants = Entrants(competition)
    people = User.objects.filter(pk__in=entrants.all_mates(side.user_id for side in sides)).order_by("pk")
    pending = Case.objects.filter(competition=competition, status=CaseStatus.OPEN, parties__user__in=people)
    case = pending.first() or Case.objects.create(competition=competition, opened_by=actor)
    for user in people:
        _, is_added = CaseParty.objects.get_or_create(case=case, user=user)
        if is_added:
            _tell(case, user, "case_opened")
    for pair in pairs:
        document = freeze(pair)
        CaseEvidence.objects.get_or_create(case=case, sha256=digest(document), defaults={"document": document})
        audit("case.opened", case, actor=actor, pair=pair.pk, sha256=digest(document))
    return case


@transaction.atomic
def add_note(case: Case, *, text: str, actor: User) -> CaseNote:
    audit("case.noted", case, actor=actor)
    return CaseNote.objects.create(case=case, author=actor, text=text[:LONGEST_TEXT])


@transaction.atomic
def answer(party: CaseParty, *, text: str) -> None:
    """A student's answer; it can be changed until the decision. Raises `CaseClosed`."""
    party = CaseParty.objects.select_for_update().select_related("case", "user").get(pk=party.pk)
    if party.case.status != CaseStatus.OPEN or party.outcome:
        raise CaseClosed("decided")
    party.answer, party.answered_at = text[:LONGEST_TEXT], timezone.now()
    party.save(update_fields=["answer", "answered_at"])
    audit("case.answered", party.case, actor=party.user, text=party.answer)


@transaction.atomic
def decide(party: CaseParty, *, outcome: str, reason: str, actor: User) -> None:
    """Decide for one student; the case is decided with its last one. Raises `CaseClosed`, ValueError if unfounded."""
    case = Case.objects.select_for_update().get(pk=party.case_id)
    party = case.parties.select_related("user").get(pk=party.pk)
    if outcome not in Outcome.values or not reason.strip():
        raise ValueError("a decision needs an outcome and a reason")
    is_on_appeal = case.status == CaseStatus.APPEALED and party.appealed_at is not None
    if not (is_on_appeal or (case.status == CaseStatus.OPEN and not party.outcome)):
        raise CaseClosed("decided")
    before = party.outcome
    party.outcome, party.reason = outcome, reason[:LONGEST_TEXT]
    party.decided_by, party.decided_at = actor, timezone.now()
    party.save(update_fields=["outcome", "reason", "decided_by", "decided_at"])
    if is_on_appeal:
        pending = case.parties.filter(appealed_at__isnull=False).exclude(decided_at__gt=F("appealed_at"))
        case.status = CaseStatus.APPEALED if pending.exists() else CaseStatus.CLOSED
    elif not case.parties.filter(outcome="").exists():
        case.status = CaseStatus.DECIDED
    case.save(update_fields=["status"])
    audit("case.decided", case, actor=actor, student=party.user_id, outcome=outcome, before=before, reason=reason)
    _tell(case, party.user, "case_decided")


@transaction.atomic
def appeal(party: CaseParty, *, text: str) -> None:
    """A student's one appeal against a warning or penalty. Raises `CaseClosed`."""
    case = Case.objects.select_for_update().get(pk=party.case_id)
    party = case.parties.select_related("user").get(pk=party.pk)
    if party.appealed_at is not None:
        raise CaseClosed("appealed")
    if case.status not in {CaseStatus.DECIDED, CaseStatus.APPEALED} or party.outcome not in {
        Outcome.WARNING,
        Outcome.PENALTY,
    }:
        raise CaseClosed("nothing_to_appeal")
    party.appeal, party.appealed_at = text[:LONGEST_TEXT], timezone.now()
    party.save(update_fields=["appeal", "appealed_at"])
    case.status = CaseStatus.APPEALED
    case.save(update_fields=["status"])
    audit("case.appealed", case, actor=party.user, text=party.appeal)


def _tell(case: Case, user: User, code: str) -> None:
    notify(user, code, params={"competition": case.competition.title}, url=reverse("case", args=[case.pk]))
