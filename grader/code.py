"""Decide whether uploaded files are a code submission: one to ten `.py` files, one entry point, maybe a report."""

from __future__ import annotations

import ast
import codecs
import json
import re
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from grader.containers.opening import UnreadableContainer, read_archive

MAX_SOURCES = 10
MAX_SOURCE_BYTES = 2**20
MAX_REPORT_BYTES = 20 * 2**20
MAX_UNPACKED_BYTES = MAX_REPORT_BYTES + MAX_SOURCES * MAX_SOURCE_BYTES
REPORT_SUFFIXES = {".pdf", ".md", ".txt"}
NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_. -]{0,90}")


@dataclass
class RefusedCode(Exception):
    """Why the files are no code submission; `code` keys a translated wording."""

    code: str
    message: str
    params: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.message


@dataclass(frozen=True, kw_only=True)
class CodeBundle:
    """An accepted submission: the entry's name, every source by name, and the report as (name, bytes)."""

    entry: str
    sources: dict[str, bytes]
    report: tuple[str, bytes] | None


def check_code(files: Mapping[str, bytes], *, entry: str | None = None) -> CodeBundle:
    """Accept or refuse. A syntax error is no reason to refuse: running it will say so. Raises `RefusedCode`."""
    sources: dict[str, bytes] = {}
    report: tuple[str, bytes] | None = None
    for name, data in files.items():
        suffix = PurePosixPath(name).suffix.lower()
        if suffix == ".ipynb" or (suffix == ".py" and _is_notebook(data)):
            raise RefusedCode(
                "notebook",
                f"{name} is a notebook. Hand in .py code: in Jupyter, File > Save and Export As > Executable Script.",
                {"name": name},
            )
        if not NAME.fullmatch(name):
            raise RefusedCode(
                "bad_name", f"“{name[:60]}” is no plain file name; use letters, digits, - and _.", {"name": name[:60]}
            )
        if suffix == ".py":
            sources[name] = _checked_source(name, data)
        elif suffix in REPORT_SUFFIXES and report is None:
            if len(data) > MAX_REPORT_BYTES:
                raise RefusedCode("report_too_big", f"{name} is larger than 20 MB.", {"name": name})
            report = (name, data)
        else:
            raise RefusedCode(
                "wrong_type",
                f"{name} is not accepted here: upload .py files, one report (.pdf, .md or .txt), or a .csv alone.",
                {"name": name},
            )
    if not sources:
        raise RefusedCode("no_source", "There is no .py file in the upload.")
    if len(sources) > MAX_SOURCES:
        raise RefusedCode(
            "too_many",
            f"{len(sources)} .py files are too many; {MAX_SOURCES} is the limit.",
            {"count": len(sources), "limit": MAX_SOURCES},
        )
    return CodeBundle(entry=_entry(sources, entry), sources=sources, report=report)


def _checked_source(name: str, data: bytes) -> bytes:
    if len(data) > MAX_SOURCE_BYTES:
        raise RefusedCode(
            "source_too_big", f"{name} is larger than 1 MB; code is text, data goes elsewhere.", {"name": name}
        )
    if b"\0" in data:
        raise RefusedCode("binary_source", f"{name} is a binary file and no Python source.", {"name": name})
    if not data.strip():
        raise RefusedCode("empty_source", f"{name} is empty.", {"name": name})
    return data


def _is_notebook(data: bytes) -> bool:
    data = data.removeprefix(codecs.BOM_UTF8)
    if data.lstrip()[:1] != b"{" or b'"cells"' not in data:
        return False
    try:
        return isinstance(json.loads(data), dict)
    except (ValueError, RecursionError):
        return False


def _entry(sources: Mapping[str, bytes], named: str | None) -> str:
    if named:
        if named in sources:
            return named
        raise RefusedCode("no_such_entry", f"The entry point {named} is not among the files.", {"name": named})
    if len(sources) == 1:
        return next(iter(sources))
    if "main.py" in sources:
        return "main.py"
    guarded = [name for name, data in sources.items() if _has_main_guard(data)]
    if len(guarded) == 1:
        return guarded[0]
    raise RefusedCode(
        "no_entry", "Which file starts? Name it main.py, or say it in the form.", {"names": ", ".join(sources)}
    )


def _has_main_guard(data: bytes) -> bool:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(data)
        return any(isinstance(node, ast.If) and "__name__" in ast.dump(node.test) for node in tree.body)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False


def unpack_archive(name: str, data: bytes) -> dict[str, bytes]:
    """Files of a .zip by their last name; folders, links and macOS's extras are left out. Raises `RefusedCode`."""
    try:
        members = read_archive(
            data, most_files=MAX_SOURCES + 1, file_bytes=MAX_REPORT_BYTES, total_bytes=MAX_UNPACKED_BYTES
        )
    except UnreadableContainer as error:
        if error.code in {"too_big", "too_many", "too_costly"}:
            raise RefusedCode(
                "archive_too_big", f"{name} holds too many or too large files.", {"name": name}
            ) from error
        raise RefusedCode("bad_archive", f"{name} is no readable .zip archive.", {"name": name}) from error
    files: dict[str, bytes] = {}
    for member in members:
        last = PurePosixPath(member.name).name
        if last in files:
            raise RefusedCode("same_name", f"Two files in {name} are called {last}.", {"name": last})
        files[last] = member.data
    return files
