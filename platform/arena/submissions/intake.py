"""Accept a submission: check it, store every byte, and queue it, or refuse it with a reason.

Nothing that was accepted can be lost: the row and its attempt are committed before the broker hears of them, and the
sweeper finds rows of which the broker never heard.
"""

from __future__ import annotations

import errno
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path, PurePosixPath

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import Q

from arena.accounts.models import User
from arena.audit.services import record as audit
from arena.competitions.entrants import lock_entrant
from arena.competitions.models import Competition, Kind, Solution
from arena.competitions.selectors import closes_for, rules_to_accept
from arena.competitions.services import digest
from arena.competitions.truth import truth_of
from arena.courses.selectors import is_course_staff, is_member
from arena.locking import lock, tried_again
from arena.plain_text import file_name, one_line
from arena.submissions import bells
from arena.submissions.metric_failures import waits_for_metric
from arena.submissions.models import Attempt, Status, Submission, SubmissionFile, Type, Use
from arena.submissions.practice import NoPractice, practice_data
from arena.submissions.quota import quota_left, quota_resets_at, total_left
from arena.submissions.room import lack_of_room
from arena.submissions.signals import submission_recorded
from grader.code import CodeBundle, RefusedCode, check_code, unpack_archive
from grader.metrics import get_metric
from grader.predictions import InvalidPredictions, InvalidSolution
from grader.sandbox.record import python_of
from grader.scoring import read_for_metric
from grader.splitting import InvalidTable
from grader.zipped_tables import has_code, table_in_zip

NO_SPACE = {errno.ENOSPC, errno.EDQUOT}
TABLE_SUFFIXES = {".csv", ".tsv", ".gz"}
VECTOR_SUFFIXES = {".txt", ".vec", ".gz"}


@dataclass
class Refused(Exception):
    """Why an upload was not accepted. `code` keys the translated wording; `message` is the English sentence."""

    code: str
    message: str
    params: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.message


def by_name(uploads: Iterable[tuple[str, bytes]]) -> dict[str, bytes]:
    """Uploaded files by their own names, without folders. Raises `Refused` where two share one."""
    found: dict[str, bytes] = {}
    for path, data in uploads:
        name = PurePosixPath(path.replace("\\", "/")).name
        if name in found:
            raise Refused(
                "same_upload", f"Two of the uploaded files are called {name}. Rename one of them.", {"name": name}
            )
        found[name] = data
    return found


def submit(
    user: User,
    competition: Competition,
    *,
    files: Mapping[str, bytes],
    at: datetime,
    entry: str | None = None,
    comment: str = "",
    is_baseline: bool = False,
    in_background: bool = False,
    use: Use = Use.ENTRY,
    key: str = "",
) -> Submission:
    """Check and store one upload and queue its first attempt. Raises `Refused`; then nothing was stored.

    The same files with the same `key`, which each form and each call of a program has of its own, are the same upload:
    a second click, or a second try after an answer that was lost, gets the submission that the first one made.

    With `in_background` it is part of a batch, and people's submissions are judged before it. A practice run uses no quota;
    one at a time is allowed.
    """
    sent = sending(competition, key=key, files=files, use=use)
    if again := _sent_before(user, sent):
        return again
    is_staff = is_course_staff(user, competition.course)
    _check_allowed(user, competition, is_staff=is_staff, at=at)
    if lack := lack_of_room():
        raise _no_room(lack)
    if use != Use.PRACTICE and not is_staff:
        try:  # before anything of the upload is opened; once more under the lock
            _check_quota(user, competition, use=use, at=at)
        except Refused:
            if again := _sent_before(user, sent):  # its first sending used the last one just now
                return again
            raise
    type_, stored, entry_name = check_files(competition, files, entry=entry)
    if use == Use.PRACTICE:
        _check_practice(competition, type_)
    with transaction.atomic():
        # the lock makes two uploads at once count one after the other
        lock_entrant(user.pk, competition)
        if again := _sent_before(user, sent):
            return again
        if use == Use.PRACTICE:
            _check_single(user, competition)
        elif not is_staff:
            _check_quota(user, competition, use=use, at=at)
        if use == Use.ENTRY and not is_staff:
            _check_metric(user, competition, stored, at=at)
        submission = Submission.objects.create(
            competition=competition,
            user=user,
            type=type_,
            use=use,
            comment=one_line(comment, most=200),
            submitted_at=at,
            entry=entry_name,
            is_baseline=is_baseline,
            is_ranked=not is_staff,
            counts_for_quota=use == Use.ENTRY,
            sending=sent,
        )
        store_files(submission, stored)
        attempt = Attempt.objects.create(submission=submission, number=1, in_background=in_background)
        audit(
            "submission.accepted",
            submission,
            actor=user,
            use=use.value,
            files={n: digest(d) for n, (_, d) in stored.items()},
        )
        bells.enqueue_on_commit(attempt)
    return submission


