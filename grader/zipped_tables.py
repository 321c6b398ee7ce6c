"""The one table in a zip archive, as Kaggle takes it: who clicks “compress” on a CSV file hands in such a file."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from grader.containers.opening import UnreadableContainer, read_archive
from grader.predictions import MAX_BYTES
from grader.predictions.errors import clip_all, refusal
from grader.predictions.kinds import is_zip, refusal_of_kind

SUFFIXES = (".csv", ".tsv")
CODE = (".py", ".ipynb")
MOST_FILES = 100


def has_code(data: bytes) -> bool:
    """Whether there is a .py file or a notebook in an archive, whatever else there is."""
    try:
        return bool(
            read_archive(data, most_files=MOST_FILES, file_bytes=MAX_BYTES, total_bytes=MAX_BYTES, suffixes=CODE)
        )
    except UnreadableContainer:
        return True  # what is wrong with it is told where code is taken


def table_in_zip(data: bytes, *, max_bytes: int = MAX_BYTES) -> tuple[str, bytes]:
    """The last name and the content of the only .csv or .tsv in an archive. Raises `InvalidPredictions`."""
    try:
        members = read_archive(
            data, most_files=MOST_FILES, file_bytes=max_bytes, total_bytes=max_bytes, suffixes=SUFFIXES
        )
    except UnreadableContainer as error:
        if error.code in {"too_big", "too_many", "too_costly"}:
            raise refusal("too_big", mb=max_bytes // 2**20) from error
        raise refusal("bad_zip") from error
    if not members:
        raise refusal("no_table_in_zip")
    names = [PurePosixPath(member.name).name for member in members]
    if len(members) > 1:
        raise refusal("tables_in_zip", examples=clip_all([member.name for member in members])[:5])
    return names[0], members[0].data


@contextmanager
def unzipped(path: Path) -> Iterator[Path]:
    """The file itself, or a temporary copy of the table in it where it is a zip archive. Raises `InvalidPredictions`.

    A workbook is a zip archive too; it stays as it is, and is refused by its name where it is read.
    """
    with path.open("rb") as file:
        head = file.read(4)
    if not is_zip(head) or path.stat().st_size > MAX_BYTES:
        yield path
        return
    data = path.read_bytes()
    kind = refusal_of_kind(data)
    if kind is None or kind.params.get("kind") != "zip":
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="arena-zip-") as folder:
        table = Path(folder) / "predictions.csv"
        table.write_bytes(table_in_zip(data)[1])
        yield table
