"""Writes about competitions: files and solutions, validated before anything is saved."""

from __future__ import annotations

import hashlib
from pathlib import Path

from django.core.files.base import ContentFile
from django.db import transaction

from arena.competitions.models import Competition, PublicFile, Solution
from grader.predictions import read_solution
from grader.scoring import check_solution


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
