"""The steps in which an instructor makes a competition."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from decimal import Decimal

from django import forms
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from arena.accounts.models import User
from arena.competitions.definition import LOCKED, is_locked
from arena.competitions.lateness import problems
from arena.competitions.models import CheckState, Competition, Extension, Kind, MetricProgram
from arena.courses.models import Role
from arena.submissions.forms import MultipleFileField
from grader.metrics import METRICS, UnknownMetric, get_metric

LOCAL = "%Y-%m-%dT%H:%M"


class MomentInput(forms.DateTimeInput):
    """A browser's own date and time picker, in the course's time zone."""

    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__(format=LOCAL)


class BasicsForm(forms.ModelForm):
    """What the competition is, when it runs and how often one may try."""

    class Meta:
        model = Competition
        fields = (
            "title",
            "title_ro",
            "slug",
            "summary",
            "summary_ro",
            "kind",
            "metric",
            "id_column",
            "opens_at",
            "deadline",
            "freezes_at",
            "late_hours",
            "late_deduction",
            "late_most",
            "team_size",
            "teams_until",
            "daily_limit",
            "total_limit",
            "n_final",
            "is_project",
            "is_lab_test",
            "must_reproduce",
            "reproduction_tolerance",
            "has_ladder",
            "is_private_board_shown",
            "is_certainty_shown",
        )
        labels = {
            "title_ro": _("title in Romanian"),
            "summary_ro": _("summary in Romanian"),
            "slug": _("address"),
            "kind": _("what students hand in"),
            "id_column": _("name of the id column"),
        }
        help_texts = {
            "slug": _(
                "Letters, digits and hyphens; part of every link to the competition. Left empty, the title makes it."
            ),
            "summary": _("One sentence for the first page."),
            "metric": _(
                "The name of a metric, such as accuracy, macro_f1 or map@3. Of two classes 1 is the positive one; another one is "
                "named so: binary_f1_score[positive=ill]."
            ),
            "total_limit": _("Empty: no limit beside the daily one."),
            "n_final": _("Of these the best private score counts. Without a choice the best public submission counts."),
            "freezes_at": _("From then until the deadline students see the public board as it stood. Empty: never."),
            "late_hours": _(
                "For so long after each one's deadline something is still taken, as late. Empty: nothing is."
            ),
            "late_deduction": _(
                "Of the project's mark, for each day begun. 0: late hand-ins count, and are marked as late."
            ),
            "team_size": _(
                "1: everybody takes part alone. A team has one row, one limit and one rank for all its members."
            ),
            "teams_until": _("Until then students form, join and leave teams. Empty: until the deadline."),
            "late_most": _("Empty: no cap but the lowest mark."),
            "is_project": _("Its private ranks become project marks. One competition of a course can."),
            "has_ladder": _(
                "A student's public score moves only when a submission is better than their best shown one by more than two "
                "standard errors of the difference. It keeps people from reading the public rows out."
            ),
            "is_certainty_shown": _("Together with the private board. The staff always see it."),
            "must_reproduce": _("Students add their code to final predictions; after the deadline you let it run."),
            "is_private_board_shown": _("Students see it once the deadline has passed. Before, nobody but staff does."),
        }

    def __init__(self, *arguments: object, **keywords: object) -> None:
        super().__init__(*arguments, **keywords)
        for name in ("opens_at", "deadline", "freezes_at", "teams_until"):
            self.fields[name].widget = MomentInput()
        self.fields["slug"].required = False
        for name in ("reproduction_tolerance", "late_deduction", "team_size"):
            self.fields[name].required = False
        self.fields["metric"].widget.attrs |= {"list": "metrics", "autocomplete": "off"}
        if self.instance.pk is None:
            now = timezone.localtime().replace(minute=0, second=0, microsecond=0)
            # the form's own initial values: the instance's, which are None, would hide those of the fields
            self.initial["opens_at"] = now
            self.initial["deadline"] = (now + timedelta(days=14)).replace(hour=23, minute=59)
        elif self.instance.submissions.exists():
            # links, uploads and results hang on these
            for name in ("slug", "id_column"):
                self.fields[name].disabled = True
        if is_locked(self.instance):
            for name in LOCKED & set(self.fields):
                self.fields[name].disabled = True
                self.fields[name].help_text = gettext(
                    "Locked: students have results by it. A regrade changes it, judges all anew and shows what moves."
                )

    @staticmethod
    def metric_names() -> list[str]:
        return sorted(METRICS)

    def clean_metric(self) -> str:
        try:
            found = get_metric(self.cleaned_data["metric"])
        except UnknownMetric as error:
            raise forms.ValidationError(
                gettext("There is no metric of this name. These are near it or listed: %(why)s") % {"why": error}
            ) from error
        if found.takes == "own" and not self._has_program(found.name):
            raise forms.ValidationError(
                gettext("Upload the program in the step “Own metric”; it is used once it is checked.")
            )
        return self.cleaned_data["metric"]

    def clean_team_size(self) -> int:
        return self.cleaned_data["team_size"] or 1

    def clean_late_deduction(self) -> Decimal:
        return self.cleaned_data["late_deduction"] or Decimal(0)

    def _has_program(self, name: str) -> bool:
        return self.instance.pk is not None and self.instance.programs.filter(name=name, state=CheckState.GOOD).exists()

    def clean_reproduction_tolerance(self) -> float:
        return self.cleaned_data["reproduction_tolerance"] or 0.0

    def clean_slug(self) -> str:
        wished = self.cleaned_data["slug"]
        if wished:
            return wished
        base = slugify(self.cleaned_data.get("title", ""))[:40] or "competition"
        taken = set(Competition.objects.filter(slug__startswith=base).values_list("slug", flat=True))
        return next(slug for n in range(1, 10**6) if (slug := base if n == 1 else f"{base}-{n}") not in taken)

    def clean(self) -> dict[str, object]:
        data = super().clean()
        if data.get("opens_at") and data.get("deadline") and data["deadline"] <= data["opens_at"]:
            self.add_error("deadline", gettext("The deadline must lie after the opening."))
        times = [data.get(name) for name in ("opens_at", "freezes_at", "deadline")]
        if all(times) and not times[0] < times[1] < times[2]:
            self.add_error("freezes_at", gettext("The board must freeze between the opening and the deadline."))
        for name, text in problems(data).items():
            self.add_error(name, text)
        data = self._check_teams(data)
        if data.get("must_reproduce") and data.get("kind") != Kind.BOTH:
            self.add_error("must_reproduce", gettext("This needs a competition that takes predictions and code."))
        others = Competition.objects.filter(course=self.instance.course, is_project=True).exclude(pk=self.instance.pk)
        if data.get("is_project") and (other := others.first()):
            self.add_error("is_project", gettext("“%(title)s” is this course's project already.") % {"title": other})
        if data.get("n_final") == 0:
            self.add_error("n_final", gettext("At least one submission must count."))
        return data

    def _check_teams(self, data: dict[str, object]) -> dict[str, object]:
        size, until = data.get("team_size") or 1, data.get("teams_until")
        if size == 1 and self.instance.pk and self.instance.teams.exists():
            self.add_error("team_size", gettext("There are teams already; split them first."))
        if until and size == 1:
            self.add_error("teams_until", gettext("Without teams there is nothing to change."))
        elif until and data.get("deadline") and until > data["deadline"]:
            self.add_error("teams_until", gettext("Teams must stand by the deadline."))
        return data


class LimitsForm(forms.ModelForm):
    """What one run of a student's code may use."""

    class Meta:
        model = Competition
        fields = ("wall_time_s", "memory_mb", "processes", "disk_mb", "output_mb", "gpus", "is_warm")
        labels = {"gpus": _("graphics processors")}
        help_texts = {
            "wall_time_s": _("Measured as the time of two processors, so that a busy machine fails nobody."),
            "is_warm": _("Programs start from imports that are done already: faster, with somewhat less isolation."),
        }


