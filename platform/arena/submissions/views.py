"""Upload, watch and list submissions."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from arena.audit.services import record as audit
from arena.competitions.entrants import mates, team_of
from arena.competitions.lateness import Deadlines, lateness
from arena.competitions.selectors import closes_for, deadline_for, is_private_visible, rules_to_accept
from arena.competitions.views import competition_or_404, page_context
from arena.courses.selectors import is_course_staff, is_instructor
from arena.parameters import whole_number
from arena.submissions import moderation
from arena.submissions.archive import write_archive
from arena.submissions.cancelling import NotCancellable
from arena.submissions.cancelling import cancel as cancel_submission
from arena.submissions.entries import is_own, lateness_of, printed_by, run_of, shown_attempt
from arena.submissions.explaining import attach_code
from arena.submissions.failures import own_lines
from arena.submissions.forms import UploadForm
from arena.submissions.insight import history, public_confusion
from arena.submissions.intake import (
    Refused,
    by_name,
    submit,
    takes_vectors,
    toggle_final,
)
from arena.submissions.models import Disqualification, Submission, Use
from arena.submissions.practice import may_practise
from arena.submissions.queueing import n_ahead
from arena.submissions.quota import quota_left, quota_resets_at, total_left
from arena.submissions.refusals import explain, explain_attempt
from arena.submissions.shown_scores import SubmissionScores
from arena.submissions.waiting import expected_wait_s


@login_required
def create(request: HttpRequest, slug: str) -> HttpResponse:
    competition = competition_or_404(request, slug)
    if rules_to_accept(request.user, competition) and not is_course_staff(request.user, competition.course):
        messages.info(request, _("Accept the rules first."))
        return redirect(f"{reverse('competition', args=[slug])}#rules")
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            submission = submit(
                request.user,
                competition,
                files=by_name((file.name, file.read()) for file in form.cleaned_data["files"]),
                at=timezone.now(),
                comment=form.cleaned_data["comment"],
                use=Use.PRACTICE if "practice" in request.POST else Use.ENTRY,
                key=form.cleaned_data["key"],
            )
        except Refused as refusal:
            form.add_error("files", explain(refusal))
        else:
            return redirect("submission", pk=submission.pk)
    now = timezone.now()
    context = page_context(request, competition) | {
        "form": form,
        "quota_left": quota_left(request.user, competition, at=now),
        "total_left": total_left(request.user, competition),
        "my_deadline": (my_deadline := deadline_for(request.user, competition)),
        "my_close": my_deadline + competition.late_time,
        "late_now": lateness(competition, deadline=my_deadline, at=now),
        "may_practise": may_practise(competition),
        "takes_vectors": takes_vectors(competition),
        "team": team_of(request.user.pk, competition),
        "quota_resets_at": quota_resets_at(now),
    }
    return render(request, "submissions/submission_create.html", context, status=422 if form.errors else 200)


@login_required
def index(request: HttpRequest, slug: str) -> HttpResponse:
    """One's own submissions and the team's; staff see everybody's."""
    competition = competition_or_404(request, slug)
    context = page_context(request, competition)
    rows = competition.submissions.select_related("user", "release")
    if not context["is_staff"]:
        rows = rows.filter(user__in=mates(request.user.pk, competition))
    scores = SubmissionScores(competition, request.user)
    if not context["is_staff"]:
        counting = [s for s in rows if s.may_count]
        shown = {s.pk: scores.of(s) for s in counting}
        context["history"] = history(counting, scores=shown, higher_is_better=context["is_higher_better"])
    context["submissions"] = rows = list(rows[:200])
    for row in rows:
        row.shown_score, row.is_unmoved = scores.of(row), scores.is_unmoved(row)
    context["are_authors_shown"] = context["is_staff"] or competition.has_teams
    if competition.late_hours:
        deadlines = Deadlines(competition)
        for row in rows:
            row.late = deadlines.lateness(row.user_id, at=row.submitted_at)
    practised = Submission.objects.filter(competition=competition, user=request.user, use=Use.PRACTICE)
    context["practice_runs"] = practised[:20]
    context["is_private_visible"] = is_private_visible(request.user, competition, at=timezone.now())
    return render(request, "submissions/submission_list.html", context)


