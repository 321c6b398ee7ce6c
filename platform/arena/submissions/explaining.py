"""The code behind predictions: a submission of code, or files that are stored to explain them and are judged by nobody."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from arena.accounts.models import User
from arena.audit.services import record as audit
from arena.competitions.entrants import are_mates
from arena.submissions.intake import Refused, check_files, check_not_closed, store_files
from arena.submissions.models import Status, Submission, Type, Use


def attach_code(
    submission: Submission,
    *,
    at: datetime,
    code: Submission | None = None,
    files: Mapping[str, bytes] | None = None,
    actor: User | None = None,
) -> Submission:
    """Say which code makes these predictions: the entrant's own submission `code`, or `files`. Raises `Refused`.

    `actor` is whoever of the team says so; without one the author of the predictions. Later code replaces earlier code until nothing more is taken. Returns the code.
    """
    competition, user = submission.competition, submission.user
    check_not_closed(user, competition, at=at)
    is_own = (
        code is not None
        and are_mates(user.pk, code.user_id, competition)
        and (code.competition_id, code.type, code.use) == (competition.pk, Type.CODE, Use.ENTRY)
    )
    if submission.type != Type.PREDICTIONS or (not files and not is_own):
        raise Refused("not_code", "Add the .py files that made these predictions, or choose a submission of code.")
    with transaction.atomic():
        before = Submission.objects.select_for_update(no_key=True).get(pk=submission.pk).code
        if files:
            code = _stored(submission, files, at=at)
        submission.code = code
        submission.save(update_fields=["code"])
        if before is not None and before.use == Use.SOURCE and not before.attempts.exists():
            before.delete()
        hashes = {row.name: row.sha256 for row in code.files.all()}
        audit("submission.explained", submission, actor=actor or user, code=code.pk, files=hashes)
    return code


def _stored(submission: Submission, files: Mapping[str, bytes], *, at: datetime) -> Submission:
    type_, stored, entry = check_files(submission.competition, files, entry=None)
    if type_ != Type.CODE:
        raise Refused("not_code", "Add the .py files that made these predictions, or choose a submission of code.")
    code = Submission.objects.create(
        competition=submission.competition,
        user=submission.user,
        type=type_,
        use=Use.SOURCE,
        submitted_at=at,
        entry=entry,
        status=Status.FINISHED,
        is_ranked=submission.is_ranked,
        counts_for_quota=False,
    )
    store_files(code, stored)
    return code