class SplitForm(forms.Form):
    """One labelled table, cut by the site."""

    labelled = forms.FileField(
        label=_("Labelled table"), help_text=_("A CSV with a header, one row per example, labels included.")
    )
    target = forms.CharField(label=_("Label columns"), initial="label", help_text=_("Several are separated by commas."))
    test_share = forms.FloatField(label=_("Hidden share"), initial=0.3, min_value=0.01, max_value=0.95)
    public_share = forms.FloatField(
        label=_("Public share of the hidden rows"),
        initial=0.3,
        min_value=0,
        max_value=0.95,
        help_text=_("These rows decide the public board; the others decide the marks."),
    )
    seed = forms.IntegerField(
        label=_("Seed"),
        initial=lambda: secrets.randbits(62),
        min_value=0,
        max_value=2**63 - 1,
        help_text=_("The same seed makes the same cut. Keep it secret: with it, the new ids tell the old order."),
    )
    keep_ids = forms.BooleanField(
        label=_("Keep my ids"),
        required=False,
        help_text=_(
            "Otherwise rows get new ids by lot, which tell neither order nor label. Files beside the table that name rows by id need yours."
        ),
    )

    def clean_target(self) -> tuple[str, ...]:
        return tuple(name.strip() for name in self.cleaned_data["target"].split(",") if name.strip())


class FilesForm(forms.Form):
    """Files that were cut elsewhere."""

    solution = forms.FileField(
        label=_("Solution"),
        help_text=_("id, label columns and, where the board has a public part, Usage: Public, Private or Ignored."),
    )
    public = MultipleFileField(
        label=_("Public files"),
        help_text=_(
            "train.csv, test.csv and whatever else students need. A sample submission is made if it is missing."
        ),
    )


class AcceptLeaksForm(forms.Form):
    """Why what looks like a leak is right as it is."""

    reason = forms.CharField(label=_("Why this is right as it is"), max_length=300)