@login_required
def archive(request: HttpRequest, slug: str) -> FileResponse:
    """All that was handed in, for staff; who takes it is on record."""
    competition = competition_or_404(request, slug)
    if not is_course_staff(request.user, competition.course):
        raise Http404
    audit("competition.archived", competition, actor=request.user)
    stream = write_archive(competition)
    return FileResponse(stream, as_attachment=True, filename=f"{slug}-submissions.zip")


def submission_or_404(request: HttpRequest, pk: int) -> Submission:
    """One's own submission or a team-mate's, or any for the course's staff; a practice run is for its author alone."""
    submission = get_object_or_404(
        Submission.objects.select_related("competition__course", "user", "result", "release"), pk=pk
    )
    is_theirs = submission.use != Use.PRACTICE and is_course_staff(request.user, submission.competition.course)
    if not is_own(submission, request.user) and not is_theirs:
        raise Http404
    return submission


def entry_or_404(request: HttpRequest, pk: int) -> Submission:
    """The same for what can stand on a board."""
    submission = submission_or_404(request, pk)
    if submission.use != Use.ENTRY:
        raise Http404
    return submission


def _context(request: HttpRequest, submission: Submission) -> dict[str, object]:
    competition = submission.competition
    attempt = shown_attempt(submission)
    entrant = mates(submission.user_id, competition)
    ahead, wait_s = 0, None
    if attempt and submission.status == "queued":
        ahead = n_ahead(attempt, at=timezone.now())
        wait_s = expected_wait_s(attempt, at=timezone.now(), ahead=ahead)
    scores = SubmissionScores(competition, request.user)
    return page_context(request, competition) | {
        "submission": submission,
        "public_score": scores.of(submission),
        "is_unmoved": scores.is_unmoved(submission),
        "attempt": attempt,
        "run": run_of(attempt) if attempt else None,
        "printed": printed_by(submission),
        "files": submission.files.all(),
        "n_ahead": ahead,
        "wait_s": wait_s,
        "own_code": competition.submissions.filter(user__in=entrant, type="code", is_baseline=False)[:50],
        "is_own": is_own(submission, request.user),
        "disqualification": Disqualification.objects.filter(
            competition=competition, user__in=entrant, lifted_at=None
        ).first(),
        "my_close": closes_for(request.user, competition),
        "late": lateness_of(submission),
        "is_private_visible": is_private_visible(request.user, competition, at=timezone.now()),
        "record_name": "record.json",
        "explanation": explain_attempt(attempt) if attempt else "",
        "own_lines": own_lines(attempt.params["failure"]) if attempt and attempt.params.get("failure") else "",
    }


@login_required
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    return render(request, "submissions/submission_detail.html", _context(request, submission_or_404(request, pk)))


@login_required
def confusion(request: HttpRequest, pk: int) -> HttpResponse:
    """Truth against prediction over the public rows, fetched by the page once it stands."""
    submission = entry_or_404(request, pk)
    competition = submission.competition
    # with a Ladder it would say of each submission what its score doesn't
    is_told = not competition.has_ladder or is_private_visible(request.user, competition, at=timezone.now())
    table = public_confusion(submission) if is_told else None
    return render(request, "submissions/_confusion.html", {"table": table})


@login_required
def live(request: HttpRequest, pk: int) -> HttpResponse:
    """The part of the page that changes, polled until the submission is finished."""
    return render(request, "submissions/_live.html", _context(request, submission_or_404(request, pk)))


