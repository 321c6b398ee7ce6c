"""One's own submissions: hand in, follow, take back, choose, and say which code made the predictions.

Own is what is of one's entry, so a team-mate's too; a practice run is its author's alone. The staff's views of somebody's
submission are pages, and no part of this.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import File, Form, Router, Schema, Status
from ninja.files import UploadedFile

from arena.api.competitions import FileOut
from arena.competitions.entrants import mates
from arena.competitions.lateness import Deadlines
from arena.competitions.selectors import is_private_visible
from arena.competitions.views import competition_or_404
from arena.submissions import moderation
from arena.submissions.cancelling import cancel as cancel_submission
from arena.submissions.entries import is_own, lateness_of, printed_by
from arena.submissions.explaining import attach_code
from arena.submissions.forms import too_large
from arena.submissions.intake import Refused, by_name, check_not_closed, submit, toggle_final
from arena.submissions.models import METRIC_FAILED, Submission, Use, VerdictChoice
from arena.submissions.shown_scores import SubmissionScores

router = Router()


class SubmissionOut(Schema):
    """`practice_score` is of a practice run, which has no other; `code` is the number of the code behind predictions.

    Where a competition releases scores by the Ladder, `is_public_score_unmoved` says that the public score is an earlier
    submission's, which this one isn't clearly better than.
    """

    id: int
    type: str
    use: str
    status: str
    verdict: str
    message: str
    comment: str
    submitted_at: datetime
    public_score: float | None
    is_public_score_unmoved: bool
    private_score: float | None
    practice_score: float | None
    code: int | None
    is_late: bool
    is_final: bool
    is_withdrawn: bool
    disqualified_for: str


class LogOut(Schema):
    stdout: str
    stderr: str


def _one(request: HttpRequest, submission: Submission) -> SubmissionOut:
    is_revealed = is_private_visible(request.user, submission.competition, at=timezone.now())
    scores = SubmissionScores(submission.competition, request.user)
    return _shown(submission, scores=scores, is_revealed=is_revealed, is_late=lateness_of(submission) is not None)


def _shown(submission: Submission, *, scores: SubmissionScores, is_revealed: bool, is_late: bool) -> SubmissionOut:
    is_entry, is_practice = submission.use == Use.ENTRY, submission.use == Use.PRACTICE
    return SubmissionOut(
        id=submission.pk,
        type=submission.type,
        use=submission.use,
        status=submission.status,
        verdict=submission.verdict,
        message=submission.message if is_said(submission) else "",
        comment=submission.comment,
        submitted_at=submission.submitted_at,
        public_score=scores.of(submission) if is_entry else None,
        is_public_score_unmoved=is_entry and scores.is_unmoved(submission),
        private_score=submission.private_score if is_entry and is_revealed else None,
        # a practice run is judged on rows of the public train.csv alone
        practice_score=submission.private_score if is_practice else None,
        code=submission.code_id,
        is_late=is_late,
        is_final=submission.is_selected,
        is_withdrawn=submission.withdrawn_at is not None,
        disqualified_for=submission.disqualified_for,
    )


def is_said(submission: Submission) -> bool:
    """Whether the message may be read by its author: what a fault of ours says is for the staff."""
    if submission.verdict != VerdictChoice.SANDBOX_FAULT:
        return True
    return submission.result is not None and submission.result.code == METRIC_FAILED


def _own(request: HttpRequest, pk: int, *, uses: Sequence[Use] = (Use.ENTRY,)) -> Submission:
    """An entry of the person or of a team-mate, or what else of theirs is in `uses`."""
    rows = Submission.objects.select_related("competition__course", "user", "result", "release")
    row = get_object_or_404(rows, pk=pk, use__in=uses)
    if not is_own(row, request.user):
        raise Http404
    return row


def _read(files: Sequence[UploadedFile]) -> dict[str, bytes]:
    if sum(file.size for file in files) > settings.ARENA_MAX_UPLOAD_BYTES:
        raise Refused("upload_too_big", too_large())
    return by_name((file.name, file.read()) for file in files)


@router.post("/competitions/{slug}/submissions", response={201: SubmissionOut}, summary="Submit predictions or code")
def create(
    request: HttpRequest,
    slug: str,
    files: File[list[UploadedFile]],
    comment: Form[str] = "",
    key: Form[str] = "",
    practice: Form[bool] = False,
) -> Status[SubmissionOut]:
    """A `key` of your own makes it safe to send the same files again when no answer came: they are taken once.

    With `practice` code is run on a part of the public train.csv: it costs nothing and counts nowhere.
    """
    submission = submit(
        request.user,
        competition_or_404(request, slug),
        files=_read(files),
        at=timezone.now(),
        comment=comment,
        use=Use.PRACTICE if practice else Use.ENTRY,
        key=key,
    )
    return Status(201, _one(request, submission))


@router.get(
    "/competitions/{slug}/submissions",
    response=list[SubmissionOut],
    summary="Submissions of yours and of your team, newest first",
)
def submissions(request: HttpRequest, slug: str) -> list[SubmissionOut]:
    competition = competition_or_404(request, slug)
    rows = Submission.entries.filter(competition=competition, user__in=mates(request.user.pk, competition))
    rows = rows.select_related("release", "result")[:200]
    is_revealed = is_private_visible(request.user, competition, at=timezone.now())
    deadlines, scores = Deadlines(competition), SubmissionScores(competition, request.user)
    return [
        _shown(
            row,
            scores=scores,
            is_revealed=is_revealed,
            is_late=not row.is_baseline and deadlines.lateness(row.user_id, at=row.submitted_at) is not None,
        )
        for row in rows
    ]


@router.get("/submissions/{pk}", response=SubmissionOut, summary="One submission or practice run of yours")
def submission(request: HttpRequest, pk: int) -> SubmissionOut:
    return _one(request, _own(request, pk, uses=tuple(Use)))


@router.get("/submissions/{pk}/files", response=list[FileOut], summary="The files that you handed in")
def files(request: HttpRequest, pk: int) -> list[FileOut]:
    rows = _own(request, pk, uses=tuple(Use)).files.all()
    return [FileOut(name=f.name, size=f.size, sha256=f.sha256) for f in rows]


@router.get("/submissions/{pk}/files/{path:name}", summary="Download a file that you handed in")
def download(request: HttpRequest, pk: int, name: str) -> FileResponse:
    row = get_object_or_404(_own(request, pk, uses=tuple(Use)).files, name=name)
    return FileResponse(row.file.open("rb"), as_attachment=True, filename=row.name)


@router.get("/submissions/{pk}/log", response=LogOut, summary="What your program printed, also while it runs")
def log(request: HttpRequest, pk: int) -> LogOut:
    """Empty while it waits, and for predictions, which nothing ran for."""
    run = printed_by(_own(request, pk, uses=(Use.ENTRY, Use.PRACTICE)))
    return LogOut(stdout=run.stdout if run else "", stderr=run.stderr if run else "")


@router.post("/submissions/{pk}/cancellation", response=SubmissionOut, summary="Cancel a submission that has no result")
def cancel(request: HttpRequest, pk: int) -> SubmissionOut:
    """While it waits it doesn't count against your limit; a practice run never does."""
    own = _own(request, pk, uses=(Use.ENTRY, Use.PRACTICE))
    return _one(request, cancel_submission(own, actor=request.user))


