"""What people write about a competition."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class PostForm(forms.Form):
    text = forms.CharField(label=_("text"), max_length=4000, widget=forms.Textarea(attrs={"rows": 4}))


class AnswerForm(forms.Form):
    answer = forms.CharField(label=_("answer"), max_length=4000, widget=forms.Textarea(attrs={"rows": 3}))
    is_public = forms.BooleanField(label=_("show question and answer to everybody"), required=False, initial=True)
