"""Writes about competitions: files and solutions, validated before anything is saved."""

from __future__ import annotations

import hashlib
import tempfile
from datetime import datetime
from pathlib import Path

from django.core.files.base import ContentFile
from django.db import transaction

from arena.accounts.models import User
from arena.audit.services import record as audit
from arena.competitions.datasets import Dataset
from arena.competitions.definition import Locked, is_locked
from arena.competitions.models import Competition, MetricProgram, PublicFile, Rules, RulesAcceptance, Solution
from arena.competitions.selectors import current_solution
from grader.own_metric import MetricFailed
from grader.predictions import read_solution
from grader.suitability import check_solution


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def add_public_file(competition: Competition, *, name: str, data: bytes) -> PublicFile:
    """Add or replace a public file."""
    with transaction.atomic():
        PublicFile.objects.filter(competition=competition, name=name).delete()
        public = PublicFile(competition=competition, name=name, size=len(data), sha256=digest(data))
        public.file.save(f"{competition.slug}-{public.sha256[:12]}-{name}", ContentFile(data), save=True)
    return public


def set_solution(competition: Competition, *, path: Path, is_proposed: bool = False) -> Solution:
    """Store a new version of the hidden labels; a proposed one waits. Raises `grader.predictions.InvalidSolution`."""
    parsed = read_solution(path, id_column=competition.id_column)
    check_solution(parsed, metric=competition.metric)
    data = path.read_bytes()
    solution = Solution(competition=competition, sha256=digest(data), n_rows=parsed.n_rows, is_proposed=is_proposed)
    solution.file.save(f"{competition.slug}-{solution.sha256[:12]}.csv", ContentFile(data), save=True)
    return solution


def set_data(competition: Competition, dataset: Dataset, *, actor: User) -> None:
    """Replace all data at once: public files that are not in the dataset go, the solution gets a new version.

    Raises `Locked` for another solution where students have results by the present one.
    """
    if is_locked(competition) and current_solution(competition).sha256 != digest(dataset.solution):
        raise Locked(["solution"])
    with transaction.atomic(), tempfile.TemporaryDirectory(prefix="arena-data-") as folder:
        competition.accepted_leaks = {}
        Competition.objects.filter(pk=competition.pk).update(accepted_leaks={})
        competition.files.exclude(name__in=dataset.public).delete()
        for name, data in dataset.public.items():
            add_public_file(competition, name=name, data=data)
        path = Path(folder) / "solution.csv"
        path.write_bytes(dataset.solution)
        solution = current_solution(competition) if is_locked(competition) else set_solution(competition, path=path)
        names = {name: digest(data) for name, data in dataset.public.items()}
        audit("competition.data", competition, actor=actor, files=names, solution=solution.sha256)


def note_failure(competition: Competition, error: MetricFailed) -> None:
    """Keep for the staff why the competition's own metric gave no score just now."""
    MetricProgram.objects.filter(competition=competition, name=competition.metric).update(
        message=error.message, line=error.line, log=error.log, code=error.code, params=dict(error.params)
    )


def reveal(competition: Competition, *, at: datetime, actor: User) -> bool:
    """Show students the private board, once nothing more is taken; False if it is too early or shown already."""
    with transaction.atomic():
        competition = Competition.objects.select_for_update(no_key=True).get(pk=competition.pk)
        if competition.is_private_board_shown or at <= competition.closes_at:
            return False
        competition.is_private_board_shown = True
        competition.save(update_fields=["is_private_board_shown"])
        audit("competition.revealed", competition, actor=actor)
    return True


def set_rules(competition: Competition, text: str, *, actor: User) -> Rules | None:
    """A new version if the text differs from the newest; None if nothing changed. Empty rules need no consent."""
    newest = competition.rules.first()
    if text.strip() == (newest.text if newest else ""):
        return None
    with transaction.atomic():
        version = newest.version + 1 if newest else 1
        rules = Rules.objects.create(competition=competition, version=version, text=text.strip())
        audit("competition.rules", competition, actor=actor, version=version)
    return rules


def accept_rules(rules: Rules, *, user: User) -> RulesAcceptance:
    """The person agrees to this version; a second time changes nothing."""
    return RulesAcceptance.objects.get_or_create(rules=rules, user=user)[0]