class MetricForm(forms.Form):
    """A metric of the instructor's own."""

    program = forms.FileField(
        label=_("Program"),
        help_text=_("A .py file with score(solution, submission, row_id_column_name), as on Kaggle."),
    )
    direction = forms.ChoiceField(
        label=_("direction"), choices=MetricProgram._meta.get_field("direction").choices, initial="higher"
    )


class TaskForm(forms.ModelForm):
    """The task's page in two languages, and rules to accept."""

    rules = forms.CharField(
        label=_("rules"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("Students accept them before their next submission. A changed text is a new version."),
    )

    class Meta:
        model = Competition
        fields = ("description", "description_ro")
        labels = {"description_ro": _("description in Romanian")}
        help_texts = {"description": _("Markdown. A public file is shown by ![its name](files/plot.png).")}

    def __init__(self, *arguments: object, **keywords: object) -> None:
        super().__init__(*arguments, **keywords)
        newest = self.instance.rules.first()
        self.fields["rules"].initial = newest.text if newest else ""
        for name in ("description", "description_ro"):
            self.fields[name].widget.attrs |= {"rows": 16, "class": "mono"}


class BaselineForm(forms.Form):
    """A model of the catalogue or a program of one's own."""

    model = forms.ChoiceField(label=_("Reference model"), required=False)
    files = MultipleFileField(label=_("Or your own .py files"), required=False)

    def __init__(self, *arguments: object, models: list[tuple[str, str]], **keywords: object) -> None:
        super().__init__(*arguments, **keywords)
        self.fields["model"].choices = [("", "—"), *models]

    def clean(self) -> dict[str, object]:
        data = super().clean()
        if bool(data.get("model")) == bool(data.get("files")):
            raise forms.ValidationError(gettext("Choose a reference model or upload a program, one of the two."))
        return data


class ExtensionForm(forms.ModelForm):
    """A later deadline for one student; a second one replaces the first."""

    class Meta:
        model = Extension
        fields = ("user", "until", "reason")
        labels = {"user": _("student")}

    def __init__(self, *arguments: object, competition: Competition, **keywords: object) -> None:
        super().__init__(*arguments, **keywords)
        self.competition = competition
        self.fields["until"].widget = MomentInput()
        self.fields["user"].queryset = User.objects.filter(
            enrolments__course=competition.course, enrolments__role=Role.STUDENT
        ).order_by("name")

    def clean_until(self) -> datetime:
        until = self.cleaned_data["until"]
        if until <= self.competition.deadline:
            raise forms.ValidationError(gettext("This is not later than everybody's deadline."))
        return until


class DuplicateForm(forms.Form):
    """The same competition for another term."""

    course = forms.ModelChoiceField(queryset=None, label=_("course"))
    slug = forms.SlugField(label=_("address"), max_length=50)
    opens_at = forms.DateTimeField(label=_("opens"), widget=MomentInput())
    deadline = forms.DateTimeField(label=_("deadline"), widget=MomentInput())

    def __init__(self, *arguments: object, courses: object, **keywords: object) -> None:
        super().__init__(*arguments, **keywords)
        self.fields["course"].queryset = courses

    def clean_slug(self) -> str:
        if Competition.objects.filter(slug=self.cleaned_data["slug"]).exists():
            raise forms.ValidationError(gettext("This address is taken."))
        return self.cleaned_data["slug"]


class BundleUploadForm(forms.Form):
    """A Codabench bundle, as a zip."""

    archive = forms.FileField(
        label=_("Codabench bundle"),
        help_text=_("A .zip with competition.yaml, version 2, of a competition of results. Nothing is saved yet."),
    )


class BundleForm(forms.ModelForm):
    """What a bundle leaves open or gets wrong, before its draft is made."""

    class Meta:
        model = Competition
        fields = ("title", "slug", "summary", "metric", "opens_at", "deadline", "daily_limit")
        labels = {"slug": _("address")}
        help_texts = {
            "slug": BasicsForm.Meta.help_texts["slug"],
            "summary": BasicsForm.Meta.help_texts["summary"],
            "metric": BasicsForm.Meta.help_texts["metric"],
        }

    def __init__(self, *arguments: object, **keywords: object) -> None:
        super().__init__(*arguments, **keywords)
        for name in ("opens_at", "deadline"):
            self.fields[name].widget = MomentInput()
        self.fields["slug"].required = False
        self.fields["metric"].widget.attrs |= {"list": "metrics", "autocomplete": "off"}

    metric_names = staticmethod(BasicsForm.metric_names)
    clean_metric = BasicsForm.clean_metric
    _has_program = BasicsForm._has_program
    clean_slug = BasicsForm.clean_slug

    def clean(self) -> dict[str, object]:
        data = super().clean()
        if data.get("opens_at") and data.get("deadline") and data["deadline"] <= data["opens_at"]:
            self.add_error("deadline", gettext("The deadline must lie after the opening."))
        return data


class ImportForm(forms.Form):
    """A competition's folder, as a zip."""

    archive = forms.FileField(
        label=_("Competition archive"),
        help_text=_("A .zip with competition.toml, as “Export” makes it."),
    )
