"""Start and run a plagiarism check, and decide about a pair."""

from __future__ import annotations

from dataclasses import asdict

from django.db import transaction
from django.utils import timezone

import plagiarism
from arena.accounts.models import User
from arena.audit.services import record as audit
from arena.competitions.models import Competition
from arena.integrity.models import Decision, PlagiarismRun, RunStatus, SimilarPair
from arena.submissions.models import Submission, Type

KEPT_PAIRS = 200


@transaction.atomic
def start(competition: Competition, *, actor: User | None) -> PlagiarismRun:
    """Queue a run over the newest code of each student."""
    from arena.integrity.tasks import check

    run = PlagiarismRun.objects.create(competition=competition, started_by=actor)
    audit("plagiarism.started", run, actor=actor, competition=competition.slug)
    transaction.on_commit(lambda: check.delay(run.pk))
    return run


def newest_code(competition: Competition) -> dict[str, tuple[Submission, dict[str, bytes]]]:
    """Submission id -> the submission and its sources; one per student, so that nobody is compared with himself."""
    found: dict[int, Submission] = {}
    rows = Submission.objects.filter(competition=competition, type=Type.CODE, is_baseline=False, is_ranked=True)
    for submission in rows.order_by("submitted_at").prefetch_related("files"):
        found[submission.user_id] = submission
    loaded = {}
    for submission in found.values():
        sources = {}
        for row in submission.files.all():
            if row.role == "source":
                with row.file.open("rb") as file:
                    sources[row.name] = file.read()
        loaded[str(submission.pk)] = (submission, sources)
    return loaded


def run_check(run_id: int) -> None:
    """Compare and store the pairs. Runs once: a second delivery finds the run taken."""
    if not PlagiarismRun.objects.filter(pk=run_id, status=RunStatus.QUEUED).update(status=RunStatus.RUNNING):
        return
    run = PlagiarismRun.objects.select_related("competition").get(pk=run_id)
    try:
        loaded = newest_code(run.competition)

        def progress(done: int, total: int) -> None:
            PlagiarismRun.objects.filter(pk=run_id).update(done=done, total=total)

        report = plagiarism.compare({key: sources for key, (_, sources) in loaded.items()}, progress=progress)
        with transaction.atomic():
            decided = _decisions(run.competition)
            for pair in report.pairs[:KEPT_PAIRS]:
                SimilarPair.objects.create(
                    run=run,
                    a=loaded[pair.a][0],
                    b=loaded[pair.b][0],
                    similarity=pair.similarity,
                    spans=[asdict(span) for span in pair.spans],
                    **decided.get(frozenset((int(pair.a), int(pair.b))), {}),
                )
            PlagiarismRun.objects.filter(pk=run_id).update(
                status=RunStatus.FINISHED,
                n_submissions=len(loaded),
                skipped=[str(s) for s in report.skipped],
                options=dict(report.settings),
                finished_at=timezone.now(),
            )
    except Exception as error:
        PlagiarismRun.objects.filter(pk=run_id).update(
            status=RunStatus.FAILED, message=f"{type(error).__name__}: {error}", finished_at=timezone.now()
        )
        raise


def _decisions(competition: Competition) -> dict[frozenset[int], dict[str, object]]:
    """What people decided in earlier runs about the same two submissions, so that nobody has to decide again."""
    earlier = SimilarPair.objects.filter(run__competition=competition).exclude(decision=Decision.OPEN)
    return {
        frozenset((pair.a_id, pair.b_id)): {
            "decision": pair.decision,
            "note": pair.note,
            "decided_by_id": pair.decided_by_id,
            "decided_at": pair.decided_at,
        }
        for pair in earlier.order_by("decided_at")
    }


@transaction.atomic
def decide(pair: SimilarPair, *, decision: str, note: str, actor: User) -> None:
    """Record a person's decision about a pair."""
    pair.decision, pair.note, pair.decided_by, pair.decided_at = decision, note, actor, timezone.now()
    pair.save()
    audit("plagiarism.decided", pair, actor=actor, decision=decision, note=note)
