"""Decide whether uploaded files are a code submission: one to ten `.py` files, one entry point, maybe a report."""

from __future__ import annotations

import ast
import codecs
import json
import re
import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from grader.code.notebooks import check_runs
from grader.code.refusal import MAX_REPORT_BYTES, MAX_SOURCE_BYTES, MAX_SOURCES, REPORT_SUFFIXES, RefusedCode

NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_. -]{0,90}")
# the site keeps a name in so many characters
MAX_PATH = 100
# a link to the competition's files lies under this name beside the program
DATA = "data"


@dataclass(frozen=True, kw_only=True)
class CodeBundle:
    """An accepted submission: the entry's path, every source by its path, and the report as (path, bytes)."""

    entry: str
    sources: dict[str, bytes]
    report: tuple[str, bytes] | None


def check_code(
    files: Mapping[str, bytes], *, entry: str | None = None, python: tuple[int, int] | None = None
) -> CodeBundle:
    """Accept or refuse what would run with that version of Python (None: ours). Raises `RefusedCode`."""
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
        _check_path(name)
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
    _check_places(files)
    for name, data in sources.items():
        check_runs(name, data, python=python)
    return CodeBundle(entry=_entry(sources, entry), sources=sources, report=report)


def _check_path(path: str) -> None:
    if len(path) > MAX_PATH:
        raise RefusedCode(
            "long_name",
            f"“{path[:60]}…” has more than {MAX_PATH} characters; use shorter names or fewer folders.",
            {"name": path[:60], "limit": MAX_PATH},
        )
    if not all(NAME.fullmatch(part) for part in path.split("/")):
        raise RefusedCode(
            "bad_name", f"“{path[:60]}” is no plain file name; use letters, digits, - and _.", {"name": path[:60]}
        )
    if path.startswith(f"{DATA}/"):
        raise RefusedCode(
            "data_folder",
            f"{path}: the folder {DATA} is where the competition's files appear; give yours another name.",
            {"name": path, "folder": DATA},
        )


def _check_places(paths: Iterable[str]) -> None:
    """No two that are one file on some disk, and no file where another has a folder."""
    seen: dict[str, str] = {}
    for path in sorted(paths):
        if other := seen.get(path.lower()):
            raise RefusedCode(
                "alike_names",
                f"{other} and {path} differ in capitals only; rename one of them.",
                {"name": path, "other": other},
            )
        seen[path.lower()] = path
    for path in seen.values():
        for folder in PurePosixPath(path.lower()).parents:
            if str(folder) in seen:
                raise RefusedCode("same_name", f"{folder} is both a file and a folder.", {"name": str(folder)})


def _checked_source(name: str, data: bytes) -> bytes:
    if len(data) > MAX_SOURCE_BYTES:
        raise RefusedCode(
            "source_too_big", f"{name} is larger than 1 MB; code is text, data goes elsewhere.", {"name": name}
        )
    if b"\0" in data:
        raise RefusedCode("binary_source", f"{name} is a binary file and no Python source.", {"name": name})
    # an empty __init__.py is what makes a folder a package
    if not data.strip() and PurePosixPath(name).name != "__init__.py":
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
    # what lies in folders is there to be imported
    tops = [name for name in sources if "/" not in name] or list(sources)
    for found in (tops, [name for name in tops if name == "main.py"], [n for n in tops if _has_main_guard(sources[n])]):
        if len(found) == 1:
            return found[0]
    shown = ", ".join(sorted(tops))
    raise RefusedCode("no_entry", f"Which of these files starts: {shown}? Name it main.py.", {"names": shown})


def _has_main_guard(data: bytes) -> bool:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(data)
        return any(isinstance(node, ast.If) and "__name__" in ast.dump(node.test) for node in tree.body)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
