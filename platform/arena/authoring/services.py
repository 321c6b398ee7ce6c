"""Make a competition, step by step: a draft, its data, its baselines, and the check that lets it be published."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from arena.accounts.models import User
from arena.audit.services import record as audit
from arena.authoring.own_metrics import copy_program
from arena.competitions.datasets import Dataset, InvalidDataset, check_dataset
from arena.competitions.definition import LOCKED, Locked, current_digest, is_locked
from arena.competitions.leak_wording import explain_leak
from arena.competitions.models import CheckState, Competition, Extension, Solution
from arena.competitions.selectors import current_solution, is_own_metric
from arena.competitions.services import set_data, set_rules
from arena.courses.models import Course
from arena.integrity.known_code import copy_starter
from arena.leaderboards.selectors import gate_label
from arena.leaderboards.services import rebuild
from arena.submissions.intake import submit
from arena.submissions.models import Submission
from grader.leaks import Leak
from grader.predictions import read_solution
from reference_models import catalogue


@dataclass(frozen=True)
class Check:
    """One condition for publishing: what it is, whether it holds, and what was found or is to do."""

    name: str
    is_met: bool
    detail: str


class NotReady(Exception):
    """The draft can't be published; the text names what is missing."""


def checks(competition: Competition, *, at: datetime) -> list[Check]:
    """What must hold before students see the competition."""
    return [*data_checks(competition), _baseline_check(competition), *_page_checks(competition, at=at)]


def data_checks(competition: Competition) -> list[Check]:
    """What is known of the saved data."""
    name = _("Data")
    try:
        solution = current_solution(competition)
        parsed = read_solution(Path(solution.file.path), id_column=competition.id_column)
        public = {file.name: Path(file.file.path).read_bytes() for file in competition.files.all()}
        data = Path(solution.file.path).read_bytes()
        dataset = check_dataset(public, data, id_column=competition.id_column, metric=competition.metric)
    except Solution.DoesNotExist:
        return [Check(name, False, _("There is no solution yet: upload it, or let the site cut a labelled table."))]
    except InvalidDataset as error:
        return [Check(name, False, str(error))]
    n_public, n_private = int((parsed.usage == "Public").sum()), int((parsed.usage == "Private").sum())
    params = {"public": n_public, "private": n_private, "score": dataset.sample_score}
    if dataset.sample_score is None:
        found = _("%(public)d public and %(private)d private rows.")
    else:
        found = _("%(public)d public and %(private)d private rows; the sample submission scores %(score).4f.")
    return [
        Check(name, True, found % params),
        *_leak_checks(competition, dataset),
        *_program_check(competition),
        Check(_("Private rows"), n_private > 0, "" if n_private else _("Marks need private rows; there is none.")),
    ]


def _leak_checks(competition: Competition, dataset: Dataset) -> list[Check]:
    """What looks like a leak; a sure one blocks until somebody says why it is right."""
    found = []
    for leak in dataset.leaks:
        detail, reason = explain_leak(leak), competition.accepted_leaks.get(leak.key)
        if reason:
            detail = _("%(what)s Accepted: %(reason)s") % {"what": detail, "reason": reason}
        found.append(Check(_("Leak") if leak.is_sure else _("Possible leak"), not leak.is_sure or bool(reason), detail))
    return found


def unaccepted_leaks(competition: Competition) -> list[Leak]:
    """The sure ones among the findings that nobody has accepted."""
    try:
        public = {file.name: Path(file.file.path).read_bytes() for file in competition.files.all()}
        solution = Path(current_solution(competition).file.path).read_bytes()
        dataset = check_dataset(public, solution, id_column=competition.id_column, metric=competition.metric)
    except (Solution.DoesNotExist, InvalidDataset):
        return []
    return [leak for leak in dataset.leaks if leak.is_sure and leak.key not in competition.accepted_leaks]


def accept_leaks(competition: Competition, *, reason: str, actor: User) -> None:
    """The instructor knows of what was found, and says why it is right."""
    keys = [leak.key for leak in unaccepted_leaks(competition)]
    with transaction.atomic():
        competition.accepted_leaks |= dict.fromkeys(keys, " ".join(reason.split())[:300])
        competition.save(update_fields=["accepted_leaks"])
        audit("competition.leaks_accepted", competition, actor=actor, reason=reason[:300], leaks=keys)


def _program_check(competition: Competition) -> list[Check]:
    """Of a metric of the instructor's own: whether its program passed on the sample submission."""
    if not is_own_metric(competition.metric):
        return []
    program = competition.programs.get(name=competition.metric)
    is_good = program.state == CheckState.GOOD
    detail = "" if is_good else _("The program has not passed its check on the sample submission.")
    return [Check(_("Own metric"), is_good, detail)]


def _baseline_check(competition: Competition) -> Check:
    rows = competition.submissions.filter(is_baseline=True)
    scored = rows.filter(verdict="ok", definition__in=["", current_digest(competition)]).count()
    if scored:
        detail = ngettext("%(n)d baseline has a score.", "%(n)d baselines have a score.", scored) % {"n": scored}
    elif rows.exclude(status__in=("finished", "cancelled")).exists():
        detail = _("A baseline is being judged; look again in a moment.")
    else:
        detail = _("No baseline has a score yet. It proves that the task can be solved and sets what is to be beaten.")
    return Check(_("Baseline"), scored > 0, detail)


def _page_checks(competition: Competition, *, at: datetime) -> list[Check]:
    is_told, is_ahead = bool(competition.description.strip()), competition.deadline > at
    return [
        Check(_("Task"), is_told, "" if is_told else _("The task's page is empty: say what is to be predicted.")),
        Check(_("Deadline"), is_ahead, "" if is_ahead else _("The deadline has passed; choose a later one.")),
    ]


