"""The upload form."""

from __future__ import annotations

import uuid

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _


class MultipleFileInput(forms.ClearableFileInput):
    allow_multiple_selected = True
    template_name = "django/forms/widgets/file.html"


class MultipleFileField(forms.FileField):
    """One or more files; cleans to a list."""

    widget = MultipleFileInput

    def clean(self, data: object, initial: object = None) -> list[UploadedFile]:
        if not data and not self.required:
            return []
        items = data if isinstance(data, list | tuple) else [data]
        return [super(MultipleFileField, self).clean(item, initial) for item in items if item is not None or not data]


class UploadForm(forms.Form):
    """A predictions CSV, or code: one to ten .py files (or a .zip of them) and an optional report."""

    files = MultipleFileField(
        label=_("Files"),
        help_text=_(
            "A predictions .csv (or .csv.gz) alone, or your .py files with an optional report, or a .zip of these."
        ),
    )
    comment = forms.CharField(label=_("Comment"), max_length=200, required=False)
    # one for each form that is shown
    key = forms.CharField(widget=forms.HiddenInput, initial=uuid.uuid4, required=False)

    def __init__(self, *arguments: object, **keywords: object) -> None:
        super().__init__(*arguments, **keywords)
        self.fields["files"].widget.attrs |= {
            "data-choose": gettext("Choose files"),
            "data-drop": gettext("or drop them here"),
            "data-max-bytes": settings.ARENA_MAX_UPLOAD_BYTES,
            "data-too-large": too_large(),
        }

    def clean_files(self) -> list[UploadedFile]:
        files = self.cleaned_data["files"]
        if sum(file.size for file in files) > settings.ARENA_MAX_UPLOAD_BYTES:
            raise forms.ValidationError(too_large())
        return files


def too_large() -> str:
    """What is said about an upload above ARENA_MAX_UPLOAD_BYTES."""
    limit = settings.ARENA_MAX_UPLOAD_BYTES // 2**20
    sentence = gettext("The upload is larger than %(limit)d MB; predictions need one short line per id.")
    return sentence % {"limit": limit}
