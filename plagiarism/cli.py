"""`python -m plagiarism`: compare a folder, show one pair. Exits 0 when done, 2 on bad input."""

from __future__ import annotations

import argparse
import csv
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from plagiarism.compare import Pair, compare
from plagiarism.report import as_html, as_text


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m plagiarism", description="Find copied code.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    many = commands.add_parser("compare", help="compare every submission of a folder with every other")
    many.add_argument("folder", type=Path, metavar="DIR", help="one submission per file, or per folder of files")
    many.add_argument("--boilerplate", type=Path, action="append", default=[], help="starter code, file or folder")
    many.add_argument("--archive", type=Path, action="append", default=[], help="submissions of earlier years")
    many.add_argument("--pairs", type=Path, required=True, help="the CSV to write")
    many.add_argument("--html", type=Path, help="a self-contained report to write")
    many.add_argument("--top", type=int, default=20, help="candidates kept per submission")
    many.set_defaults(func=_compare)
    one = commands.add_parser("show", help="print the shared regions of two files")
    one.add_argument("a", type=Path, metavar="A.py")
    one.add_argument("b", type=Path, metavar="B.py")
    one.set_defaults(func=_show)
    arguments = parser.parse_args(argv)
    code: int = arguments.func(arguments)
    return code


def _refuse(code: str, message: str) -> int:
    print(json.dumps({"code": code, "message": message}, ensure_ascii=False))
    print(message, file=sys.stderr)
    return 2


def read_folder(folder: Path) -> dict[str, dict[str, bytes]]:
    """Submissions of a folder: each `.py` file, and each folder with all `.py` files below it. Links are not followed."""
    found: dict[str, dict[str, bytes]] = {}
    for entry in sorted(folder.iterdir()):
        if entry.is_symlink():
            continue
        if entry.is_dir():
            files = [p for p in sorted(entry.rglob("*.py")) if p.is_file() and not p.is_symlink()]
            if files:
                found[entry.name] = {str(p.relative_to(entry)): p.read_bytes() for p in files}
        elif entry.suffix == ".py":
            found[entry.name] = {entry.name: entry.read_bytes()}
    return found


def _compare(arguments: argparse.Namespace) -> int:
    for folder in (arguments.folder, *arguments.archive):
        if not folder.is_dir():
            return _refuse("no_folder", f"There is no folder {folder}.")
    submissions = read_folder(arguments.folder)
    if len(submissions) < 2:
        return _refuse(
            "too_few", f"{arguments.folder} holds fewer than two submissions (.py files or folders of them)."
        )
    starter = [p for path in arguments.boilerplate for p in (sorted(path.rglob("*.py")) if path.is_dir() else [path])]
    missing = [p for p in starter if not p.is_file()]
    if missing:
        return _refuse("no_file", f"There is no file {missing[0]}.")
    archive = {f"{d.name}/{key}": files for d in arguments.archive for key, files in read_folder(d).items()}
    boilerplate = [p.read_bytes() for p in starter]
    # regions are for people: without a report nobody sees them
    report = compare(
        submissions, boilerplate=boilerplate, archive=archive, top=arguments.top, regions=arguments.html is not None
    )
    with arguments.pairs.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["file_a", "file_b", "similarity"])
        writer.writerows([pair.a, pair.b, f"{pair.similarity:.6f}"] for pair in report.pairs)
    if arguments.html:
        arguments.html.write_text(as_html(report, submissions | archive), encoding="utf-8")
    flagged = sum(pair.similarity >= 0.5 for pair in report.pairs)
    print(
        f"{len(submissions)} submissions, {len(report.pairs)} pairs with evidence, {flagged} to look at; "
        f"{len(report.skipped)} files with problems. Written to {arguments.pairs}."
    )
    return 0


def _show(arguments: argparse.Namespace) -> int:
    for path in (arguments.a, arguments.b):
        if not path.is_file():
            return _refuse("no_file", f"There is no file {path}.")
    sources = {"A": {arguments.a.name: arguments.a.read_bytes()}, "B": {arguments.b.name: arguments.b.read_bytes()}}
    pairs: tuple[Pair, ...] = compare(sources).pairs
    if not pairs or not pairs[0].spans:
        print("No shared regions.")
        return 0
    print(as_text(pairs[0], sources))
    return 0
