"""The HTTP API: what a student's pages do, with a bearer token. One JSON shape for errors: code and message."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import File, Form, NinjaAPI, Schema, Status
from ninja.files import UploadedFile
from ninja.security import HttpBearer

from arena.accounts.models import ApiToken, hash_token
from arena.competitions.entrants import are_mates, mates
from arena.competitions.models import Competition
from arena.competitions.selectors import closes_for, deadline_for, is_private_visible, visible_competitions
from arena.leaderboards.selectors import shown_board
from arena.submissions import moderation
from arena.submissions.entries import lateness_of
from arena.submissions.forms import too_large
from arena.submissions.intake import Refused, by_name, quota_left, submit
from arena.submissions.models import Submission, VerdictChoice
from arena.submissions.refusals import explain


class TokenAuth(HttpBearer):
    """`Authorization: Bearer arena_...`, a token made on the account page."""

    def authenticate(self, request: HttpRequest, token: str) -> ApiToken | None:
        found = ApiToken.objects.select_related("user").filter(digest=hash_token(token), user__is_active=True).first()
        if found is not None:
            ApiToken.objects.filter(pk=found.pk).update(used_at=timezone.now())
            request.user = found.user
        return found


api = NinjaAPI(title="Arena", version="1", auth=TokenAuth(), urls_namespace="api-v1")


@api.exception_handler(Refused)
def refused(request: HttpRequest, error: Refused) -> HttpResponse:
    return api.create_response(request, {"code": error.code, "message": explain(error)}, status=422)


@api.exception_handler(moderation.NotAllowed)
def not_allowed(request: HttpRequest, error: moderation.NotAllowed) -> HttpResponse:
    return api.create_response(request, {"code": "not_allowed", "message": str(error)}, status=422)


class CompetitionOut(Schema):
    slug: str
    title: str
    metric: str
    kind: str
    opens_at: datetime
    deadline: datetime
    closes_at: datetime
    quota_left: int


class FileOut(Schema):
    name: str
    size: int
    sha256: str


class SubmissionOut(Schema):
    id: int
    type: str
    status: str
    verdict: str
    message: str
    comment: str
    submitted_at: datetime
    public_score: float | None
    private_score: float | None
    is_late: bool
    is_withdrawn: bool
    disqualified_for: str


class RowOut(Schema):
    rank: int | None
    name: str
    score: float | None
    submissions: int
    is_baseline: bool
    members: list[str]


def _competition(request: HttpRequest, slug: str) -> Competition:
    return get_object_or_404(visible_competitions(request.user), slug=slug)


def _submission(request: HttpRequest, submission: Submission) -> SubmissionOut:
    shown = is_private_visible(request.user, submission.competition, at=timezone.now())
    return SubmissionOut(
        id=submission.pk,
        type=submission.type,
        status=submission.status,
        verdict=submission.verdict,
        # what a fault of ours says is for the staff: a failed metric may quote hidden labels
        message="" if submission.verdict == VerdictChoice.SANDBOX_FAULT else submission.message,
        comment=submission.comment,
        submitted_at=submission.submitted_at,
        public_score=submission.public_score,
        private_score=submission.private_score if shown else None,
        is_late=lateness_of(submission) is not None,
        is_withdrawn=submission.withdrawn_at is not None,
        disqualified_for=submission.disqualified_for,
    )


def _own(request: HttpRequest, pk: int) -> Submission:
    """A submission of the person or of a team-mate."""
    row = get_object_or_404(Submission.entries.select_related("competition__course", "user"), pk=pk)
    if not are_mates(row.user_id, request.user.pk, row.competition):
        raise Http404
    return row


@api.get("/competitions", response=list[CompetitionOut], summary="Competitions of your courses")
def competitions(request: HttpRequest) -> list[CompetitionOut]:
    now = timezone.now()
    return [
        CompetitionOut(
            slug=c.slug,
            title=c.title,
            metric=c.metric,
            kind=c.kind,
            opens_at=c.opens_at,
            deadline=deadline_for(request.user, c),
            closes_at=closes_for(request.user, c),
            quota_left=quota_left(request.user, c, at=now),
        )
        for c in visible_competitions(request.user)
    ]


@api.get("/competitions/{slug}/files", response=list[FileOut], summary="Public files of a competition")
def files(request: HttpRequest, slug: str) -> list[FileOut]:
    rows = _competition(request, slug).files.all()
    return [FileOut(name=f.name, size=f.size, sha256=f.sha256) for f in rows]


@api.get("/competitions/{slug}/files/{name}", summary="Download a public file")
def download(request: HttpRequest, slug: str, name: str) -> FileResponse:
    public = get_object_or_404(_competition(request, slug).files, name=name)
    return FileResponse(public.file.open("rb"), as_attachment=True, filename=public.name)


@api.post("/competitions/{slug}/submissions", response={201: SubmissionOut}, summary="Submit predictions or code")
def create(
    request: HttpRequest, slug: str, files: File[list[UploadedFile]], comment: Form[str] = "", key: Form[str] = ""
) -> Status[SubmissionOut]:
    """A `key` of your own makes it safe to send the same files again when no answer came: they are taken once."""
    competition = _competition(request, slug)
    if sum(file.size for file in files) > settings.ARENA_MAX_UPLOAD_BYTES:
        raise Refused("upload_too_big", too_large())
    uploaded = by_name((file.name, file.read()) for file in files)
    submission = submit(request.user, competition, files=uploaded, at=timezone.now(), comment=comment, key=key)
    return Status(201, _submission(request, submission))


@api.get(
    "/competitions/{slug}/submissions",
    response=list[SubmissionOut],
    summary="Submissions of yours and of your team, newest first",
)
def submissions(request: HttpRequest, slug: str) -> list[SubmissionOut]:
    competition = _competition(request, slug)
    rows = Submission.entries.filter(competition=competition, user__in=mates(request.user.pk, competition))[:200]
    return [_submission(request, row) for row in rows.select_related("competition__course")]


@api.get("/submissions/{pk}", response=SubmissionOut, summary="One submission of yours")
def submission(request: HttpRequest, pk: int) -> SubmissionOut:
    return _submission(request, _own(request, pk))


@api.post("/submissions/{pk}/withdrawal", response=SubmissionOut, summary="Take a submission back before the deadline")
def withdraw(request: HttpRequest, pk: int) -> SubmissionOut:
    return _submission(request, moderation.withdraw(_own(request, pk), at=timezone.now(), actor=request.user))


@api.delete("/submissions/{pk}/withdrawal", response=SubmissionOut, summary="Let a withdrawn submission count again")
def restore(request: HttpRequest, pk: int) -> SubmissionOut:
    return _submission(request, moderation.restore(_own(request, pk), at=timezone.now(), actor=request.user))


@api.get("/competitions/{slug}/leaderboard", response=list[RowOut], summary="The public board")
def leaderboard(request: HttpRequest, slug: str) -> list[RowOut]:
    return [
        RowOut(
            rank=s.rank,
            name=s.name,
            score=s.score,
            submissions=s.n_entries,
            is_baseline=s.row.is_baseline,
            members=list(s.member_names),
        )
        for s in shown_board(_competition(request, slug), reader=request.user, at=timezone.now())
    ]
