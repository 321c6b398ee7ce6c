"""Everything that was handed in to a competition as one zip with a manifest, for staff."""

from __future__ import annotations

import csv
import io
import tempfile
import zipfile
from typing import IO

from django.utils.text import slugify

from arena.competitions.entrants import Entrants
from arena.competitions.models import Competition, Team
from arena.submissions.models import Submission, Use

COLUMNS = (
    "submission",
    "folder",
    "student",
    "email",
    "team",
    "submitted_at",
    "type",
    "status",
    "verdict",
    "public_score",
    "private_score",
    "is_final",
    "is_withdrawn",
    "disqualified_for",
    "use",
    "code",
    "is_baseline",
    "files",
    "predictions_sha256",
    "runtime_sha256",
)


def write_archive(competition: Competition) -> IO[bytes]:
    """A temporary file with `manifest.csv` and a folder per submission: its files, and `predictions.csv` of its code."""
    stream: IO[bytes] = tempfile.TemporaryFile(prefix="arena-archive-")  # noqa: SIM115 - the response closes it
    table = io.StringIO()
    manifest = csv.writer(table, lineterminator="\n")
    manifest.writerow(COLUMNS)
    rows = (
        Submission.objects.exclude(use=Use.PRACTICE)
        .filter(competition=competition)
        .select_related("user", "result")
        .prefetch_related("files")
        .order_by("pk")
    )
    entrants = Entrants(competition)
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for submission in rows.iterator(chunk_size=200):
            folder = f"{submission.pk:06}-{slugify(submission.user.name) or 'student'}"
            manifest.writerow(_row(submission, folder, entrants.team(submission.user_id)))
            for file in submission.files.all():
                archive.write(file.file.path, f"{folder}/{file.name}")
            attempt = submission.result
            if submission.type == "code" and attempt and attempt.predictions:
                archive.write(attempt.predictions.path, f"{folder}/predictions.csv")
        archive.writestr("manifest.csv", table.getvalue())
    stream.seek(0)
    return stream


def _row(submission: Submission, folder: str, team: Team | None) -> list[object]:
    attempt = submission.result
    return [
        submission.pk,
        folder,
        _plain(submission.user.name),
        _plain(submission.user.email),
        _plain(team.name) if team else "",
        submission.submitted_at.isoformat(),
        submission.type,
        submission.status,
        submission.verdict,
        submission.public_score,
        submission.private_score,
        submission.is_selected,
        submission.withdrawn_at is not None,
        _plain(submission.disqualified_for),
        submission.use,
        submission.code_id or "",
        submission.is_baseline,
        _plain(" ".join(f"{file.name}:{file.sha256}" for file in submission.files.all())),
        attempt.predictions_sha256 if attempt else "",
        attempt.runtime_sha256 if attempt else "",
    ]


def _plain(text: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in "=+-@\t\r" else text