def publish(competition: Competition, *, actor: User) -> None:
    """Show the competition to students. Raises `NotReady`."""
    failed = [check for check in checks(competition, at=timezone.now()) if not check.is_met]
    if failed:
        raise NotReady(" ".join(check.detail for check in failed))
    with transaction.atomic():
        competition.is_published = True
        competition.save(update_fields=["is_published"])
        audit("competition.published", competition, actor=actor)


def save_settings(competition: Competition, *, actor: User, changed: list[str]) -> Competition:
    """Store what a form changed, and say so in the log. Raises `Locked` for what only a regrade may change by now."""
    with transaction.atomic():
        if competition.pk and (wanted := LOCKED & set(changed)) and is_locked(competition):
            raise Locked(wanted)
        action = "competition.changed" if competition.pk else "competition.created"
        # what the form didn't change may have changed since it was read: a regrade that was applied meanwhile stands
        own = {field.name for field in Competition._meta.concrete_fields} & set(changed)
        competition.save(update_fields=sorted(own) if competition.pk else None)
        if {"freezes_at", "has_ladder"} & set(changed):
            rebuild(competition)
        audit(action, competition, actor=actor, fields={name: str(getattr(competition, name)) for name in changed})
    return competition


def extend(competition: Competition, *, user: User, until: datetime, reason: str, actor: User) -> Extension:
    """Let one student hand in later."""
    with transaction.atomic():
        extension, _created = Extension.objects.update_or_create(
            competition=competition, user=user, defaults={"until": until, "reason": reason}
        )
        audit("competition.extended", competition, actor=actor, user=user.pk, until=until.isoformat(), reason=reason)
    return extension


def add_baseline(
    competition: Competition, *, actor: User, model: str = "", files: Mapping[str, bytes] | None = None
) -> Submission:
    """Queue a baseline as any code: a path of the catalogue, or files. Raises `arena.submissions.intake.Refused`.

    Its name on boards is the file's. Of two models in the catalogue with one file name, the one in a folder says which
    folder, so that they are two baselines and not two versions of one.
    """
    if model:
        source = catalogue.FOLDER / next(m.path for m in catalogue.MODELS if m.path == model)
        files = {source.name: source.read_bytes()}
    files = dict(files or {})
    label = label_of(model) if model else min(files, default="")
    _keep_gate(competition, label=label, actor=actor)
    return submit(actor, competition, files=files, at=timezone.now(), comment=label, is_baseline=True)


def _keep_gate(competition: Competition, *, label: str, actor: User) -> None:
    """While students have results, a further baseline is shown beside the one to exceed, and doesn't replace it.

    Raises `NotReady` for a new version of a baseline that is there. Where the best of all counted, the best one of now is named.
    """
    if not is_locked(competition):
        return
    if competition.submissions.filter(is_baseline=True, comment=label).exists():
        raise NotReady(_("There is a baseline “%(name)s” already; give the file another name.") % {"name": label})
    if not competition.gate_baseline and (best := gate_label(competition)):
        competition.gate_baseline = best
        competition.save(update_fields=["gate_baseline"])
        audit("competition.gate_kept", competition, actor=actor, baseline=best)


def label_of(model: str) -> str:
    """The name on boards of a path of the catalogue."""
    names = [PurePosixPath(other.path).name for other in catalogue.MODELS]
    name = PurePosixPath(model).name
    return name if names.count(name) == 1 else model.replace("/", "-")


def duplicate(
    competition: Competition, *, course: Course, slug: str, opens_at: datetime, deadline: datetime, actor: User
) -> Competition:
    """A draft with the same data, texts, rules and limits, and its baselines judged anew; no student's work."""
    public = {file.name: Path(file.file.path).read_bytes() for file in competition.files.all()}
    solution = Path(current_solution(competition).file.path).read_bytes()
    dataset = check_dataset(public, solution, id_column=competition.id_column, metric=competition.metric)
    rules = competition.rules.first()
    with transaction.atomic():
        copy = Competition.objects.get(pk=competition.pk)
        copy.pk, copy._state.adding = None, True
        copy.course, copy.slug, copy.opens_at, copy.deadline = course, slug, opens_at, deadline
        if competition.freezes_at:
            copy.freezes_at = max(opens_at, deadline - (competition.deadline - competition.freezes_at))
        if competition.teams_until:
            copy.teams_until = max(opens_at, deadline - (competition.deadline - competition.teams_until))
        copy.is_published = copy.is_private_board_shown = copy.is_project = False
        copy.save()
        copy_program(competition, copy)
        set_data(copy, dataset, actor=actor)
        copy.accepted_leaks = competition.accepted_leaks
        copy.save(update_fields=["accepted_leaks"])
        if rules and rules.text:
            set_rules(copy, rules.text, actor=actor)
        copy_starter(competition, copy, actor=actor)
        audit("competition.duplicated", copy, actor=actor, source=competition.slug)
        for name, files in baseline_sources(competition).items():
            submit(actor, copy, files=files, at=timezone.now(), comment=name, is_baseline=True)
    return copy


def baseline_sources(competition: Competition) -> dict[str, dict[str, bytes]]:
    """The newest code of each baseline: label -> file name -> bytes."""
    found: dict[str, dict[str, bytes]] = {}
    for submission in competition.submissions.filter(is_baseline=True, type="code").order_by("pk"):
        rows = submission.files.filter(role="source")
        found[submission.comment] = {row.name: Path(row.file.path).read_bytes() for row in rows}
    return found
