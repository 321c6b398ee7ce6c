"""The steps of making a competition, for instructors."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_POST

from arena.accounts.idempotency import once
from arena.audit.services import record as audit
from arena.authoring import forms, packages, services
from arena.authoring.own_metrics import check_again
from arena.competitions.datasets import InvalidDataset, check_dataset
from arena.competitions.definition import Locked
from arena.competitions.models import Competition
from arena.competitions.rendering import render_markdown
from arena.competitions.services import set_data, set_rules
from arena.competitions.views import competition_or_404, page_context
from arena.courses.models import Course, Role
from arena.courses.selectors import courses_of, is_instructor
from arena.submissions.intake import Refused, by_name
from arena.submissions.refusals import explain
from grader.splitting import InvalidTable, split_labelled
from reference_models import catalogue


def _mine(request: HttpRequest, slug: str) -> Competition:
    competition = competition_or_404(request, slug)
    if not is_instructor(request.user, competition.course):
        raise PermissionDenied
    return competition


OTHER_LABELS = gettext_noop(
    "Students have results by the present labels. Propose other ones in a regrade, which judges all anew."
)


def course_or_404(request: HttpRequest, slug: str) -> Course:
    """A course that the person instructs."""
    course = get_object_or_404(courses_of(request.user), slug=slug)
    if not is_instructor(request.user, course):
        raise PermissionDenied
    return course


def _page(request: HttpRequest, step: str, competition: Competition, *forms_: object, **more: object) -> HttpResponse:
    context = page_context(request, competition) | {"step": step} | more
    status = 422 if any(form.errors for form in forms_) else 200
    return render(request, f"authoring/{step}.html", context, status=status)


@login_required
@once
def create(request: HttpRequest, slug: str) -> HttpResponse:
    """A new draft: what it is and when it runs."""
    course = course_or_404(request, slug)
    competition = Competition(course=course, is_published=False)
    form = forms.BasicsForm(request.POST or None, instance=competition)
    limits = forms.LimitsForm(request.POST or None, instance=competition)
    if request.method == "POST" and form.is_valid() and limits.is_valid():
        services.save_settings(competition, actor=request.user, changed=[*form.changed_data, *limits.changed_data])
        return redirect("edit_data", competition.slug)
    status = 422 if form.errors or limits.errors else 200
    context = {"form": form, "limits": limits, "course": course, "importing": forms.ImportForm()}
    return render(request, "authoring/create.html", context, status=status)


@login_required
def basics(request: HttpRequest, slug: str) -> HttpResponse:
    competition = _mine(request, slug)
    form = forms.BasicsForm(request.POST or None, instance=competition)
    limits = forms.LimitsForm(request.POST or None, instance=competition)
    if request.method == "POST" and form.is_valid() and limits.is_valid():
        services.save_settings(competition, actor=request.user, changed=[*form.changed_data, *limits.changed_data])
        messages.success(request, _("Saved."))
        return redirect("edit_basics" if competition.is_published else "edit_data", competition.slug)
    # a refused form must not change what the page's head says
    shown = competition if not form.errors else Competition.objects.get(pk=competition.pk)
    return _page(request, "basics", shown, form, limits, form=form, limits=limits)


@login_required
def data(request: HttpRequest, slug: str) -> HttpResponse:
    """Cut a labelled table, or take files that were cut before; what is saved is shown below."""
    competition = _mine(request, slug)
    is_split, is_files = "labelled" in request.FILES, "solution" in request.FILES
    is_split = is_split or request.POST.get("way") == "split"
    is_files = is_files or request.POST.get("way") == "files"
    split = forms.SplitForm(request.POST if is_split else None, request.FILES if is_split else None)
    files = forms.FilesForm(request.POST if is_files else None, request.FILES if is_files else None)
    chosen = split if is_split else files
    accepting = forms.AcceptLeaksForm(request.POST if request.POST.get("way") == "accept" else None)
    if accepting.is_valid():
        services.accept_leaks(competition, reason=accepting.cleaned_data["reason"], actor=request.user)
        return redirect("edit_data", competition.slug)
    if request.method == "POST" and chosen.is_valid():
        try:
            public, solution = _cut(competition, split) if is_split else _taken(files)
            dataset = check_dataset(public, solution, id_column=competition.id_column, metric=competition.metric)
            set_data(competition, dataset, actor=request.user)
        except Refused as refusal:
            chosen.add_error(None, explain(refusal))
        except (InvalidTable, InvalidDataset) as error:
            chosen.add_error(None, str(error))
        except Locked:
            chosen.add_error(None, _(OTHER_LABELS))
        else:
            check_again(competition)
            if is_split:
                cut = {name: split.cleaned_data[name] for name in ("seed", "keep_ids", "test_share", "public_share")}
                audit("competition.cut", competition, actor=request.user, **cut)
            messages.success(request, _("The data is checked and saved."))
            return redirect("edit_data", competition.slug)
    checks = services.data_checks(competition)
    leaks = services.unaccepted_leaks(competition)
    return _page(
        request, "data", competition, split, files, accepting, split=split, files_form=files, accepting=accepting,
        checks=checks, leaks=leaks,
    )  # fmt: skip


def _cut(competition: Competition, form: forms.SplitForm) -> tuple[dict[str, bytes], bytes]:
    chosen = form.cleaned_data
    parts = split_labelled(
        chosen["labelled"].read(),
        target_columns=chosen["target"],
        id_column=competition.id_column,
        test_share=chosen["test_share"],
        public_share=chosen["public_share"],
        seed=chosen["seed"],
        keep_ids=chosen["keep_ids"],
    )
    public = {"train.csv": parts.train, "test.csv": parts.test, "sample_submission.csv": parts.sample}
    return {name: text.encode() for name, text in public.items()}, parts.solution.encode()


def _taken(form: forms.FilesForm) -> tuple[dict[str, bytes], bytes]:
    return by_name((f.name, f.read()) for f in form.cleaned_data["public"]), form.cleaned_data["solution"].read()


@login_required
def task(request: HttpRequest, slug: str) -> HttpResponse:
    competition = _mine(request, slug)
    form = forms.TaskForm(request.POST or None, instance=competition)
    if request.method == "POST" and form.is_valid():
        services.save_settings(competition, actor=request.user, changed=form.changed_data)
        if set_rules(competition, form.cleaned_data["rules"], actor=request.user) and competition.is_published:
            messages.info(request, _("Students are asked to accept the new rules before their next submission."))
        messages.success(request, _("Saved."))
        return redirect("edit_task" if competition.is_published else "edit_baselines", competition.slug)
    return _page(request, "task", competition, form, form=form)


@login_required
@require_POST
def preview(request: HttpRequest, slug: str) -> HttpResponse:
    """The Markdown of a field as the task's page will show it."""
    competition = _mine(request, slug)
    text = request.POST.get(request.GET.get("field", "description"), "")[:100_000]
    html = render_markdown(text, files_at=f"/competitions/{competition.slug}/")
    return HttpResponse(html or f"<p>{_('Nothing to show yet.')}</p>")


