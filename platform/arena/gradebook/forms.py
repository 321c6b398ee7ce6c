"""Entering the marks of one student, and those of a lab test for everybody; tables; publishing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _

from arena.courses.models import Enrolment
from arena.gradebook.models import InvalidProject
from arena.gradebook.selectors import ComponentField
from grader.schemes import Scheme

MOST_LABS, MOST_ANSWERS = 20, 50


class MarksForm(forms.Form):
    """One optional field per component of the scheme, and why it changes."""

    def __init__(self, *args: object, fields: Sequence[ComponentField], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        for one in fields:
            self.fields[one.code] = forms.DecimalField(
                label=one.label,
                min_value=one.low,
                max_value=one.high,
                max_digits=5,
                decimal_places=2,
                required=False,
                localize=True,
            )
        self.fields["lab_answers"] = forms.CharField(
            label=_("First correct answers, lab by lab"),
            help_text=_("A number for each lab in turn, such as 2, 0, 1."),
            required=False,
            max_length=100,
        )
        reasons = [("", _("valid")), *InvalidProject.Reason.choices]
        self.fields["project_reason"] = forms.ChoiceField(label=_("The project is"), choices=reasons, required=False)
        self.fields["project_note"] = forms.CharField(label=_("Note"), max_length=300, required=False)
        self.fields["reason"] = forms.CharField(label=_("Reason"), max_length=300, required=False)

    def clean_lab_answers(self) -> tuple[int, ...]:
        words = re.split(r"[,;\s]+", self.cleaned_data["lab_answers"].strip())
        words = [word for word in words if word]
        if not all(re.fullmatch("[0-9]{1,2}", word) and int(word) <= MOST_ANSWERS for word in words):
            raise forms.ValidationError(_("Write whole numbers with commas between them, such as 2, 0, 1."))
        if len(words) > MOST_LABS:
            raise forms.ValidationError(_("These are more labs than a term has."))
        return tuple(int(word) for word in words)


class LabTestForm(forms.Form):
    """The scores that count and, per student, the points for the requirements."""

    target = forms.FloatField(label=_("Score that gives the full points"), required=False, localize=True)
    chance = forms.FloatField(label=_("Score of chance"), required=False, localize=True)

    def __init__(self, *args: object, enrolments: Sequence[Enrolment], scheme: Scheme, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.enrolments = enrolments
        for enrolment in enrolments:
            field = forms.DecimalField(
                label=enrolment.user.name,
                min_value=Decimal(0),
                max_value=scheme.test_requirement_points,
                max_digits=4,
                decimal_places=2,
                required=False,
                localize=True,
            )
            field.widget.attrs["aria-label"] = enrolment.user.name
            self.fields[f"points{enrolment.pk}"] = field

    def points(self) -> dict[int, Decimal | None]:
        return {e.pk: self.cleaned_data[f"points{e.pk}"] for e in self.enrolments}


class TableForm(forms.Form):
    """A table of marks to import."""

    table = forms.FileField(
        label=_("Table"),
        help_text=_("A .csv or .xlsx, also a gradebook of Moodle or Canvas. Decimals may have a comma."),
    )


class PublishForm(forms.Form):
    """Why marks are published again, and that gaps are meant."""

    reason = forms.CharField(label=_("Reason"), max_length=300, required=False)
    despite = forms.BooleanField(label=_("Publish although something is incomplete"), required=False)
