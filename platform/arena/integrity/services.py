"""Start and run a plagiarism check over stored fingerprints; reveal a pair's names and decide about it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from arena.accounts.models import User
from arena.audit.services import record as audit
from arena.competitions.models import Competition
from arena.integrity.models import Decision, PlagiarismRun, RunStatus, SimilarPair, StoredFingerprint
from arena.integrity.other_signals import answers_of, history_signals, predictions_signals
from arena.integrity.selectors import newest_code, sources_of
from arena.submissions.models import Submission
from plagiarism.compare import Pair, compare_prints
from plagiarism.fingerprints import SCHEME, Fingerprint, fingerprint
from plagiarism.storage import StaleFingerprint, dump, load

KEPT_PAIRS = 200
LOOKED_AT, MOST_LOOKED_AT = 0.4, 60


@transaction.atomic
def start(competition: Competition, *, actor: User | None, archives: Sequence[Competition] = ()) -> PlagiarismRun:
    """Queue a run over the newest code of each student, compared with that of earlier competitions too."""
    from arena.integrity.tasks import check

    options = {"archives": [archive.pk for archive in archives]}
    run = PlagiarismRun.objects.create(competition=competition, started_by=actor, options=options)
    audit("plagiarism.started", run, actor=actor, competition=competition.slug)
    transaction.on_commit(lambda: check.delay(run.pk))
    return run


def start_after_deadlines(*, at: datetime) -> list[PlagiarismRun]:
    """A run for each competition that has closed since its last run; those long over are left alone."""
    started = []
    for competition in Competition.objects.filter(deadline__lt=at):
        if not at - timedelta(days=7) < competition.closes_at < at:
            continue
        has_code = competition.submissions.filter(type="code", is_baseline=False).exists()
        if has_code and not competition.plagiarism_runs.filter(created_at__gte=competition.closes_at).exists():
            started.append(start(competition, actor=None))
    return started


def fingerprint_of(submission: Submission) -> Fingerprint:
    """The stored fingerprint, made first where there is none of today's scheme."""
    stored = StoredFingerprint.objects.filter(submission=submission, scheme=SCHEME).first()
    if stored is not None:
        try:
            return load(bytes(stored.data))
        except StaleFingerprint:
            pass
    made = fingerprint(sources_of(submission))
    StoredFingerprint.objects.update_or_create(submission=submission, defaults={"scheme": SCHEME, "data": dump(made)})
    return made


def run_check(run_id: int) -> None:
    """Compare and store the pairs. Runs once: a second delivery finds the run taken."""
    if not PlagiarismRun.objects.filter(pk=run_id, status=RunStatus.QUEUED).update(status=RunStatus.RUNNING):
        return
    run = PlagiarismRun.objects.select_related("competition").get(pk=run_id)
    rows = PlagiarismRun.objects.filter(pk=run_id)
    try:
        submissions = {str(s.pk): s for s in newest_code(run.competition)}
        n_own = len(submissions)
        archives = Competition.objects.filter(pk__in=run.options.get("archives", ()))
        submissions |= {str(s.pk): s for archive in archives for s in newest_code(archive)}
        prints = {}
        for done, (key, submission) in enumerate(submissions.items(), start=1):
            prints[key] = fingerprint_of(submission)
            if done % 20 == 0:
                rows.update(done=done, total=2 * len(submissions))
        report = compare_prints(
            prints,
            n_own=n_own,
            students={key: str(submission.user_id) for key, submission in submissions.items()},
            progress=_second_half(rows.update, len(submissions)),
        )
        before = _pairs_of_last(run)
        with transaction.atomic():
            decided = _decisions(run.competition)
            others = _other_signals(run.competition, submissions, report.pairs)
            SimilarPair.objects.bulk_create(
                SimilarPair(
                    run=run,
                    a=submissions[pair.a],
                    b=submissions[pair.b],
                    similarity=pair.similarity,
                    expected=pair.expected,
                    signals=dict(pair.signals),
                    is_new=before is not None
                    and frozenset((submissions[pair.a].user_id, submissions[pair.b].user_id)) not in before,
                    spans=[asdict(span) for span in pair.spans],
                    other_signals=others.get((pair.a, pair.b), {}),
                    common={"a": pair.common_a, "b": pair.common_b},
                    **decided.get(frozenset((int(pair.a), int(pair.b))), {}),
                )
                for pair in report.pairs[:KEPT_PAIRS]
            )
            rows.update(
                status=RunStatus.FINISHED,
                n_submissions=n_own,
                skipped=[asdict(s) for s in report.skipped],
                options=run.options | report.settings,
                finished_at=timezone.now(),
            )
    except Exception as error:
        rows.update(status=RunStatus.FAILED, message=f"{type(error).__name__}: {error}", finished_at=timezone.now())
        raise


def _other_signals(
    competition: Competition, submissions: Mapping[str, Submission], pairs: Sequence[Pair]
) -> dict[tuple[str, str], dict[str, Any]]:
    """What predictions and histories say about the pairs that a person should look at."""
    flagged = [pair for pair in pairs if pair.similarity >= LOOKED_AT][:MOST_LOOKED_AT]
    if not flagged:
        return {}
    own = [submission for submission in submissions.values() if submission.competition_id == competition.pk]
    truth, answers = answers_of(competition, own)
    return {
        (pair.a, pair.b): predictions_signals(truth, answers, submissions[pair.a], submissions[pair.b])
        | history_signals(submissions[pair.a], submissions[pair.b], fingerprint_of)
        for pair in flagged
    }


def _second_half(update: Callable[..., int], n: int) -> Callable[[int, int], None]:
    def progress(done: int, total: int) -> None:
        update(done=n + done * n // max(total, 1), total=2 * n)

    return progress


def _pairs_of_last(run: PlagiarismRun) -> set[frozenset[int]] | None:
    """The pairs of students of the run before this one; None for a competition's first run."""
    last = run.competition.plagiarism_runs.filter(pk__lt=run.pk, status=RunStatus.FINISHED).first()
    if last is None:
        return None
    return {frozenset(ids) for ids in last.pairs.values_list("a__user_id", "b__user_id")}


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
    """Record a person's first look at a pair."""
    pair.decision, pair.note, pair.decided_by, pair.decided_at = decision, note, actor, timezone.now()
    pair.save()
    audit("plagiarism.decided", pair, actor=actor, decision=decision, note=note)


@transaction.atomic
def reveal(pair: SimilarPair, *, actor: User) -> None:
    """Show who the two students of a pair are, from now on, and record who wanted to know."""
    if pair.revealed_at is None:
        pair.revealed_by, pair.revealed_at = actor, timezone.now()
        pair.save(update_fields=["revealed_by", "revealed_at"])
        audit("plagiarism.revealed", pair, actor=actor, similarity=pair.similarity)
