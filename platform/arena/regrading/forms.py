"""The form that opens a regrade: which submissions, why, how, and what is proposed."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from arena.competitions.models import CheckState, Competition, Solution
from arena.competitions.services import set_solution
from arena.competitions.unsuitable import explain_solution
from arena.parameters import whole_numbers
from arena.regrading.changes import CHANGEABLE, LIMITS, QUOTA, baselines_of, newest_document, plain
from arena.regrading.choosing import Choice
from arena.submissions.models import Type, VerdictChoice
from grader.metrics import METRICS, UnknownMetric, get_metric, with_positive
from grader.predictions import InvalidSolution
from grader.schemes import InvalidScheme, load_scheme

LOCAL = "%Y-%m-%dT%H:%M"


def _moment(label: object) -> forms.DateTimeField:
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format=LOCAL)
    return forms.DateTimeField(label=label, required=False, widget=widget, input_formats=[LOCAL])


HOW = [
    ("run", gettext_lazy("run the programs, score their predictions")),
    ("scores", gettext_lazy("score the stored predictions, without running code")),
    ("marks", gettext_lazy("compute the marks, without judging anything")),
]
AS_IS, BEST = "", "*"


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
    only_other_runtime = forms.BooleanField(
        label=gettext_lazy("Only programs that ran in another runtime than today's"), required=False
    )
    how = forms.ChoiceField(label=gettext_lazy("What is done again"), choices=HOW, required=False)
    n_runs = forms.IntegerField(
        label=gettext_lazy("Runs of each program"),
        min_value=1,
        max_value=20,
        initial=1,
        required=False,
        help_text=gettext_lazy("More than one shows how much its score varies; the median run counts."),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("only_other_runtime") and cleaned.get("how") in {"scores", "marks"}:
            self.add_error("how", _("Only a program that runs again shows what another runtime changes."))
        return cleaned

    def reasons(self) -> list[forms.BoundField]:
        return [self["reason"]]

    def groups(self) -> list[tuple[str, list[forms.BoundField], list[forms.BoundField]]]:
        """The other fields as they are laid out: (legend, fields in lines of their own, fields side by side)."""
        which = ("since", "until", "verdict", "type", "only_standing", "only_outdated", "only_other_runtime")
        return [
            (_("Which submissions"), [self["pasted"]], [self[name] for name in which]),
            (_("How"), [], [self["how"], self["n_runs"]]),
        ]


class ProposalForm(forms.Form):
    """What changes with it; empty means as it is. Nothing is changed before the regrade is applied."""

    metric = forms.ChoiceField(label=gettext_lazy("Metric"), required=False)
    positive = forms.CharField(
        label=gettext_lazy("Positive class"), required=False, max_length=60,
        help_text=gettext_lazy("Of a metric that looks for one of two classes, where it isn't 1."),
    )  # fmt: skip
    solution = forms.FileField(label=gettext_lazy("Hidden labels (.csv)"), required=False)
    gate_baseline = forms.ChoiceField(label=gettext_lazy("Baseline to exceed"), required=False)
    wall_time_s = forms.IntegerField(label=gettext_lazy("Time limit in seconds"), required=False, min_value=1)
    memory_mb = forms.IntegerField(label=gettext_lazy("Memory limit in MB"), required=False, min_value=64)
    processes = forms.IntegerField(label=gettext_lazy("Process limit"), required=False, min_value=1)
    disk_mb = forms.IntegerField(label=gettext_lazy("Disk limit in MB"), required=False, min_value=1)
    output_mb = forms.IntegerField(label=gettext_lazy("Log limit in MB"), required=False, min_value=1)
    daily_limit = forms.IntegerField(label=gettext_lazy("Submissions a day"), required=False, min_value=1)
    total_limit = forms.IntegerField(label=gettext_lazy("Submissions in all"), required=False, min_value=1)
    scheme = forms.CharField(
        label=gettext_lazy("Mark scheme of the course"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 12, "spellcheck": "false", "class": "document"}),
        help_text=gettext_lazy(
            "Change what should change; it becomes a version of its own when the regrade is applied."
        ),
    )

    def __init__(self, competition: Competition, *args: Any, **options: Any) -> None:
        initial = {"scheme": newest_document(competition)}
        super().__init__(*args, initial=initial, **options)
        self.competition = competition
        own = competition.programs.filter(state=CheckState.GOOD).values_list("name", flat=True)
        self.fields["metric"].choices = [
            (AS_IS, _as_it_is(competition.metric)),
            *((name, name) for name in [*own, *sorted(METRICS)]),
        ]
        best = _("the best of all")
        self.fields["gate_baseline"].choices = [
            (AS_IS, _as_it_is(competition.gate_baseline or best)),
            (BEST, best),
            *((name, name) for name in baselines_of(competition)),
        ]
        for name in (*LIMITS, *QUOTA):
            now = getattr(competition, name)
            self.fields[name].widget.attrs["placeholder"] = _("no limit") if now is None else now

    def small_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name not in {"solution", "scheme"}]

    def large_fields(self) -> list[forms.BoundField]:
        return [self["solution"], self["scheme"]]

    def is_filled_in(self) -> bool:
        """Whether somebody sent any proposal, right or wrong."""
        if not self.is_bound:
            return False
        is_other = plain(self.data.get("scheme", "")) not in {"", plain(newest_document(self.competition))}
        return is_other or bool(set(self.changed_data) - {"scheme"})

    def changes(self) -> dict[str, object]:
        found = {name: value for name in CHANGEABLE if (value := self.cleaned_data.get(name)) not in (None, AS_IS)}
        if positive := self.cleaned_data.get("positive"):
            found["metric"] = with_positive(str(found.get("metric", self.competition.metric)), positive)
        if found.get("gate_baseline") == BEST:
            found["gate_baseline"] = ""
        return {name: value for name, value in found.items() if value != getattr(self.competition, name)}

    def clean_positive(self) -> str:
        positive = self.cleaned_data["positive"].strip()
        chosen = self.cleaned_data.get("metric")
        if positive:
            try:
                get_metric(with_positive(self.competition.metric if chosen in (None, "", AS_IS) else chosen, positive))
            except UnknownMetric as error:
                raise forms.ValidationError(str(error)) from error
        return positive

    def clean_scheme(self) -> str:
        """The document if it is another one than the course's newest, else nothing."""
        document = plain(self.cleaned_data["scheme"])
        if document in {"", plain(newest_document(self.competition))}:
            return ""
        try:
            load_scheme(document)
        except InvalidScheme as error:
            raise forms.ValidationError(str(error)) from error
        return document

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
                    self.add_error("solution", explain_solution(error))
        return cleaned


def _as_it_is(now: str) -> str:
    return _("%(now)s, as it is") % {"now": now}


def choice_of(cleaned: dict[str, Any], picked: list[str]) -> Choice:
    """The form's answers as a choice."""
    return Choice(
        since=cleaned["since"], until=cleaned["until"], verdicts=[v for v in [cleaned["verdict"]] if v],
        types=[t for t in [cleaned["type"]] if t], ids=whole_numbers(picked),
        only_standing=cleaned["only_standing"], only_outdated=cleaned["only_outdated"],
        only_other_runtime=cleaned["only_other_runtime"], pasted=cleaned["pasted"],
    )  # fmt: skip
