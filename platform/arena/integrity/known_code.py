"""Code that runs know beside the students': keep and remove it, what a run takes of it, and its stored fingerprints."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from django.db import transaction
from django.db.models import QuerySet

from arena.accounts.models import User
from arena.audit.services import record as audit
from arena.competitions.models import Competition
from arena.courses.models import Course
from arena.integrity.models import Collection, CollectionKind, Work, WorkFile
from arena.integrity.uploads import digest_of, one_work, works_of_term
from plagiarism.fingerprints import SCHEME, Fingerprint, UInts, fingerprint
from plagiarism.storage import StaleFingerprint, dump, load


def add(
    kind: str,
    *,
    course: Course,
    uploads: Sequence[tuple[str, bytes]],
    actor: User,
    competition: Competition | None = None,
    name: str = "",
    address: str = "",
    note: str = "",
) -> Collection:
    """Keep uploaded code. Starter code needs its competition. Raises `RefusedUpload`."""
    name = name or ", ".join(file for file, _data in uploads)[:200]
    if kind == CollectionKind.PAST:
        works = [row for file, data in uploads for row in works_of_term(file, data)]
        if len(uploads) > 1:
            works = [(f"{number:03}", files) for number, (_name, files) in enumerate(works, start=1)]
    else:
        works = [(name, one_work(uploads))]
    return keep(
        kind,
        works,
        course=course,
        actor=actor,
        name=name,
        address=address,
        note=note,
        competition=competition if kind == CollectionKind.STARTER else None,
    )


@transaction.atomic
def keep(
    kind: str,
    works: Iterable[tuple[str, Mapping[str, bytes]]],
    *,
    course: Course,
    competition: Competition | None,
    actor: User,
    name: str,
    address: str = "",
    note: str = "",
) -> Collection:
    """Store works, each a name and its files."""
    collection = Collection.objects.create(
        kind=kind,
        course=course,
        competition=competition,
        name=name[:200],
        address=address,
        note=note,
        added_by=actor,
    )
    for label, files in works:
        work = Work.objects.create(collection=collection, name=label[:200])
        WorkFile.objects.bulk_create(
            WorkFile(work=work, name=file, data=data, sha256=hashlib.sha256(data).hexdigest())
            for file, data in files.items()
        )
    audit("plagiarism.code_added", collection, actor=actor, kind=kind, name=collection.name, course=course.slug)
    return collection


@transaction.atomic
def remove(collection: Collection, *, actor: User) -> None:
    """Forget a collection, and the pairs that runs found with it. What a case froze stays."""
    audit("plagiarism.code_removed", collection, actor=actor, kind=collection.kind, name=collection.name)
    collection.delete()


def starter_of(competition: Competition) -> dict[str, bytes]:
    """The starter code of a competition: file name -> bytes, each name once."""
    files: dict[str, bytes] = {}
    for row in WorkFile.objects.filter(work__collection__competition=competition).order_by("pk"):
        name = row.name.rpartition("/")[2]
        files[name if name not in files else f"{row.pk}-{name}"] = bytes(row.data)
    return files


def copy_starter(competition: Competition, copy: Competition, *, actor: User) -> None:
    """Give a copied competition the starter code of its original."""
    for collection in competition.starter_code.prefetch_related("works__files"):
        works = [(work.name, files_of(work)) for work in collection.works.all()]
        keep(
            CollectionKind.STARTER,
            works,
            course=copy.course,
            competition=copy,
            actor=actor,
            name=collection.name,
            address=collection.address,
            note=collection.note,
        )


def library(course: Course) -> QuerySet[Collection]:
    """What a course compares with: public sources and earlier terms."""
    return course.known_code.exclude(kind=CollectionKind.STARTER)


def files_of(work: Work) -> dict[str, bytes]:
    return {file.name: bytes(file.data) for file in work.files.all()}


def print_of(work: Work) -> Fingerprint:
    """The stored fingerprint of a work, made first where there is none of today's scheme."""
    if work.scheme == SCHEME:
        try:
            return load(bytes(work.fingerprint))
        except StaleFingerprint:
            pass
    made = fingerprint(files_of(work))
    Work.objects.filter(pk=work.pk).update(scheme=SCHEME, fingerprint=dump(made))
    return made


def common_hashes(works: Iterable[Work]) -> UInts | None:
    """The hashes of starter code; None if there is none."""
    prints = [print_of(work).hashes for work in works]
    return np.unique(np.concatenate(prints)) if prints else None


def described(collections: Iterable[Collection]) -> list[dict[str, Any]]:
    """What a run writes into its settings, so that they say what was compared even when a collection is gone."""
    return [
        {
            "kind": collection.kind,
            "name": collection.name,
            "n": len(works),
            "sha256": digest_of({str(n): digest_of(files_of(work)).encode() for n, work in enumerate(works)}),
        }
        for collection in collections
        for works in [list(collection.works.all())]
    ]
