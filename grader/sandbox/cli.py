"""The verb `run` of `python -m grader`."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path

from grader.outcome import Verdict


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `run`."""
    run = commands.add_parser("run", help="run code in the sandbox")
    run.add_argument("sources", nargs="+", type=Path, metavar="ENTRY.py", help="the entry point first")
    run.add_argument("--data", type=Path, required=True, help="folder shown read-only as ./data")
    run.add_argument("--out", type=Path, required=True, help="where the predictions are copied")
    run.add_argument("--wall-time-s", type=float, default=60)
    run.add_argument("--cpu-time-s", type=float)
    for name, default in (("memory-mb", 2048), ("processes", 64), ("output-mb", 64), ("disk-mb", 512), ("gpus", 0)):
        run.add_argument(f"--{name}", type=int, default=default)
    run.add_argument("--runtime", type=Path, default=Path(".venv-student"))
    run.add_argument("--slug", default="competition")
    run.set_defaults(func=_run)


def _run(arguments: argparse.Namespace) -> int:
    from grader.cli import refuse
    from grader.code import RefusedCode, check_code
    from grader.sandbox import Job, Limits, SandboxUnavailable, open_sandbox

    missing = [p for p in (*arguments.sources, arguments.data, arguments.runtime / "pyvenv.cfg") if not p.exists()]
    if missing:
        return refuse("refused", "no_file", f"There is no {missing[0]}.")
    if not arguments.data.is_dir():
        return refuse("refused", "no_folder", f"{arguments.data} is not a folder.")
    try:
        files = {path.name: path.read_bytes() for path in arguments.sources}
        bundle = check_code(files, entry=arguments.sources[0].name)
    except RefusedCode as error:
        return refuse("refused", error.code, error.message)
    job = Job(
        sources=bundle.sources,
        entry=bundle.entry,
        data_dir=arguments.data,
        out_dir=arguments.out,
        runtime=arguments.runtime,
        slug=arguments.slug,
        limits=Limits(
            wall_time_s=arguments.wall_time_s,
            cpu_time_s=arguments.cpu_time_s,
            memory_mb=arguments.memory_mb,
            processes=arguments.processes,
            output_mb=arguments.output_mb,
            disk_mb=arguments.disk_mb,
            gpus=arguments.gpus,
        ),
    )
    try:
        result = asdict(open_sandbox().run(job))
    except SandboxUnavailable as error:
        result = {"verdict": Verdict.SANDBOX_FAULT, "message": str(error)}
    output = result.get("output")
    result["output"] = str(output) if output else None
    print(json.dumps(result, ensure_ascii=False))
    if result["verdict"] == Verdict.SANDBOX_FAULT:
        print(result["message"], file=sys.stderr)
        return 1
    return 0
