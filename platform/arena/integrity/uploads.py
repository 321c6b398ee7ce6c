"""Uploaded code of nobody in the class as works: single files, notebooks, archives of a term. Nothing is run.

An archive of a term becomes one work per folder or file at its top. Authors become numbers in the order of a hash, so
that neither names nor their order survive. The site's own archive of a competition gives everybody's newest code.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath

from django.utils.translation import gettext as _

from grader.containers.opening import UnreadableContainer, read_archive

MOST_WORKS = 2_000
MOST_FILES = 50
MOST_MEMBERS = 20_000
MAX_FILE_BYTES = 2**20
MAX_BYTES = 100 * 2**20
CPU_S = 10  # for unpacking the archive of a term
SUFFIXES = (".py", ".ipynb")
Files = dict[str, bytes]


class RefusedUpload(Exception):
    """Why an upload gives no work: a translated sentence that says what to mend."""


def one_work(uploads: Sequence[tuple[str, bytes]]) -> Files:
    """All code of some files and archives together. Raises `RefusedUpload`."""
    files: Files = {}
    for name, data in uploads:
        members = _members(name, data) if name.lower().endswith(".zip") else {name: data}
        files |= _code(members)
    if not files:
        raise RefusedUpload(_("There is no .py file and no notebook with code in the upload."))
    if len(files) > MOST_FILES:
        raise RefusedUpload(_("More than %(n)d files make no single work.") % {"n": MOST_FILES})
    return files


def works_of_term(name: str, data: bytes) -> list[tuple[str, Files]]:
    """The works of an archive, each with a number for its author. Raises `RefusedUpload`."""
    members = _without_top(_members(name, data))
    groups: dict[str, Files] = {}
    chosen = _newest(members)
    for path, body in members.items():
        top, _slash, rest = path.partition("/")
        if chosen is None or top in chosen:
            groups.setdefault(top, {})[rest or top] = body
    works = [code for code in map(_code, groups.values()) if code]
    if not works:
        raise RefusedUpload(_("There is no .py file and no notebook with code in the upload."))
    if len(works) > MOST_WORKS or any(len(files) > MOST_FILES for files in works):
        raise RefusedUpload(
            _("The archive holds more than %(n)d works, or one of more than %(files)d files.")
            % {"n": MOST_WORKS, "files": MOST_FILES}
        )
    works.sort(key=digest_of)
    return [(f"{number:03}", files) for number, files in enumerate(works, start=1)]


def digest_of(files: Mapping[str, bytes]) -> str:
    """SHA-256 over the files' hashes in the order of their names."""
    hashes = "".join(hashlib.sha256(data).hexdigest() for _name, data in sorted(files.items()))
    return hashlib.sha256(hashes.encode()).hexdigest()


def _members(name: str, data: bytes) -> Files:
    """The files of a zip by path; folders, links and what starts with a dot are left out."""
    try:
        members = read_archive(
            data,
            most_files=MOST_MEMBERS,
            file_bytes=MAX_FILE_BYTES,
            total_bytes=MAX_BYTES,
            suffixes=(*SUFFIXES, "manifest.csv"),
            cpu_s=CPU_S,
        )
    except UnreadableContainer as error:
        if error.code == "too_big":
            raise RefusedUpload(
                _("%(name)s holds a file of more than 1 MB of code, or more than 100 MB in all.") % {"name": name}
            ) from error
        if error.code in {"too_many", "too_costly"}:
            raise RefusedUpload(_("%(name)s holds too many files.") % {"name": name}) from error
        raise RefusedUpload(_("%(name)s is no readable .zip archive.") % {"name": name}) from error
    return {str(PurePosixPath(member.name)): member.data for member in members}


def _without_top(files: Files) -> Files:
    """A single enclosing folder is taken off, if there are folders below it."""
    tops = {path.partition("/")[0] for path in files}
    if len(tops) == 1 and all(path.count("/") > 1 for path in files):
        return {path.partition("/")[2]: body for path, body in files.items()}
    return files


def _newest(files: Files) -> set[str] | None:
    """The folders with everybody's newest code by the site's own manifest; None where there is none."""
    try:
        rows = list(csv.DictReader(io.StringIO(files["manifest.csv"].decode())))
        newest = {
            row["email"]: row["folder"]
            for row in sorted(rows, key=lambda row: int(row["submission"]))
            if row["type"] == "code" and row["is_baseline"] != "True"
        }
    except (KeyError, UnicodeDecodeError, ValueError, csv.Error):
        return None
    return set(newest.values())


def _code(files: Mapping[str, bytes]) -> Files:
    """The Python files, and the code of notebooks."""
    found: Files = {}
    for name, data in files.items():
        if len(data) > MAX_FILE_BYTES:
            raise RefusedUpload(_("%(name)s is larger than 1 MB of code.") % {"name": name})
        suffix = PurePosixPath(name).suffix.lower()
        if suffix == ".ipynb":
            name, data = f"{name}.py", notebook_code(data)
        if suffix in SUFFIXES and data.strip():
            found[name[-200:]] = data
    return found


def notebook_code(data: bytes) -> bytes:
    """The code cells of a notebook one after the other, without its magic lines; empty if it is none."""
    try:
        cells = json.loads(data)["cells"]
        texts = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return b""
    lines = [line for text in texts for line in [*text.split("\n"), ""]]
    return "\n".join("" if line.lstrip()[:1] in {"%", "!"} else line for line in lines).encode("utf-8", "replace")
