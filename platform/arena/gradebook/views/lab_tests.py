"""A lab test: points for its requirements, given by a person, beside the points that the scores are worth."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import ngettext

from arena.competitions.views import competition_or_404, page_context
from arena.courses.selectors import students_of
from arena.gradebook.forms import LabTestForm
from arena.gradebook.models import LabTarget
from arena.gradebook.selectors import current_scheme, lab_scores, lab_tests
from arena.gradebook.services import mark_lab_test
from grader.lab_tests import lab_test_mark


@login_required
def lab_test(request: HttpRequest, slug: str) -> HttpResponse:
    """Points for the requirements of a lab test, beside the points that the scores are worth."""
    competition = competition_or_404(request, slug)
    context = page_context(request, competition)
    if not context["is_staff"] or not competition.is_lab_test:
        raise Http404
    scheme = current_scheme(competition.course)
    enrolments = sorted(students_of(competition.course), key=lambda e: (e.group, e.user.name))
    goal = LabTarget.objects.filter(competition=competition).first()
    given = dict(competition.requirement_points.values_list("enrolment", "points"))
    initial = {f"points{pk}": value for pk, value in given.items()}
    if goal:
        initial |= {"target": goal.target, "chance": goal.chance}
    form = LabTestForm(request.POST or None, initial=initial, enrolments=enrolments, scheme=scheme)
    if request.method == "POST" and form.is_valid():
        target, chance = form.cleaned_data["target"], form.cleaned_data["chance"]
        n_changed = mark_lab_test(competition, target=target, chance=chance, points=form.points(), actor=request.user)
        text = ngettext("The points of %(n)d student changed.", "The points of %(n)d students changed.", n_changed)
        messages.success(request, text % {"n": n_changed})
        return redirect("lab_test", slug=slug)
    scores, tests = lab_scores(competition), lab_tests(competition.course, scheme=scheme)
    context |= {
        "form": form,
        "scheme": scheme,
        "is_start_missing": goal is not None and bool(given) and not tests,
        "rows": [
            {
                "enrolment": e,
                "field": form[f"points{e.pk}"],
                "score": scores.get(e.user_id),
                "mark": lab_test_mark(tests[e.pk], scheme=scheme)[0] if e.pk in tests else None,
            }
            for e in enrolments
        ],
    }
    return render(request, "gradebook/lab_test.html", context, status=422 if form.errors else 200)
