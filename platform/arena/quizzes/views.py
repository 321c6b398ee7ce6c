"""Import quiz reports, look at the matches, resolve the rest."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from arena.courses.models import Course
from arena.courses.selectors import courses_of, is_course_staff, students_of
from arena.parameters import whole_number
from arena.quizzes.models import QuizPlayer, QuizSession
from arena.quizzes.rules import rules_of
from arena.quizzes.selectors import doubles, session_places, to_review
from arena.quizzes.services import apply, import_report, remove, resolve
from arena.quizzes.wording import explain, explain_warnings
from grader.quiz_report import InvalidReport


class ReportForm(forms.Form):
    lecture = forms.CharField(label=gettext_lazy("Lecture"), max_length=100)
    report = forms.FileField(
        label=gettext_lazy("Quiz report"), help_text=gettext_lazy("The .xlsx that Kahoot exports, or a .csv.")
    )


def _staff_course(request: HttpRequest, slug: str) -> Course:
    course = get_object_or_404(courses_of(request.user), slug=slug)
    if not is_course_staff(request.user, course):
        raise Http404
    return course


def _session(request: HttpRequest, pk: int) -> QuizSession:
    session = get_object_or_404(QuizSession.objects.select_related("course"), pk=pk)
    _staff_course(request, session.course.slug)
    return session


@login_required
def index(request: HttpRequest, slug: str) -> HttpResponse:
    course = _staff_course(request, slug)
    form = ReportForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        report = form.cleaned_data["report"]
        try:
            session = import_report(
                course,
                lecture=form.cleaned_data["lecture"],
                name=report.name,
                data=report.read(),
                actor=request.user,
                is_preview="preview" in request.POST,
            )
        except InvalidReport as error:
            form.add_error("report", explain(error.code, error.params, fallback=error.message))
        else:
            return redirect("quiz", pk=session.pk)
    waiting = to_review(QuizPlayer.objects.filter(session__course=course))
    context = {
        "course": course,
        "is_staff": True,
        "form": form,
        "sessions": course.quizzes.all(),
        "n_waiting": len(waiting),
    }
    return render(request, "quizzes/quiz_list.html", context, status=422 if form.errors else 200)


@login_required
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    session = _session(request, pk)
    rules = rules_of(session.course)
    rows = [{"player": player, "place": place} for player, place in session_places(session, policy=rules.ties)]
    players = [row["player"] for row in rows]
    reviews = to_review(players)
    context = {
        "course": session.course,
        "is_staff": True,
        "session": session,
        "warnings": explain_warnings(session),
        "rules": rules,
        "n_of_lecture": session.course.quizzes.filter(lecture=session.lecture).count(),
        "rows": rows,
        "reviews": reviews,
        "unmatched": [one for one in reviews if one.player.enrolment_id is None],
        "doubtful": [one for one in reviews if one.player.enrolment_id is not None],
        "doubles": doubles(players),
        "roster": students_of(session.course) if reviews else [],
    }
    return render(request, "quizzes/quiz_detail.html", context)


@login_required
@require_POST
def resolve_player(request: HttpRequest, pk: int) -> HttpResponse:
    player = get_object_or_404(QuizPlayer.objects.select_related("session__course"), pk=pk)
    course = _staff_course(request, player.session.course.slug)
    chosen = whole_number(request.POST.get("enrolment"))
    enrolment = get_object_or_404(students_of(course), pk=chosen) if chosen is not None else None
    others = resolve(player, enrolment=enrolment, actor=request.user)
    if others:
        text = ngettext(
            "The same nickname in %(n)d other quiz is settled too.",
            "The same nickname in %(n)d other quizzes is settled too.",
            others,
        )
        messages.success(request, text % {"n": others})
    return redirect("quiz", pk=player.session_id)


@login_required
@require_POST
def apply_quiz(request: HttpRequest, pk: int) -> HttpResponse:
    session = _session(request, pk)
    apply(session, actor=request.user)
    messages.success(request, _("The report counts now."))
    return redirect("quiz", pk=pk)


@login_required
def queue(request: HttpRequest, slug: str) -> HttpResponse:
    """Every nickname of the course that a person should look at."""
    course = _staff_course(request, slug)
    players = QuizPlayer.objects.filter(session__course=course).select_related("session", "enrolment__user")
    context = {"course": course, "is_staff": True, "reviews": to_review(players), "roster": students_of(course)}
    return render(request, "quizzes/review_list.html", context)


@login_required
@require_POST
def remove_quiz(request: HttpRequest, pk: int) -> HttpResponse:
    session = _session(request, pk)
    slug = session.course.slug
    remove(session, actor=request.user)
    messages.success(request, _("The import is undone; its bonuses are gone with it."))
    return redirect("quizzes", slug=slug)
