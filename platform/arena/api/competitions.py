"""Competitions of one's courses: their files, their rules and their public boards."""

from __future__ import annotations

from datetime import datetime

from django.http import FileResponse, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Form, Router, Schema

from arena.competitions.models import Competition
from arena.competitions.selectors import closes_for, deadline_for, rules_to_accept, visible_competitions
from arena.competitions.services import accept_rules
from arena.competitions.views import competition_or_404
from arena.leaderboards.shown import shown_board
from arena.submissions.quota import quota_left

router = Router()


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


class RulesOut(Schema):
    """The newest version; 0 and an empty text where a competition has none."""

    version: int
    text: str
    must_accept: bool


class RowOut(Schema):
    rank: int | None
    name: str
    score: float | None
    submissions: int
    is_baseline: bool
    members: list[str]


@router.get("/competitions", response=list[CompetitionOut], summary="Competitions of your courses")
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


@router.get("/competitions/{slug}/files", response=list[FileOut], summary="Public files of a competition")
def files(request: HttpRequest, slug: str) -> list[FileOut]:
    rows = competition_or_404(request, slug).files.all()
    return [FileOut(name=f.name, size=f.size, sha256=f.sha256) for f in rows]


@router.get("/competitions/{slug}/files/{name}", summary="Download a public file")
def download(request: HttpRequest, slug: str, name: str) -> FileResponse:
    public = get_object_or_404(competition_or_404(request, slug).files, name=name)
    return FileResponse(public.file.open("rb"), as_attachment=True, filename=public.name)


def _rules(request: HttpRequest, competition: Competition) -> RulesOut:
    newest = competition.rules.first()
    if newest is None or not newest.text:
        return RulesOut(version=0, text="", must_accept=False)
    must_accept = rules_to_accept(request.user, competition) is not None
    return RulesOut(version=newest.version, text=newest.text, must_accept=must_accept)


@router.get("/competitions/{slug}/rules", response=RulesOut, summary="The rules, and whether you must accept them yet")
def rules(request: HttpRequest, slug: str) -> RulesOut:
    return _rules(request, competition_or_404(request, slug))


@router.post("/competitions/{slug}/rules", response=RulesOut, summary="Accept the version of the rules that you read")
def accept(request: HttpRequest, slug: str, version: Form[int]) -> RulesOut:
    """The answer is the newest version, which may have been written meanwhile: `must_accept` says so."""
    competition = competition_or_404(request, slug)
    accept_rules(get_object_or_404(competition.rules, version=version), user=request.user)
    return _rules(request, competition)


@router.get("/competitions/{slug}/leaderboard", response=list[RowOut], summary="The public board")
def leaderboard(request: HttpRequest, slug: str) -> list[RowOut]:
    return [
        RowOut(
            rank=s.rank,
            name=s.name,
            score=s.score,
            submissions=s.n_entries,
            is_baseline=s.is_baseline,
            members=list(s.member_names),
        )
        for s in shown_board(competition_or_404(request, slug), reader=request.user, at=timezone.now())
    ]
