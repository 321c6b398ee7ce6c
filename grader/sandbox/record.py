"""What one run was: enough to run it again elsewhere and to see at once what differs.

A record holds hashes and numbers, never contents, paths of the host or anything of the hidden labels, so whoever may
see the run may have it.
"""

from __future__ import annotations

import functools
import hashlib
import os
import platform
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

from grader.outcome import RunResult
from grader.sandbox import cgroups, gpus
from grader.sandbox.base import Job

FORMAT = 1
# parts whose difference means that two runs need not agree
SAME = ("runtime", "limits", "seeds", "entry", "sources", "data", "output")


def describe(job: Job, result: RunResult, *, lock: Path | None = None) -> dict[str, object]:
    """The record of a run; `lock` is the file that pins the runtime's packages. Values are JSON's."""
    return {
        "format": FORMAT,
        "runtime": {
            "lock_sha256": _sha256_of(lock) if lock is not None and lock.exists() else None,
            "interpreter": interpreter(job.runtime),
        },
        "machine": {
            "processor": processor(),
            "cores": os.cpu_count(),
            "architecture": platform.machine(),
            "kernel": platform.release(),
            "gpus": [device.name for device in gpus.discover()] if job.limits.gpus else [],
        },
        "sandbox": {"backend": result.backend, "control_groups": cgroups.version()},
        "limits": asdict(job.limits),
        "seeds": {"ARENA_SEED": str(job.seed), "PYTHONHASHSEED": "0"},
        "slug": job.slug,
        "entry": job.entry,
        "sources": {name: hashlib.sha256(data).hexdigest() for name, data in sorted(job.sources.items())},
        "data": _data(job.data_dir),
        "output": _output(result.output),
        "result": {
            "verdict": result.verdict.value,
            "exit_code": result.exit_code,
            "signal": result.signal,
            "wall_time_s": result.wall_time_s,
            "cpu_time_s": result.cpu_time_s,
            "peak_memory_bytes": result.peak_memory_bytes,
            "peak_gpu_memory_bytes": result.peak_gpu_memory_bytes,
        },
    }


def differences(one: Mapping[str, object], other: Mapping[str, object]) -> list[str]:
    """Where two records differ in what a result depends on, as `part` or `part.name`.

    >>> differences({"seeds": {"ARENA_SEED": "1"}}, {"seeds": {"ARENA_SEED": "2"}})
    ['seeds.ARENA_SEED']
    """
    found = []
    for part in SAME:
        mine, theirs = one.get(part), other.get(part)
        if isinstance(mine, dict) and isinstance(theirs, dict):
            found += [f"{part}.{name}" for name in sorted({*mine, *theirs}) if mine.get(name) != theirs.get(name)]
        elif mine != theirs:
            found.append(part)
    return found


def python_of(runtime: Path) -> tuple[int, int] | None:
    """The version of the environment's Python, such as (3, 12); None where there is no environment here."""
    try:
        numbers = interpreter(runtime).split()[1].split(".")
        return int(numbers[0]), int(numbers[1])
    except (OSError, ValueError, IndexError):
        return None


def interpreter(runtime: Path) -> str:
    """`CPython 3.11.7`, as the environment's own configuration says."""
    pairs = (line.partition("=") for line in (runtime / "pyvenv.cfg").read_text(encoding="utf-8").splitlines())
    said = {key.strip(): value.strip() for key, _, value in pairs}
    version = said.get("version_info") or said.get("version") or "unknown"
    return f"{said.get('implementation', 'CPython')} {version}"


@functools.lru_cache(maxsize=1)
def processor() -> str:
    """The processor's model, as the kernel names it."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return platform.processor()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "unknown")


def _data(folder: Path) -> dict[str, str]:
    """Hashes of what the program saw. Links are left out: it could not follow them out of the folder."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    return {str(path.relative_to(folder)): _sha256_of(path) for path in files}


def _output(path: Path | None) -> dict[str, object] | None:
    if path is None or not path.exists():
        return None
    return {"name": path.name, "bytes": path.stat().st_size, "sha256": _sha256_of(path)}


def _sha256_of(path: Path) -> str:
    details = path.stat()
    return _hashed(str(path.resolve()), details.st_size, details.st_mtime_ns, details.st_ino)


@functools.lru_cache(maxsize=512)
def _hashed(path: str, size: int, mtime_ns: int, inode: int) -> str:
    """Data sets are large and the same for every submission, so a file that did not change is read once."""
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
