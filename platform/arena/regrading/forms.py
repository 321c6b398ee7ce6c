"""The form that opens a regrade: which submissions, why, how, and what is proposed."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from arena.competitions.models import Competition, Solution
from arena.competitions.services import set_solution
from arena.regrading.choosing import Choice
from arena.regrading.services import CHANGEABLE
from arena.submissions.models import Type, VerdictChoice
from grader.metrics import METRICS
from grader.predictions import InvalidSolution

LOCAL = "%Y-%m-%dT%H:%M"


def _moment(label: object) -> forms.DateTimeField:
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format=LOCAL)
    return forms.DateTimeField(label=label, required=False, widget=widget, input_formats=[LOCAL])


class RegradeForm(forms.Form):
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=300)
    pasted = forms.CharField(
        label=gettext_lazy("Only these"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy(
            "Numbers of submissions, e-mail addresses, or beginnings of a file's SHA-256, as pasted from anywhere."
        ),
    )
    since = _moment(gettext_lazy("Submitted from"))
    until = _moment(gettext_lazy("Submitted before"))
    verdict = forms.ChoiceField(
        label=gettext_lazy("Verdict"),
        choices=[("", gettext_lazy("every verdict")), *VerdictChoice.choices],
        required=False,
    )
    type = forms.ChoiceField(
        label=gettext_lazy("Type"), choices=[("", gettext_lazy("every type")), *Type.choices], required=False
    )
    only_standing = forms.BooleanField(label=gettext_lazy("Only those that stand on a board"), required=False)
    only_outdated = forms.BooleanField(
        label=gettext_lazy("Only those judged with other labels, metric or runtime than today's"), required=False
    )
    scores_only = forms.BooleanField(
        label=gettext_lazy("Score the stored predictions again, without running code"), required=False
    )
    n_runs = forms.IntegerField(
        label=gettext_lazy("Runs of each program"),
        min_value=1,
        max_value=20,
        initial=1,
        required=False,
        help_text=gettext_lazy("More than one shows how much its score varies; the median run counts."),
    )


class ProposalForm(forms.Form):
    """What changes with it; empty means as it is. Nothing is changed before the regrade is applied."""

    metric = forms.ChoiceField(label=gettext_lazy("Metric"), required=False)
    solution = forms.FileField(label=gettext_lazy("Hidden labels (.csv)"), required=False)
    wall_time_s = forms.IntegerField(label=gettext_lazy("Time limit in seconds"), required=False, min_value=1)
    memory_mb = forms.IntegerField(label=gettext_lazy("Memory limit in MB"), required=False, min_value=64)

    def __init__(self, competition: Competition, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.competition = competition
        unchanged = _("%(now)s, as it is") % {"now": competition.metric}
        self.fields["metric"].choices = [("", unchanged), *((name, name) for name in sorted(METRICS))]
        for name in ("wall_time_s", "memory_mb"):
            self.fields[name].widget.attrs["placeholder"] = getattr(competition, name)

    def changes(self) -> dict[str, object]:
        return {name: value for name in CHANGEABLE if (value := self.cleaned_data.get(name)) not in (None, "")}

    def clean(self) -> dict[str, Any]:
        """Store the proposed labels, once everything else is right."""
        cleaned = super().clean() or self.cleaned_data
        self.stored: Solution | None = None
        upload = cleaned.get("solution")
        if upload is not None and not self.errors:
            with tempfile.TemporaryDirectory(prefix="arena-labels-") as folder:
                path = Path(folder) / "solution.csv"
                path.write_bytes(upload.read())
                try:
                    self.stored = set_solution(self.competition, path=path, is_proposed=True)
                except InvalidSolution as error:
                    self.add_error("solution", str(error))
        return cleaned


def choice_of(cleaned: dict[str, Any], picked: list[str]) -> Choice:
    """The form's answers as a choice."""
    return Choice(
        since=cleaned["since"], until=cleaned["until"], verdicts=[v for v in [cleaned["verdict"]] if v],
        types=[t for t in [cleaned["type"]] if t], ids=[int(pk) for pk in picked if pk.isdecimal()],
        only_standing=cleaned["only_standing"], only_outdated=cleaned["only_outdated"], pasted=cleaned["pasted"],
    )  # fmt: skip