@login_required
@once
def baselines(request: HttpRequest, slug: str) -> HttpResponse:
    competition = _mine(request, slug)
    models = [(model.path, f"{model.path}: {_(model.title)}") for model in catalogue.MODELS]
    form = forms.BaselineForm(request.POST or None, request.FILES or None, models=models)
    if request.method == "POST" and form.is_valid():
        try:
            files = by_name((file.name, file.read()) for file in form.cleaned_data["files"] or [])
            services.add_baseline(competition, actor=request.user, model=form.cleaned_data["model"], files=files)
        except Refused as refusal:
            form.add_error(None, explain(refusal))
        except services.NotReady as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The baseline is queued."))
            return redirect("edit_baselines", competition.slug)
    rows = competition.submissions.filter(is_baseline=True)
    is_waiting = rows.exclude(status__in=("finished", "cancelled")).exists()
    if request.htmx:
        return render(request, "authoring/_baselines.html", {"rows": rows, "is_waiting": is_waiting})
    return _page(request, "baselines", competition, form, form=form, rows=rows, is_waiting=is_waiting)


@login_required
@once
def publish(request: HttpRequest, slug: str) -> HttpResponse:
    competition = _mine(request, slug)
    if request.method == "POST":
        try:
            services.publish(competition, actor=request.user)
        except services.NotReady as error:
            messages.error(request, str(error))
            return redirect("edit_publish", competition.slug)
        messages.success(request, _("Students see the competition now."))
        return redirect("competition", competition.slug)
    checks = services.checks(competition, at=timezone.now())
    description = mark_safe(render_markdown(competition.description))  # noqa: S308 - cleaned by nh3
    is_ready = all(check.is_met for check in checks)
    return _page(request, "publish", competition, checks=checks, is_ready=is_ready, description=description)


@login_required
@once
def extensions(request: HttpRequest, slug: str) -> HttpResponse:
    """Later deadlines of single students."""
    competition = _mine(request, slug)
    form = forms.ExtensionForm(request.POST or None, competition=competition)
    if request.method == "POST" and form.is_valid():
        services.extend(competition, actor=request.user, **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("edit_extensions", competition.slug)
    rows = competition.extensions.select_related("user")
    return _page(request, "extensions", competition, form, form=form, rows=rows)


@login_required
@once
def duplicate(request: HttpRequest, slug: str) -> HttpResponse:
    competition = _mine(request, slug)
    mine = courses_of(request.user)
    if not request.user.is_superuser:
        mine = mine.filter(enrolments__user=request.user, enrolments__role=Role.INSTRUCTOR)
    initial = {
        "course": competition.course,
        "slug": f"{competition.slug[:44]}-copy",
        "opens_at": timezone.localtime().replace(minute=0),
        "deadline": (timezone.localtime() + (competition.deadline - competition.opens_at)).replace(minute=59, hour=23),
    }
    form = forms.DuplicateForm(request.POST or None, courses=mine.distinct(), initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            copy = services.duplicate(competition, actor=request.user, **form.cleaned_data)
        except (Refused, InvalidDataset) as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The copy is a draft; its baselines are being judged."))
            return redirect("edit_basics", copy.slug)
    return _page(request, "duplicate", competition, form, form=form)


@login_required
def export(request: HttpRequest, slug: str) -> HttpResponse:
    """The competition as a zip, hidden solution included."""
    competition = _mine(request, slug)
    response = HttpResponse(packages.export(competition), content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{competition.slug}.zip"'
    return response


@login_required
@require_POST
@once
def load(request: HttpRequest, slug: str) -> HttpResponse:
    course = course_or_404(request, slug)
    form = forms.ImportForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            competition = packages.load(form.cleaned_data["archive"].read(), course=course, actor=request.user)
        except packages.InvalidPackage as error:
            form.add_error("archive", str(error))
        else:
            messages.success(request, _("The competition is a draft now; its baselines are being judged."))
            return redirect("edit_basics", competition.slug)
    empty = Competition(course=course)
    context = {
        "form": forms.BasicsForm(instance=empty),
        "limits": forms.LimitsForm(instance=empty),
        "course": course,
        "importing": form,
    }
    return render(request, "authoring/create.html", context, status=422)
