"""A competition as one zip: `competition.toml`, Markdown, public files, solution, baselines, starter code. docs/competitions.md."""

from __future__ import annotations

import io
import json
import tomllib
import zipfile
from codecs import BOM_UTF8
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import PurePosixPath

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from arena.accounts.models import User
from arena.audit.services import record as audit
from arena.authoring.own_metrics import InvalidProgram, take
from arena.authoring.services import baseline_sources
from arena.competitions.datasets import InvalidDataset, check_dataset
from arena.competitions.lateness import problems
from arena.competitions.models import Competition
from arena.competitions.selectors import current_solution, is_own_metric, metric_program
from arena.competitions.services import set_data, set_rules
from arena.courses.models import Course
from arena.integrity.known_code import add, starter_of
from arena.integrity.models import CollectionKind
from arena.integrity.uploads import RefusedUpload
from arena.submissions.intake import Refused, submit
from grader.containers.opening import UnreadableContainer, read_archive
from grader.metrics import UnknownMetric, get_metric
from grader.own_metric import NAME, metric_name

FORMAT = 1
PROGRAM = "metric.py"
MAX_BYTES = 500 * 2**20
MAX_FILES = 1000
CPU_S = 20  # for unpacking so much
FIELDS = (
    "title",
    "title_ro",
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
    "is_lab_test",
    "has_ladder",
    "is_certainty_shown",
    "must_reproduce",
    "reproduction_tolerance",
    "gate_baseline",
    "wall_time_s",
    "memory_mb",
    "processes",
    "disk_mb",
    "output_mb",
    "gpus",
    "is_warm",
)
TEXTS = {"description.md": "description", "description.ro.md": "description_ro"}


class InvalidPackage(Exception):
    """An archive that is no competition; the text is a translated sentence that says what to mend."""