@router.post(
    "/submissions/{pk}/withdrawal", response=SubmissionOut, summary="Take a submission back before the deadline"
)
def withdraw(request: HttpRequest, pk: int) -> SubmissionOut:
    return _one(request, moderation.withdraw(_own(request, pk), at=timezone.now(), actor=request.user))


@router.delete("/submissions/{pk}/withdrawal", response=SubmissionOut, summary="Let a withdrawn submission count again")
def restore(request: HttpRequest, pk: int) -> SubmissionOut:
    return _one(request, moderation.restore(_own(request, pk), at=timezone.now(), actor=request.user))


@router.post("/submissions/{pk}/final", response=SubmissionOut, summary="Choose a submission as a final one")
def choose(request: HttpRequest, pk: int) -> SubmissionOut:
    """Where one submission may be final, it takes the place of the one that was."""
    return _chosen(request, pk, chosen=True)


@router.delete("/submissions/{pk}/final", response=SubmissionOut, summary="Take the choice of a final submission back")
def unchoose(request: HttpRequest, pk: int) -> SubmissionOut:
    return _chosen(request, pk, chosen=False)


def _chosen(request: HttpRequest, pk: int, *, chosen: bool) -> SubmissionOut:
    own = _own(request, pk)
    check_not_closed(request.user, own.competition, at=timezone.now())
    toggle_final(own, actor=request.user, chosen=chosen)
    return _one(request, _own(request, pk))


@router.post("/submissions/{pk}/code", response=SubmissionOut, summary="Say which code makes these predictions")
def explain(
    request: HttpRequest, pk: int, files: File[list[UploadedFile] | None] = None, code: Form[int | None] = None
) -> SubmissionOut:
    """Send the .py files, or as `code` the number of a submission of code; 404 where the competition asks for none."""
    own = _own(request, pk)
    competition = own.competition
    if not competition.must_reproduce:
        raise Http404
    chosen = competition.submissions.filter(user__in=mates(request.user.pk, competition), pk=code).first()
    attach_code(own, at=timezone.now(), code=chosen, files=_read(files or ()), actor=request.user)
    return _one(request, _own(request, pk))
