"""Labs: a list of them, and a page for the phone on which one tap records a first correct answer."""

from __future__ import annotations

import uuid
from collections import defaultdict

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from arena.courses.selectors import students_of
from arena.gradebook.labs import record_answer, remove_answer
from arena.gradebook.models import FirstAnswer, Lab
from arena.gradebook.selectors import current_scheme
from arena.gradebook.services import Refused
from arena.gradebook.views.access import page, staff_course_or_404
from arena.gradebook.wording import refusal
from arena.parameters import whole_number


class LabForm(forms.ModelForm):
    class Meta:
        model = Lab
        fields = ["title", "held_on"]
        widgets = {"held_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")}


@login_required
def labs(request: HttpRequest, slug: str) -> HttpResponse:
    """The labs of a course, with how many answers were recorded in each."""
    course = staff_course_or_404(request.user, slug)
    form = LabForm(request.POST or None, instance=Lab(course=course))
    if request.method == "POST" and form.is_valid():
        if Lab.objects.filter(course=course, title=form.cleaned_data["title"]).exists():
            form.add_error("title", form.instance.unique_error_message(Lab, ("title",)))
        else:
            return redirect("lab", pk=form.save().pk)
    counts: dict[int, int] = defaultdict(int)
    for lab in FirstAnswer.objects.filter(lab__course=course, removed_at=None).values_list("lab_id", flat=True):
        counts[lab] += 1
    rows = [{"lab": lab, "count": counts[lab.pk]} for lab in course.labs.all()]
    context = page(request, course) | {"form": form, "rows": rows}
    return render(request, "gradebook/lab_list.html", context, status=422 if form.errors else 200)


@login_required
def lab(request: HttpRequest, pk: int) -> HttpResponse:
    """Everybody as a button."""
    found = get_object_or_404(Lab.objects.select_related("course"), pk=pk)
    course = staff_course_or_404(request.user, found.course.slug)
    given: dict[int, list[FirstAnswer]] = defaultdict(list)
    for answer in FirstAnswer.objects.filter(lab=found, removed_at=None).select_related("enrolment__user"):
        given[answer.enrolment_id].append(answer)
    scheme = current_scheme(course)
    context = page(request, course) | {
        "lab": found,
        "rows": [{"enrolment": e, "count": len(given[e.pk])} for e in students_of(course)],
        "answers": [answer for answers in given.values() for answer in answers],
        "per_lab": scheme.answers_per_lab,
        "points": scheme.answer_points,
    }
    return render(request, "gradebook/lab_detail.html", context)


@login_required
@require_POST
def lab_answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Record or take back one answer; the phone may send it late, and more than once."""
    found = get_object_or_404(Lab.objects.select_related("course"), pk=pk)
    course = staff_course_or_404(request.user, found.course.slug)
    try:
        key = uuid.UUID(request.POST.get("key", "") or str(uuid.uuid4()))
    except ValueError:
        return JsonResponse({"message": "key"}, status=400)
    if "remove" in request.POST:
        answer = remove_answer(found, key=key, actor=request.user)
        if answer is None:
            return JsonResponse({"message": "key"}, status=404)
        enrolment = answer.enrolment
    else:
        chosen = whole_number(request.POST.get("enrolment"))
        enrolment = get_object_or_404(students_of(course), pk=chosen)
        try:
            record_answer(found, enrolment=enrolment, key=key, actor=request.user)
        except Refused as refused:
            return JsonResponse({"message": refusal(refused.code, refused.params)}, status=409)
    if "plain" in request.POST:
        return redirect("lab", pk=found.pk)
    count = FirstAnswer.objects.filter(lab=found, enrolment=enrolment, removed_at=None).count()
    return JsonResponse({"enrolment": enrolment.pk, "count": count})
