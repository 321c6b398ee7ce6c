"""The forms of a course: a new one, and what can be changed of one that runs."""

from __future__ import annotations

from datetime import date

from django import forms
from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from arena.courses.models import Course
from arena.gradebook.models import Kind
from arena.gradebook.selectors import examination_of
from grader.schemes import preset_names

DAYS = {Kind.FIRST: "first_on", Kind.AGAIN: "again_on"}


class DayInput(forms.DateInput):
    """A browser's own calendar."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class CourseForm(forms.ModelForm):
    """What a course is called, its language, and the days of its examinations."""

    first_on = forms.DateField(label=_("first examination"), widget=DayInput(), required=False)
    again_on = forms.DateField(
        label=_("re-examination"),
        widget=DayInput(),
        required=False,
        help_text=_("Days that are not known yet stay empty; students see them with their mark."),
    )

    class Meta:
        model = Course
        fields = ("title", "term", "language")
        help_texts = {
            "term": _("For example 2026/27."),
            "language": _("Of invitations, and of pages for people who have chosen no language."),
        }

    def __init__(self, *arguments: object, **keywords: object) -> None:
        super().__init__(*arguments, **keywords)
        choices = [("", _("as each browser asks")), *settings.LANGUAGES]
        self.fields["language"] = forms.ChoiceField(
            label=self.fields["language"].label,
            help_text=self.fields["language"].help_text,
            choices=choices,
            required=False,
        )
        if self.instance.pk:
            for kind, name in DAYS.items():
                self.fields[name].initial = examination_of(self.instance, kind).held_on

    def clean(self) -> dict[str, object]:
        data = super().clean()
        first, again = data.get("first_on"), data.get("again_on")
        if first and again and again <= first:
            self.add_error("again_on", gettext("The re-examination comes after the first examination."))
        return data

    def days(self) -> dict[str, date | None]:
        return {str(kind): self.cleaned_data[name] for kind, name in DAYS.items()}


class NewCourseForm(CourseForm):
    """A new course, perhaps from an earlier one."""

    source = forms.ModelChoiceField(
        label=_("Start from"),
        queryset=None,
        required=False,
        empty_label=_("an empty course"),
        help_text=_("Takes over the scheme, the competitions as drafts, and the labs. People are never taken over."),
    )
    weeks = forms.IntegerField(
        label=_("Move its dates by so many weeks"), initial=52, min_value=0, max_value=520, required=False
    )
    preset = forms.ChoiceField(label=_("Scheme"), required=False)

    class Meta(CourseForm.Meta):
        fields = ("title", "term", "slug", "language")
        labels = {"slug": _("address")}
        help_texts = CourseForm.Meta.help_texts | {
            "slug": _("Letters, digits and hyphens; part of every link. Left empty, title and term make it.")
        }

    def __init__(self, *arguments: object, sources: QuerySet[Course], **keywords: object) -> None:
        super().__init__(*arguments, **keywords)
        self.fields["slug"].required = False
        names = [(name, _("the preset “%(name)s”") % {"name": name}) for name in preset_names()]
        if sources.exists():
            self.fields["source"].queryset = sources
            names.insert(0, ("", _("as in the course to start from")))
        else:
            del self.fields["source"], self.fields["weeks"]
        self.fields["preset"].choices = names
        order = ["title", "term", "slug", "language", "first_on", "again_on", "source", "weeks", "preset"]
        self.order_fields(order)
