"""What a competition's runs know beside the students' code: its starter code, the course's library, earlier terms."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from arena.competitions.views import competition_or_404
from arena.integrity import known_code
from arena.integrity.models import Collection, CollectionKind
from arena.integrity.uploads import MAX_BYTES, RefusedUpload
from arena.integrity.views import staff_context
from arena.parameters import whole_number
from arena.submissions.forms import MultipleFileField


class UploadForm(forms.Form):
    """Files of one kind; `kind` comes with the button."""

    files = MultipleFileField(label=gettext_lazy("files"), help_text=gettext_lazy(".py, .ipynb or a .zip of them"))

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["files"].widget.attrs |= {
            "accept": ".py,.ipynb,.zip",
            "data-max-bytes": MAX_BYTES,
            "data-too-large": _("This is too large."),
        }


class PublicForm(UploadForm):
    name = forms.CharField(label=gettext_lazy("name"), max_length=200)
    address = forms.URLField(label=gettext_lazy("address"), max_length=500, required=False, assume_scheme="https")
    note = forms.CharField(
        label=gettext_lazy("licence and notes"), required=False, max_length=2000, widget=forms.Textarea({"rows": 2})
    )
    field_order = ("name", "address", "note", "files")


class PastForm(UploadForm):
    name = forms.CharField(label=gettext_lazy("term"), max_length=200)
    note = forms.CharField(
        label=gettext_lazy("notes"), required=False, max_length=2000, widget=forms.Textarea({"rows": 2})
    )
    field_order = ("name", "note", "files")

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["files"].help_text = _(
            "A .zip with a folder or file per student, also this site's own archive of a competition. Authors become "
            "numbers; names in comments stay."
        )
        self.fields["files"].widget.attrs["accept"] = ".zip"


FORMS = {CollectionKind.STARTER: UploadForm, CollectionKind.PUBLIC: PublicForm, CollectionKind.PAST: PastForm}


@login_required
def known(request: HttpRequest, slug: str) -> HttpResponse:
    competition = competition_or_404(request, slug)
    context = staff_context(request, competition)
    if request.method == "POST" and "remove" in request.POST:
        rows = competition.starter_code.all() | known_code.library(competition.course)
        known_code.remove(get_object_or_404(rows, pk=whole_number(request.POST["remove"])), actor=request.user)
        messages.success(request, _("Removed. The next run no longer knows it."))
        return redirect("known_code", slug=slug)
    kind = request.POST.get("kind", "")
    made = {
        name: form(*((request.POST, request.FILES) if name == kind else ()), auto_id=f"{name}_%s")
        for name, form in FORMS.items()
    }
    form = made.get(kind)
    if form is not None and form.is_valid():
        fields = {name: form.cleaned_data[name] for name in ("name", "address", "note") if name in form.cleaned_data}
        uploads = [(file.name, file.read()) for file in form.cleaned_data["files"]]
        try:
            known_code.add(
                kind,
                course=competition.course,
                competition=competition,
                uploads=uploads,
                actor=request.user,
                **fields,
            )
        except RefusedUpload as error:
            form.add_error("files", str(error))
        else:
            messages.success(request, _("Added. The next run knows it."))
            return redirect("known_code", slug=slug)
    collections = Collection.objects.prefetch_related("works__files").select_related("added_by")
    context |= {
        "forms": made,
        "starter": collections.filter(competition=competition),
        "public": collections.filter(course=competition.course, kind=CollectionKind.PUBLIC),
        "past": collections.filter(course=competition.course, kind=CollectionKind.PAST),
    }
    is_refused = request.method == "POST"
    return render(request, "integrity/known_code.html", context, status=422 if is_refused else 200)