def _check_quota(user: User, competition: Competition, *, use: Use, at: datetime) -> None:
    """Raises `Refused` once today's or all submissions are used."""
    if quota_left(user, competition, at=at) == 0:
        resets = quota_resets_at(at)
        raise Refused(
            "quota_used",
            f"You have used all {competition.daily_limit} submissions of today. "
            f"The count starts again at {resets:%H:%M on %d %B} ({settings.TIME_ZONE}).",
            {"limit": competition.daily_limit, "resets": resets, "zone": settings.TIME_ZONE},
        )
    if use == Use.ENTRY and total_left(user, competition) == 0:
        raise Refused(
            "total_used",
            f"You have used all {competition.total_limit} submissions of this competition.",
            {"limit": competition.total_limit},
        )


def sending(competition: Competition, *, key: str, files: Mapping[str, bytes], use: Use) -> str:
    """What two sendings of one upload have in common: all of it and the key; empty without a key."""
    if not key:
        return ""
    parts = [key, str(competition.pk), use.value, *(f"{name} {digest(data)}" for name, data in sorted(files.items()))]
    return digest("\0".join(parts).encode())


def _check_metric(
    user: User, competition: Competition, stored: Mapping[str, tuple[str, bytes]], *, at: datetime
) -> None:
    """Raises `Refused` where the competition's own metric must be mended before more of this person's is judged."""
    digests = [digest(data) for role, data in stored.values() if role == "predictions"]
    code = waits_for_metric(user.pk, competition, at=at, digests=digests)
    if code == "metric_failed_on_file":
        raise Refused(
            code,
            "The competition's metric failed on this very file, and nobody has mended it yet. The staff know, and nothing "
            "was used. Try again once they have mended it, or hand in another file.",
        )
    if code:
        raise Refused(
            code,
            "The competition's metric failed on as many of your files today as may be handed in a day. The staff know. "
            "Try again once they have mended it, or tomorrow.",
        )


def _sent_before(user: User, sent: str) -> Submission | None:
    return Submission.objects.filter(user=user, sending=sent).first() if sent else None


def store_files(submission: Submission, stored: Mapping[str, tuple[str, bytes]]) -> None:
    """Keep checked files, name -> (role, bytes), byte for byte."""
    for name, (role, data) in stored.items():
        row = SubmissionFile(submission=submission, name=name, role=role, size=len(data), sha256=digest(data))
        _store(row, f"{submission.pk}-{row.sha256[:16]}", data)


def _store(row: SubmissionFile, name: str, data: bytes) -> None:
    """Save a file and its row. Raises `Refused` when the disk fills up just now; the part written is removed."""
    try:
        row.file.save(name, ContentFile(data), save=True)
    except OSError as error:
        if error.errno not in NO_SPACE:
            raise
        raise _no_room("disk_full") from error


def _no_room(code: str) -> Refused:
    said = {
        "disk_full": "The site's disk is full, so nothing was stored. The admins see it; try again in a while.",
        "queue_full": "Too many submissions are waiting, so this one was not taken. Try again in a while.",
    }
    return Refused(code, said[code])


@tried_again
@transaction.atomic
def toggle_final(submission: Submission, *, actor: User | None = None, chosen: bool | None = None) -> bool:
    """Choose or unchoose a submission as one that counts; whether it now is. Raises `Refused` at the limit.

    With `chosen` it is so afterwards, whatever it was; without, the opposite of what it was. `actor` is whoever of the team does it; without one its author.
    """
    competition = submission.competition
    limit = competition.n_final
    entrant = lock_entrant(submission.user_id, competition)
    theirs = Submission.entries.filter(competition=competition, user__in=entrant)
    lock(theirs.filter(Q(pk=submission.pk) | Q(is_selected=True)))
    others = theirs.filter(is_selected=True).exclude(pk=submission.pk)
    # as it is now: a team-mate may have withdrawn it since the page was read
    submission = theirs.select_related("competition", "user").get(pk=submission.pk)
    if submission.is_selected == chosen:
        return submission.is_selected
    if not submission.may_count:
        raise Refused("not_counting", "This submission is withdrawn or disqualified, so it can't be a final one.")
    if not submission.is_selected and limit > 1 and others.count() >= limit:
        raise Refused(
            "too_many_finals",
            f"You have chosen {limit} submissions already; take one of them back first.",
            {"limit": limit},
        )
    submission.is_selected = not submission.is_selected
    if limit == 1:
        others.update(is_selected=False)
    submission.save(update_fields=["is_selected"])
    audit("submission.selected", submission, actor=actor or submission.user, selected=submission.is_selected)
    submission_recorded.send(Submission, submission=submission)
    return submission.is_selected


def _check_allowed(user: User, competition: Competition, *, is_staff: bool, at: datetime) -> None:
    if not is_member(user, competition.course):
        raise Refused("not_a_member", "You are not enrolled in this course; ask its instructor to add you.")
    if is_staff:
        return
    if at < competition.opens_at:
        raise Refused(
            "not_open",
            f"This competition opens on {competition.opens_at:%d %B %Y at %H:%M} (UTC).",
            {"when": competition.opens_at},
        )
    check_not_closed(user, competition, at=at)
    if rules_to_accept(user, competition):
        raise Refused("rules", "Accept the competition's rules first; its page shows them.")


