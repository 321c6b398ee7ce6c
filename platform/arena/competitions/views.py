"""A competition's page and its public files."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from arena.competitions.discussion import QUESTIONS_A_DAY, TooManyQuestions, announce, answer, ask, visible_posts
from arena.competitions.forms import AnswerForm, PostForm
from arena.competitions.lateness import lateness
from arena.competitions.metric_definitions import definition
from arena.competitions.models import Competition
from arena.competitions.rendering import render_markdown
from arena.competitions.selectors import (
    deadline_for,
    is_own_metric,
    localised,
    n_target_columns,
    rules_to_accept,
    state_of,
    visible_competitions,
)
from arena.competitions.services import accept_rules
from arena.courses.selectors import is_course_staff, is_instructor
from arena.parameters import whole_number
from grader.metrics import get_metric


def competition_or_404(request: HttpRequest, slug: str) -> Competition:
    """A competition of the person's courses; anybody else's does not exist."""
    return get_object_or_404(visible_competitions(request.user), slug=slug)


def page_context(request: HttpRequest, competition: Competition) -> dict[str, object]:
    """What the header of every page of a competition shows."""
    now = timezone.now()
    return {
        "competition": competition,
        "title": localised(competition, "title"),
        "summary": localised(competition, "summary"),
        "is_staff": is_course_staff(request.user, competition.course),
        "is_higher_better": get_metric(competition.metric).direction == "higher",
        "is_instructor": is_instructor(request.user, competition.course),
        "state": state_of(competition, at=now),
        "now": now,
    }


@login_required
def detail(request: HttpRequest, slug: str) -> HttpResponse:
    competition = competition_or_404(request, slug)
    description = _html(localised(competition, "description"))
    rules = competition.rules.first()
    context = page_context(request, competition) | {
        "description": description,
        "files": competition.files.all(),
        "rules": rules if rules and rules.text else None,
        "rules_html": _html(rules.text) if rules else "",
        "is_own_metric": is_own_metric(competition.metric),
        "scoring": definition(competition.metric, n_columns=n_target_columns(competition)),
        "must_accept": rules_to_accept(request.user, competition) is not None,
        "my_deadline": (my_deadline := deadline_for(request.user, competition)),
        "my_close": my_deadline + competition.late_time,
        "late_now": lateness(competition, deadline=my_deadline, at=timezone.now()),
    }
    return render(request, "competitions/competition_detail.html", context)


@login_required
def download(request: HttpRequest, slug: str, name: str) -> FileResponse:
    public = get_object_or_404(competition_or_404(request, slug).files, name=name)
    return FileResponse(public.file.open("rb"), as_attachment=True, filename=public.name)


@login_required
@require_POST
def accept(request: HttpRequest, slug: str) -> HttpResponse:
    """Agree to the version of the rules that the page showed."""
    competition = competition_or_404(request, slug)
    version = whole_number(request.POST.get("version"))
    accept_rules(get_object_or_404(competition.rules, version=version), user=request.user)
    if rules_to_accept(request.user, competition):
        messages.warning(request, _("The rules have changed meanwhile; this is the new version."))
        return redirect("competition", slug)
    return redirect("submit", slug)


@login_required
def discussion(request: HttpRequest, slug: str) -> HttpResponse:
    """Announcements and questions; staff announce and answer, students ask."""
    competition = competition_or_404(request, slug)
    context = page_context(request, competition)
    form = PostForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        write = announce if context["is_staff"] else ask
        try:
            write(competition, form.cleaned_data["text"], author=request.user)
        except TooManyQuestions:
            said = _("You have asked %(n)d questions today, which is as many as one may. Ask again tomorrow.")
            form.add_error("text", said % {"n": QUESTIONS_A_DAY})
        else:
            messages.success(request, _("Announced.") if context["is_staff"] else _("The staff have your question."))
            return redirect("discussion", slug)
    posts = [(post, _html(post.text), _html(post.answer)) for post in visible_posts(request.user, competition)[:200]]
    context |= {"form": form, "posts": posts, "answering": AnswerForm()}
    return render(request, "competitions/discussion.html", context, status=422 if form.errors else 200)


def _html(text: str) -> str:
    return mark_safe(render_markdown(text))  # noqa: S308 - cleaned by nh3


@login_required
@require_POST
def reply(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    competition = competition_or_404(request, slug)
    if not is_course_staff(request.user, competition.course):
        raise PermissionDenied
    post = get_object_or_404(competition.posts, pk=pk, is_question=True, answered_at__isnull=True)
    form = AnswerForm(request.POST)
    if form.is_valid():
        chosen = form.cleaned_data
        answer(post, chosen["answer"], for_everybody=chosen["is_public"], author=request.user)
        messages.success(request, _("Answered."))
    else:
        messages.error(request, _("Write an answer first."))
    return redirect("discussion", slug)
