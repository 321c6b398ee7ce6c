"""What this machine offers: Python, the students' runtime, room on the disk, folders, the sandbox."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from django.conf import settings

from arena.operations.findings import Finding, bad, good
from grader.sandbox.probe import report

MINIMUM_FREE_BYTES = 2 * 2**30


def python() -> list[Finding]:
    found = ".".join(map(str, sys.version_info[:3]))
    if (3, 11) <= sys.version_info < (3, 14):
        return [good("python", f"{found} at {sys.prefix}")]
    return [
        bad(
            "python",
            found,
            consequence="The locks are made and tested for Python 3.11 to 3.13.",
            fix="Run scripts/arena.py env with such a Python.",
        )
    ]


def locks() -> list[Finding]:
    """Whether both environments hold exactly what their locks name: the set-up script leaves a stamp."""
    folder = Path(settings.ARENA_RUNTIME_LOCK).parent
    site = [[folder / "web.txt", folder / "dev.txt"], [folder / "web.txt"]]
    runtime = Path(settings.ARENA_STUDENT_RUNTIME)
    students = [[Path(settings.ARENA_RUNTIME_LOCK)]]
    return [
        _stamped("site environment", Path(sys.prefix), site),
        _stamped("students' runtime", runtime, students),
        *([_is_separate(runtime)] if (runtime / "bin" / "python").exists() else []),
    ]


def _stamped(name: str, environment: Path, choices: list[list[Path]]) -> Finding:
    fix = "Run python3 scripts/arena.py env; it rebuilds what is outdated."
    stamp = environment / "arena-lock"
    if not (environment / "bin" / "python").exists():
        consequence = "No student's code can run." if "runtime" in name else "The site runs on unknown packages."
        return bad(name, f"{environment} is missing", consequence=consequence, fix=fix)
    digests = {hashlib.sha256(b"".join(p.read_bytes() for p in locks)).hexdigest() for locks in choices}
    if stamp.exists() and (found := stamp.read_text(encoding="ascii").strip()) in digests:
        return good(name, f"{environment} holds what its lock names ({found[:12]})")
    return bad(
        name,
        f"{environment} was not made from the present lock",
        consequence="Results may differ from those of another worker, and nothing would show it.",
        fix=fix,
    )


def _is_separate(runtime: Path) -> Finding:
    command = [str(runtime / "bin" / "python"), "-I", "-c", "import django"]
    tried = subprocess.run(command, capture_output=True, check=False, timeout=60)
    if tried.returncode:
        return good("runtime is separate", "students' code cannot import the site's packages")
    return bad(
        "runtime is separate",
        "`import django` works in the students' runtime",
        consequence="Students' code sees packages of the site.",
        fix="Point ARENA_STUDENT_RUNTIME at an environment made by scripts/arena.py env.",
    )


def disk() -> list[Finding]:
    found = []
    for name, folder in {"disk": Path(settings.VAR), "temporary folder": Path(tempfile.gettempdir())}.items():
        existing = next(p for p in (folder, *folder.parents) if p.exists())
        free = shutil.disk_usage(existing).free
        inodes = os.statvfs(existing)
        detail = f"{free / 2**30:.1f} GiB free at {existing}"
        if free >= MINIMUM_FREE_BYTES and (inodes.f_files == 0 or inodes.f_favail > 10_000):
            found.append(good(name, detail))
        else:
            found.append(
                bad(
                    name,
                    f"{detail}, {inodes.f_favail} files left",
                    consequence="Uploads and results soon can't be stored.",
                    fix="Free some space, or move ARENA_VAR or TMPDIR to a larger disk.",
                )
            )
    return found


def folders() -> list[Finding]:
    """Each folder that the site writes takes a file; no other account reads the hidden labels."""
    found = []
    for name, folder in {"uploads": settings.MEDIA_ROOT, "hidden labels": settings.HIDDEN_ROOT}.items():
        path = Path(folder)
        try:
            path.mkdir(parents=True, exist_ok=True, mode=0o700)
            with tempfile.TemporaryFile(dir=path):
                found.append(good(name, f"{path} is writable"))
        except OSError as error:
            found.append(
                bad(
                    name,
                    f"{path}: {error.strerror}",
                    consequence="Nothing can be uploaded." if name == "uploads" else "No solution can be stored.",
                    fix=f"Make {path} writable for the account that runs the site.",
                )
            )
    for path in (Path(settings.VAR), Path(settings.HIDDEN_ROOT)):
        if path.exists() and not path.stat().st_mode & 0o007:
            break
    else:
        found.append(
            bad(
                "hidden labels are private",
                f"every account on this machine may enter {settings.HIDDEN_ROOT}",
                consequence="People with a shell here could read the answers. (Students' programs can't: see sandbox.)",
                fix=f"chmod o-rwx {settings.HIDDEN_ROOT}",
            )
        )
    return found


def sandbox() -> list[Finding]:
    """Every feature that the sandbox uses, as the grader found it."""
    return [
        Finding(
            name=f"sandbox: {found.name}",
            ok=found.ok,
            detail=found.detail,
            consequence=found.consequence,
            fix=found.fix,
            is_required=found.is_required,
        )
        for found in report()
    ]
