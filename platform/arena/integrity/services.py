"""Start and run a plagiarism check over stored fingerprints; reveal a pair's names and decide about it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from arena.accounts.models import User
from arena.audit.services import record as audit
from arena.competitions.entrants import Entrants
from arena.competitions.models import Competition
from arena.integrity import known_code
from arena.integrity.models import (
    Collection,
    Decision,
    PlagiarismRun,
    RunStatus,
    SimilarPair,
    StoredFingerprint,
    Work,
)
from arena.integrity.other_signals import answers_of, history_signals, predictions_signals
from arena.integrity.runs import TakenAway, claim, ring_on_commit
from arena.integrity.selectors import newest_code, sources_of
from arena.submissions.models import Submission
from plagiarism.compare import SPANS_FOR_FIRST, Pair, compare_prints
from plagiarism.fingerprints import SCHEME, Fingerprint, fingerprint
from plagiarism.spans import covered
from plagiarism.storage import StaleFingerprint, dump, load

log = logging.getLogger(__name__)
KEPT_PAIRS = 200
FLAG = 0.5
LOOKED_AT, MOST_LOOKED_AT = 0.4, 60
HISTOGRAM_BARS = 50


@transaction.atomic
def start(
    competition: Competition,
    *,
    actor: User | None,
    archives: Sequence[Competition] = (),
    known: Sequence[Collection] | None = None,
) -> PlagiarismRun:
    """Queue a run over the newest code of each student, compared with earlier competitions and with known code too.

    Without `known` everything that the course keeps is compared with. Starter code never counts.
    """
    library = list(known_code.library(competition.course))
    known = library if known is None else known
    options = {
        "archives": [archive.pk for archive in archives],
        "collections": [collection.pk for collection in known],
        "left_out": [collection.pk for collection in library if collection not in known],
    }
    run = PlagiarismRun.objects.create(competition=competition, started_by=actor, options=options)
    audit("plagiarism.started", run, actor=actor, competition=competition.slug)
    ring_on_commit(run)
    return run


def start_after_deadlines(*, at: datetime) -> list[PlagiarismRun]:
    """A run for each competition that has closed, or whose last extension has ended, since its last run.

    Those long over are left alone.
    """
    started = []
    rows = Competition.objects.annotate(last_extension=Max("extensions__until"))
    for competition in rows.filter(deadline__lt=at):
        ends = [end for end in (competition.closes_at, competition.last_extension) if end and end < at]
        if competition.closes_at >= at or max(ends) <= at - timedelta(days=7):
            continue
        has_code = competition.submissions.filter(type="code", is_baseline=False).exists()
        if has_code and not competition.plagiarism_runs.filter(created_at__gte=max(ends)).exists():
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
    """Compare and store the pairs. A second delivery finds the run taken."""
    write = claim(run_id)
    if write is None:
        return
    run = PlagiarismRun.objects.select_related("competition").get(pk=run_id)
    try:
        _compare(run, write)
    except TakenAway:
        log.warning("plagiarism run %s was given to another worker", run_id)
    except Exception as error:
        write(status=RunStatus.FAILED, message=f"{type(error).__name__}: {error}", finished_at=timezone.now())
        raise


def _compare(run: PlagiarismRun, update: Callable[..., None]) -> None:
    submissions = {str(s.pk): s for s in newest_code(run.competition)}
    n_own = len(submissions)
    entrants = Entrants(run.competition)
    archives = Competition.objects.filter(pk__in=run.options.get("archives", ()))
    submissions |= {str(s.pk): s for archive in archives for s in newest_code(archive)}
    known = list(Collection.objects.filter(pk__in=run.options.get("collections", ())).prefetch_related("works__files"))
    starter = list(run.competition.starter_code.prefetch_related("works__files"))
    works = {f"w{work.pk}": work for collection in known for work in collection.works.all()}
    n = len(submissions) + len(works)
    prints = {}
    for done, (key, one) in enumerate([*submissions.items(), *works.items()], start=1):
        prints[key] = known_code.print_of(one) if isinstance(one, Work) else fingerprint_of(one)
        if done % 20 == 0:
            update(done=done, total=2 * n)
    report = compare_prints(
        prints,
        n_own=n_own,
        common=known_code.common_hashes(work for collection in starter for work in collection.works.all()),
        # whom an archive knows too is not compared with themselves or their team of today
        students={key: str(entrants.mates(submission.user_id)[0]) for key, submission in submissions.items()},
        progress=_second_half(update, n),
    )
    # in a small class a pair that shares nothing still gets some similarity: there is little to calibrate on
    pairs = [p for rank, p in enumerate(report.pairs) if p.spans or p.similarity >= FLAG or rank >= SPANS_FOR_FIRST]
    kept = [pair for pair in pairs[:KEPT_PAIRS] if pair.spans or pair.similarity >= FLAG]
    with transaction.atomic():
        said = _said_before(run.competition)
        others = _other_signals(run.competition, submissions, kept)
        made = [_row(run, pair, submissions, works, prints) for pair in kept]
        for row, pair in zip(made, kept, strict=True):
            row.other_signals = others.get((pair.a, pair.b), {})
            said(row)
        SimilarPair.objects.bulk_create(made)
        update(
            status=RunStatus.FINISHED,
            n_submissions=n_own,
            histogram=_histogram(pairs),
            skipped=[asdict(s) for s in report.skipped if s.submission in submissions],
            options=run.options
            | report.settings
            | {"starter": known_code.described(starter), "known": known_code.described(known)},
            finished_at=timezone.now(),
        )


def _row(
    run: PlagiarismRun,
    pair: Pair,
    submissions: Mapping[str, Submission],
    works: Mapping[str, Work],
    prints: Mapping[str, Fingerprint],
) -> SimilarPair:
    return SimilarPair(
        run=run,
        a=submissions[pair.a],
        b=submissions.get(pair.b),
        work=works.get(pair.b),
        similarity=pair.similarity,
        expected=pair.expected,
        signals=dict(pair.signals),
        spans=[asdict(span) for span in pair.spans],
        shares={
            "a": round(covered(prints[pair.a], [(s.file_a, s.start_a, s.end_a) for s in pair.spans]), 4),
            "b": round(covered(prints[pair.b], [(s.file_b, s.start_b, s.end_b) for s in pair.spans]), 4),
        },
        common={"a": pair.common_a, "b": pair.common_b},
    )


def _histogram(pairs: Sequence[Pair]) -> list[int]:
    counts = [0] * HISTOGRAM_BARS
    for pair in pairs:
        counts[min(int(pair.similarity * HISTOGRAM_BARS), HISTOGRAM_BARS - 1)] += 1
    return counts


def _other_signals(
    competition: Competition, submissions: Mapping[str, Submission], pairs: Sequence[Pair]
) -> dict[tuple[str, str], dict[str, Any]]:
    """What predictions and histories say about the pairs that a person should look at."""
    flagged = [pair for pair in pairs if pair.similarity >= LOOKED_AT and pair.b in submissions][:MOST_LOOKED_AT]
    if not flagged:
        return {}
    own = [submission for submission in submissions.values() if submission.competition_id == competition.pk]
    truth, answers = answers_of(competition, own)
    return {
        (pair.a, pair.b): predictions_signals(truth, answers, submissions[pair.a], submissions[pair.b])
        | history_signals(submissions[pair.a], submissions[pair.b], fingerprint_of)
        for pair in flagged
    }


def _second_half(update: Callable[..., None], n: int) -> Callable[[int, int], None]:
    def progress(done: int, total: int) -> None:
        update(done=n + done * n // max(total, 1), total=2 * n)

    return progress


def _said_before(competition: Competition) -> Callable[[SimilarPair], None]:
    """Puts into a new pair what people said in earlier runs, so that nobody has to say it again.

    A decision is about the same code of both. Who somebody is stays known whatever they hand in, so a reveal holds for
    the two people.
    """
    earlier = SimilarPair.objects.filter(run__competition=competition).select_related("a__user", "b__user", "work")
    decided = {
        frozenset((pair.a_id, pair.b_id, pair.work_id)): pair
        for pair in earlier.exclude(decision=Decision.OPEN).order_by("decided_at")
    }
    revealed = {pair.who: pair for pair in earlier.exclude(revealed_at=None).order_by("-revealed_at")}

    def said(pair: SimilarPair) -> None:
        if before := decided.get(frozenset((pair.a_id, pair.b_id, pair.work_id))):
            pair.decision, pair.note = before.decision, before.note
            pair.decided_by, pair.decided_at = before.decided_by, before.decided_at
        if before := revealed.get(pair.who):
            pair.revealed_by, pair.revealed_at = before.revealed_by, before.revealed_at

    return said


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
