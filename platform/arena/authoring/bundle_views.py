"""Upload a Codabench bundle, look at what is in it, make a draft of it."""

from __future__ import annotations

from datetime import timedelta

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from arena.authoring import bundles, forms
from arena.authoring.bundle_wording import explain_fault, explain_remark
from arena.authoring.views import course_or_404
from arena.competitions.datasets import InvalidDataset
from arena.competitions.models import Competition
from arena.courses.models import Course
from arena.submissions.intake import Refused
from arena.submissions.refusals import explain
from grader.codabench import BadBundle, Bundle


@login_required
def bundle(request: HttpRequest, slug: str) -> HttpResponse:
    """`archive` uploads, `create` makes the draft of what is under preview, `discard` throws it away."""
    course = course_or_404(request, slug)
    if "discard" in request.POST:
        bundles.discard(course, actor=request.user)
        return redirect("import_bundle", slug)
    is_upload = request.method == "POST" and "create" not in request.POST
    upload = forms.BundleUploadForm(request.POST if is_upload else None, request.FILES if is_upload else None)
    found = None
    try:
        if is_upload and upload.is_valid():
            bundles.keep(course, actor=request.user, upload=upload.cleaned_data["archive"])
            bundles.kept(course, actor=request.user)
            return redirect("import_bundle", slug)
        if not is_upload:
            found = bundles.kept(course, actor=request.user)
    except BadBundle as fault:
        bundles.discard(course, actor=request.user)
        if is_upload:
            upload.add_error("archive", explain_fault(fault))
        else:
            messages.error(request, explain_fault(fault))
    form = None
    if found is not None:
        form = _form(request, course, found)
        if request.method == "POST" and form.is_valid():
            try:
                competition = bundles.create(found, form.instance, actor=request.user)
            except InvalidDataset as error:
                form.add_error(None, str(error))
            except Refused as refusal:
                form.add_error(None, explain(refusal))
            else:
                messages.success(request, _("The competition is a draft now. Go through its steps."))
                return redirect("edit_data", competition.slug)
    context = {"course": course, "upload": upload, "form": form, "bundle": found}
    if found is not None:
        context |= _shown(found)
    is_wrong = bool(upload.errors or (form and form.errors)) or (request.method == "POST" and found is None)
    return render(request, "authoring/bundle.html", context, status=422 if is_wrong else 200)


def _form(request: HttpRequest, course: Course, found: Bundle) -> forms.BundleForm:
    when, now = bundles.window(found), timezone.localtime().replace(minute=0, second=0, microsecond=0)
    daily = next((phase.max_submissions_per_day for phase in found.phases if phase.max_submissions_per_day), None)
    initial = {
        "title": found.title[:200],
        "summary": found.description.strip()[:300],
        "metric": found.metric or "",
        "opens_at": when.opens_at or now,
        "deadline": when.deadline or now + timedelta(days=14),
        "daily_limit": daily or Competition._meta.get_field("daily_limit").default,
    }
    data = request.POST if "create" in request.POST else None
    return forms.BundleForm(data, instance=Competition(course=course), initial=initial)


def _shown(found: Bundle) -> dict[str, object]:
    last = set(found.phases[-1].tasks) if found.phases else set()
    last = last or {len(found.tasks) - 1}
    return {
        "remarks": list(dict.fromkeys(explain_remark(remark) for remark in found.remarks)),
        "tasks": [
            (task, len(task.truth), len(set(task.truth)), place in last) for place, task in enumerate(found.tasks)
        ],
        "files": [(name, len(data)) for name, data in sorted(bundles.public_files(found).items())],
        "left_out": sorted(found.leaks),
    }