def export(competition: Competition) -> bytes:
    """The whole competition, hidden solution included, without anybody's submissions: for staff only."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        lines = [f"format = {FORMAT}", f"slug = {json.dumps(competition.slug)}"]
        values = {name: getattr(competition, name) for name in FIELDS if _is_set(competition, name)}
        if is_own_metric(competition.metric):
            # the program lies beside it, and may be changed there
            values["metric"] = competition.metric.partition(":")[0]
        lines += [f"{name} = {_toml(value)}" for name, value in values.items()]
        archive.writestr("competition.toml", "\n".join(lines) + "\n")
        for name, field in TEXTS.items():
            archive.writestr(name, getattr(competition, field))
        rules = competition.rules.first()
        archive.writestr("rules.md", rules.text if rules else "")
        for public in competition.files.all():
            archive.write(public.file.path, f"public/{public.name}")
        if program := metric_program(competition, competition.metric):
            archive.writestr(PROGRAM, program)
        archive.write(current_solution(competition).file.path, "solution.csv")
        for label, files in baseline_sources(competition).items():
            for name, data in files.items():
                archive.writestr(f"baselines/{label}/{name}", data)
        for name, data in starter_of(competition).items():
            archive.writestr(f"starter/{name}", data)
    return stream.getvalue()


def _is_set(competition: Competition, name: str) -> bool:
    return getattr(competition, name) not in (None, "")


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Decimal):  # a text, so that it stays exact
        return json.dumps(f"{value.normalize():f}")
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else json.dumps(value, ensure_ascii=False)


def load(data: bytes, *, course: Course, actor: User) -> Competition:
    """A draft from an archive, its baselines queued. All or nothing. Raises `InvalidPackage`."""
    files = _unpack(data)
    settings = _settings(files)
    public = {name.removeprefix("public/"): body for name, body in files.items() if name.startswith("public/")}
    settings["metric"] = _metric(str(settings["metric"]), files)
    competition = Competition(course=course, is_published=False, **settings)
    try:
        get_metric(competition.metric)
        dataset = check_dataset(
            public, files.get("solution.csv", b""), id_column=competition.id_column, metric=competition.metric
        )
        competition.full_clean(exclude=["course"])
        if wrong := problems({name: getattr(competition, name) for name in FIELDS}):
            raise ValidationError([f"{name}: {text}" for name, text in wrong.items()])
        with transaction.atomic():
            competition.save()
            if is_own_metric(competition.metric):
                direction = get_metric(competition.metric).direction
                take(competition, data=files[PROGRAM], direction=direction, actor=actor)
            set_data(competition, dataset, actor=actor)
            set_rules(competition, files.get("rules.md", b"").decode(), actor=actor)
            starter = [
                (name.removeprefix("starter/"), data) for name, data in files.items() if name.startswith("starter/")
            ]
            if starter:
                add(CollectionKind.STARTER, course=course, competition=competition, uploads=starter, actor=actor)
            audit("competition.imported", competition, actor=actor)
            for label, sources in _baselines(files).items():
                submit(actor, competition, files=sources, at=timezone.now(), comment=label, is_baseline=True)
    except ValidationError as error:
        raise InvalidPackage(f"competition.toml: {'; '.join(error.messages)}") from error
    except InvalidProgram as error:
        raise InvalidPackage(f"{PROGRAM}: {error}") from error
    except (InvalidDataset, UnknownMetric, Refused, RefusedUpload) as error:
        raise InvalidPackage(str(error)) from error
    return competition


def _unpack(data: bytes) -> dict[str, bytes]:
    """Files by their path below the archive's top; a single enclosing folder is taken off."""
    try:
        members = read_archive(data, most_files=MAX_FILES, file_bytes=MAX_BYTES, total_bytes=MAX_BYTES, cpu_s=CPU_S)
    except UnreadableContainer as error:
        if error.code in {"too_big", "too_many", "too_costly"}:
            raise InvalidPackage(
                _("The archive holds more than %(n)d files or %(mb)d MB.") % {"n": MAX_FILES, "mb": MAX_BYTES // 2**20}
            ) from error
        raise InvalidPackage(_("This is no readable .zip archive.")) from error
    files = {member.name: member.data for member in members}
    tops = {PurePosixPath(name).parts[0] for name in files}
    if len(tops) == 1 and "competition.toml" not in files:
        files = {name.partition("/")[2]: body for name, body in files.items()}
    return files


def _settings(files: dict[str, bytes]) -> dict[str, object]:
    if "competition.toml" not in files:
        raise InvalidPackage(_("There is no competition.toml at the top of the archive."))
    try:
        document = tomllib.loads(files["competition.toml"].decode())
        texts = {field: files.get(name, b"").decode() for name, field in TEXTS.items()}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidPackage(f"competition.toml: {error}") from error
    if document.pop("format", None) != FORMAT:
        raise InvalidPackage(_("competition.toml must say “format = %(n)d”.") % {"n": FORMAT})
    unknown = sorted(set(document) - {*FIELDS, "slug"})
    if unknown:
        raise InvalidPackage(_("competition.toml has an unknown key “%(name)s”.") % {"name": unknown[0]})
    missing = [name for name in ("slug", "title", "metric", "opens_at", "deadline") if name not in document]
    if missing:
        raise InvalidPackage(_("competition.toml lacks “%(name)s”.") % {"name": missing[0]})
    for name in ("opens_at", "deadline", *({"freezes_at", "teams_until"} & document.keys())):
        if not isinstance(document[name], datetime) or document[name].tzinfo is None:
            raise InvalidPackage(
                _("“%(name)s” must be a date and time with an offset, such as 2026-11-30T23:59:00+02:00.")
                % {"name": name}
            )
    return {**document, **texts}


def _metric(name: str, files: dict[str, bytes]) -> str:
    """The metric's full name: `own_metric@lower` is the program in the archive."""
    stem, _at, direction = name.partition("@")
    if stem != NAME:
        return name
    if direction not in ("higher", "lower") or PROGRAM not in files:
        raise InvalidPackage(
            _("The metric own_metric@higher (or lower) needs a file %(name)s in the archive.") % {"name": PROGRAM}
        )
    return metric_name(files[PROGRAM].removeprefix(BOM_UTF8), direction=direction)


def _baselines(files: dict[str, bytes]) -> dict[str, dict[str, bytes]]:
    found: dict[str, dict[str, bytes]] = {}
    for name, body in files.items():
        parts = PurePosixPath(name).parts
        if parts[0] == "baselines" and len(parts) == 3:
            found.setdefault(parts[1], {})[parts[2]] = body
        elif parts[0] == "baselines":
            found[parts[-1]] = {parts[-1]: body}
    return found
