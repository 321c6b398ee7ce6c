"""The verb `run` of `python -m grader`."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from grader.outcome import RunResult, Verdict
from grader.refusing import refuse

if TYPE_CHECKING:
    from grader.sandbox import Limits

DESCRIPTION = """Run a submission just as the site does: in a box without network, with bounded time, memory, processes and
disk, on a copy of the runtime's packages. Needs Linux and bubblewrap. To repeat what the site did, download the
submission's record there and give it as --like."""


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `run`."""
    run = commands.add_parser("run", help="run code in the sandbox", description=DESCRIPTION)
    run.add_argument(
        "sources",
        nargs="+",
        type=Path,
        metavar="ENTRY.py",
        help="the entry point first, then files and folders beside it; or one .zip",
    )
    run.add_argument("--data", type=Path, required=True, help="folder shown read-only as ./data")
    run.add_argument("--out", type=Path, required=True, help="where the predictions are copied")
    run.add_argument("--wall-time-s", type=float, default=60)
    run.add_argument("--cpu-time-s", type=float)
    for name, default in (("memory-mb", 2048), ("processes", 64), ("output-mb", 64), ("disk-mb", 512), ("gpus", 0)):
        run.add_argument(f"--{name}", type=int, default=default)
    run.add_argument("--runtime", type=Path, default=Path(".venv-student"))
    run.add_argument("--slug", default="competition", help="the data is also at /kaggle/input/SLUG")
    run.add_argument("--seed", type=int, default=0, help="what the program reads in ARENA_SEED")
    run.add_argument("--backend", choices=["bubblewrap", "docker", "docker-runsc"], default="bubblewrap")
    run.add_argument("--warm", action="store_true", help="fork from an interpreter that has done the imports already")
    run.add_argument(
        "--record", type=Path, metavar="RECORD.json", help="write what this run was: hashes, limits, seeds"
    )
    run.add_argument(
        "--like",
        type=Path,
        metavar="RECORD.json",
        help="take limits, seed and slug from a record (the site's, say), and tell on stderr what differed",
    )
    run.set_defaults(func=_run)


def _run(arguments: argparse.Namespace) -> int:
    from grader.code import RefusedCode, check_code
    from grader.sandbox import Job, Limits, SandboxUnavailable, describe, open_sandbox
    from grader.sandbox.record import python_of

    missing = [p for p in (*arguments.sources, arguments.data, arguments.runtime / "pyvenv.cfg") if not p.exists()]
    if missing:
        return refuse("refused", "no_file", f"There is no {missing[0]}.")
    if not arguments.data.is_dir():
        return refuse("refused", "no_folder", f"{arguments.data} is not a folder.")
    try:
        files, entry = _files(arguments.sources)
        bundle = check_code(files, entry=entry, python=python_of(arguments.runtime))
    except RefusedCode as error:
        return refuse("refused", error.code, error.message)
    try:
        pattern = json.loads(arguments.like.read_text(encoding="utf-8")) if arguments.like else None
        limits = _limits(arguments) if pattern is None else Limits(**pattern["limits"])
        seed = arguments.seed if pattern is None else int(pattern["seeds"]["ARENA_SEED"])
        slug = arguments.slug if pattern is None else str(pattern["slug"])
    except (OSError, ValueError, TypeError, KeyError) as error:
        return refuse("refused", "no_record", f"{arguments.like} is no record of a run: {error}")
    job = Job(
        sources=bundle.sources,
        entry=bundle.entry,
        data_dir=arguments.data,
        out_dir=arguments.out,
        runtime=arguments.runtime,
        slug=slug,
        seed=seed,
        is_warm=arguments.warm,
        limits=limits,
    )
    try:
        run = open_sandbox(arguments.backend).run(job)
    except SandboxUnavailable as error:
        run = RunResult(verdict=Verdict.SANDBOX_FAULT, message=str(error))
    if arguments.record or pattern is not None:
        _compare(describe(job, run, lock=_lock_of(arguments.runtime)), arguments.record, pattern)
    result = asdict(run)
    output = result.get("output")
    result["output"] = str(output) if output else None
    print(json.dumps(result))  # ASCII, whatever the locale: logs hold every script
    if result["verdict"] == Verdict.SANDBOX_FAULT:
        print(result["message"], file=sys.stderr)
        return 1
    return 0


def _files(sources: list[Path]) -> tuple[dict[str, bytes], str | None]:
    """The files by their paths beside the first one, and the first as the entry; of an archive, what is in it."""
    from grader.code import unpack_archive

    first = sources[0]
    if first.suffix.lower() == ".zip" and len(sources) == 1:
        return unpack_archive(first.name, first.read_bytes()), None
    top = first.resolve().parent
    found: dict[str, bytes] = {}
    for source in sources:
        inner = sorted(source.rglob("*.py")) if source.is_dir() else [source]
        for path in inner:
            whole = path.parent.resolve() / path.name
            found[whole.relative_to(top).as_posix() if whole.is_relative_to(top) else path.name] = path.read_bytes()
    return found, first.name


def _limits(arguments: argparse.Namespace) -> Limits:
    from grader.sandbox.base import Limits

    return Limits(
        wall_time_s=arguments.wall_time_s,
        cpu_time_s=arguments.cpu_time_s,
        memory_mb=arguments.memory_mb,
        processes=arguments.processes,
        output_mb=arguments.output_mb,
        disk_mb=arguments.disk_mb,
        gpus=arguments.gpus,
    )


def _lock_of(runtime: Path) -> Path | None:
    """The lock beside the runtime, where there is a checkout of the site."""
    lock = runtime.parent / "requirements" / "student-cpu.txt"
    return lock if lock.exists() else None


def _compare(found: dict[str, object], to: Path | None, pattern: dict[str, object] | None) -> None:
    from grader.sandbox.record import differences

    if to is not None:
        to.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    if pattern is not None:
        unlike = differences(found, pattern)
        print(
            "Differs in " + ", ".join(unlike) + "." if unlike else "As recorded, predictions included.", file=sys.stderr
        )