def check_not_closed(user: User, competition: Competition, *, at: datetime) -> None:
    """Raises `Refused` once nothing more is taken of this person."""
    closes = closes_for(user, competition)
    if at > closes:
        raise Refused("closed", f"The deadline was on {closes:%d %B %Y at %H:%M} (UTC).", {"when": closes})


def _check_practice(competition: Competition, type_: Type) -> None:
    """Raises `Refused` where nothing can be practised."""
    if type_ != Type.CODE:
        raise Refused("practice_code", "A practice run is for code: upload your .py file.")
    try:
        practice_data(competition)
    except (NoPractice, InvalidTable, InvalidSolution) as error:
        raise Refused("no_practice", "This competition has no labelled train.csv to practise on.") from error


def _check_single(user: User, competition: Competition) -> None:
    waiting = Submission.objects.filter(competition=competition, user=user, use=Use.PRACTICE)
    if waiting.exclude(status__in=[Status.FINISHED, Status.CANCELLED]).exists():
        raise Refused("practice_runs", "A practice run of yours is not finished yet; wait for it.")


def takes_vectors(competition: Competition) -> bool:
    """Whether a submission is a file of word vectors, not a table."""
    return get_metric(competition.metric).takes == "embeddings"


def check_files(
    competition: Competition, files: Mapping[str, bytes], *, entry: str | None
) -> tuple[Type, dict[str, tuple[str, bytes]], str]:
    """Type, files as name -> (role, bytes), and the entry point."""
    if not files:
        raise Refused("no_file", "Choose a file first: a predictions CSV, or your .py code.")
    files = by_name(files.items())
    if len(files) == 1:
        name, data = next(iter(files.items()))
        if table := _zipped_table(competition, name, data):
            name, data = table
        suffix = PurePosixPath(name).suffix.lower()
        if suffix in (VECTOR_SUFFIXES if takes_vectors(competition) else TABLE_SUFFIXES):
            if competition.kind == Kind.CODE:
                raise Refused("code_only", "This competition takes code: upload your .py file instead of a CSV.")
            _check_predictions(competition, name, data)
            return Type.PREDICTIONS, {file_name(name): ("predictions", data)}, ""
        if takes_vectors(competition) and (suffix in TABLE_SUFFIXES or competition.kind == Kind.PREDICTIONS):
            raise Refused(
                "vectors_only",
                f"This competition takes one file of word vectors, .txt, .vec or one of them as .gz, not {name}.",
                {"names": name},
            )
        if suffix == ".zip":
            try:
                files = unpack_archive(name, data)
            except RefusedCode as error:
                raise Refused(error.code, error.message, error.params) from error
    if competition.kind == Kind.PREDICTIONS:
        names = ", ".join(files)
        raise Refused(
            "predictions_only", f"This competition takes one .csv file of predictions, not {names}.", {"names": names}
        )
    bundle = _check_code(files, entry)
    stored = {name: ("source", data) for name, data in bundle.sources.items()}
    if bundle.report:
        stored[bundle.report[0]] = ("report", bundle.report[1])
    return Type.CODE, stored, bundle.entry


def _zipped_table(competition: Competition, name: str, data: bytes) -> tuple[str, bytes] | None:
    """The table in a zip archive, which is stored instead of it; None for any other file, and for an archive of code."""
    if not name.lower().endswith(".zip") or competition.kind == Kind.CODE or takes_vectors(competition):
        return None
    if competition.kind != Kind.PREDICTIONS and has_code(data):
        return None
    try:
        return table_in_zip(data)
    except InvalidPredictions as error:
        raise Refused(error.code, error.message, error.params) from error


def _check_code(files: Mapping[str, bytes], entry: str | None) -> CodeBundle:
    try:
        return check_code(files, entry=entry, python=python_of(Path(settings.ARENA_STUDENT_RUNTIME)))
    except RefusedCode as error:
        raise Refused(error.code, error.message, error.params) from error


def _check_predictions(competition: Competition, name: str, data: bytes) -> None:
    """Read the file as the judge will, so that a wrong one is refused at once and costs nothing."""
    try:
        solution = truth_of(competition)
    except Solution.DoesNotExist as error:
        raise Refused("no_solution", "This competition has no hidden labels yet, so nothing can be scored.") from error
    with tempfile.TemporaryDirectory(prefix="arena-upload-") as folder:
        path = Path(folder) / ("upload.csv.gz" if name.lower().endswith(".gz") else "upload.csv")
        path.write_bytes(data)
        try:
            read_for_metric(path, solution=solution, metric=competition.metric, allow_gzip=name.lower().endswith(".gz"))
        except InvalidPredictions as error:
            raise Refused(error.code, error.message, error.params) from error
        except InvalidSolution as error:
            raise Refused("unsuitable", "The competition's labels don't suit its metric; ask the staff.") from error