@login_required
def record(request: HttpRequest, pk: int) -> JsonResponse:
    """What the standing run was, to be repeated elsewhere; 404 where no code ran."""
    result = submission_or_404(request, pk).result
    if result is None or not result.record:
        raise Http404
    response = JsonResponse(result.record, json_dumps_params={"indent": 1})
    response["Content-Disposition"] = f'attachment; filename="submission-{pk}-record.json"'
    return response


@login_required
@require_POST
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a submission back that has no result yet."""
    submission = submission_or_404(request, pk)
    try:
        cancelled = cancel_submission(submission, actor=request.user)
    except NotCancellable as error:
        messages.error(request, str(error))
    else:
        refunded, counted = _("Cancelled. It does not count against your limit."), _("Cancelled.")
        messages.success(request, counted if cancelled.counts_for_quota else refunded)
    return redirect("submission", pk=pk)


@login_required
@require_POST
def select(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose or unchoose a submission as a final one."""
    submission = entry_or_404(request, pk)
    if not is_own(submission, request.user) or timezone.now() > closes_for(request.user, submission.competition):
        raise Http404
    try:
        chosen = toggle_final(submission, actor=request.user)
    except Refused as refusal:
        messages.error(request, explain(refusal))
    else:
        said = _("This submission counts now.") if chosen else _("This submission no longer counts by your choice.")
        messages.success(request, said)
    return redirect("submission", pk=pk)


@login_required
@require_POST
def explain_predictions(request: HttpRequest, pk: int) -> HttpResponse:
    """Add the code that makes own predictions: `code`, the number of a submission, or uploaded files."""
    submission = entry_or_404(request, pk)
    competition = submission.competition
    if not is_own(submission, request.user) or not competition.must_reproduce:
        raise Http404
    number = whole_number(request.POST.get("code"))
    entrant = mates(request.user.pk, competition)
    code = competition.submissions.filter(user__in=entrant, pk=number).first()
    try:
        files = by_name((file.name, file.read()) for file in request.FILES.getlist("files"))
        attach_code(submission, at=timezone.now(), code=code, files=files, actor=request.user)
    except Refused as refusal:
        messages.error(request, explain(refusal))
    else:
        messages.success(request, _("Saved."))
    return redirect("submission", pk=pk)


@login_required
@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an own submission back, or let it count again."""
    submission = entry_or_404(request, pk)
    if not is_own(submission, request.user):
        raise Http404
    act = moderation.restore if request.POST.get("undo") else moderation.withdraw
    return _moderated(request, pk, lambda: act(submission, at=timezone.now(), actor=request.user))


@login_required
@require_POST
def disqualify(request: HttpRequest, pk: int) -> HttpResponse:
    """For instructors: disqualify a submission or, with `whole`, its author; or undo it."""
    submission = entry_or_404(request, pk)
    competition, user, actor = submission.competition, submission.user, request.user
    if not is_instructor(actor, competition.course):
        raise Http404
    is_undone, reason = bool(request.POST.get("undo")), request.POST.get("reason", "")
    if request.POST.get("whole"):
        if is_undone:
            return _moderated(
                request, pk, lambda: moderation.readmit(competition, user, at=timezone.now(), actor=actor)
            )
        return _moderated(request, pk, lambda: moderation.exclude(competition, user, reason=reason, actor=actor))
    if is_undone:
        return _moderated(request, pk, lambda: moderation.requalify(submission, actor=actor))
    return _moderated(request, pk, lambda: moderation.disqualify(submission, reason=reason, actor=actor))


def _moderated(request: HttpRequest, pk: int, act: Callable[[], object]) -> HttpResponse:
    try:
        act()
    except moderation.NotAllowed as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Done; the board has followed."))
    return redirect("submission", pk=pk)


@login_required
def download(request: HttpRequest, pk: int, name: str) -> FileResponse:
    row = get_object_or_404(submission_or_404(request, pk).files, name=name)
    return FileResponse(row.file.open("rb"), as_attachment=True, filename=row.name)
