"""bubblewrap's command line for one job, and the files and variables that a program finds in its box."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from grader.sandbox import gpus, seccomp
from grader.sandbox.base import Job, SandboxUnavailable
from grader.sandbox.keeper import BLOCK_FD, FIRST_FD, STAGE, STATUS_FD

BOX = "/kaggle/working"
BASE = "/opt/python"  # where a base interpreter from outside /usr appears
NAMESPACES = (
    "--unshare-user", "--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try",
    "--disable-userns",
)  # fmt: skip
STUDENT = ("--uid", "65534", "--gid", "65534", "--hostname", "arena")
NO_RIGHTS = ("--die-with-parent", "--new-session", "--cap-drop", "ALL", "--clearenv")
SYSTEM = (
    "--ro-bind", "/usr", "/usr", "--symlink", "usr/bin", "/bin", "--symlink", "usr/sbin", "/sbin",
    "--symlink", "usr/lib", "/lib", "--symlink", "usr/lib64", "/lib64",
    "--ro-bind-try", "/etc/ld.so.cache", "/etc/ld.so.cache", "--ro-bind-try", "/etc/alternatives", "/etc/alternatives",
    "--ro-bind-try", "/etc/fonts", "/etc/fonts", "--ro-bind-try", "/etc/localtime", "/etc/localtime",
)  # fmt: skip
# what an administrator installs by hand may hold secrets, and no program of a course needs it
HIDDEN_SYSTEM = ("/usr/local", "/usr/src", "/usr/games")
ETC = {
    "passwd": f"student:x:65534:65534::{BOX}:/bin/sh\n",
    "group": "student:x:65534:\n",
    "hosts": "127.0.0.1 localhost arena\n::1 localhost\n",
}


@dataclass
class Prepared:
    """bubblewrap's arguments, the bytes behind the descriptors they name (11, 12, ...), and the keeper's part."""

    arguments: list[str] = field(default_factory=list)
    held: list[bytes] = field(default_factory=list)
    shown: dict[str, str] = field(default_factory=dict)
    over: dict[str, dict[str, str]] = field(default_factory=dict)

    def hold(self, data: bytes) -> str:
        self.held.append(data)
        return str(FIRST_FD + len(self.held))

    def add(self, *arguments: str) -> None:
        self.arguments += arguments


def base_bin(runtime: Path) -> Path:
    """The folder of the runtime's base interpreter. Raises `SandboxUnavailable` where there is no environment."""
    for line in (runtime / "pyvenv.cfg").read_text(encoding="utf-8").splitlines():
        key, _, value = line.partition("=")
        if key.strip() == "home":
            return Path(value.strip())
    raise SandboxUnavailable(f"{runtime} is no virtual environment: its pyvenv.cfg names no home.")


def prepare(job: Job, *, overlay: bool, counted: bool, gated: bool, devices: Sequence[gpus.Device] = ()) -> Prepared:
    """Everything bubblewrap is told. `counted`: memory is counted by control groups; `gated`: wait for the keeper."""
    made = Prepared()
    made.add(*NAMESPACES, *STUDENT, *NO_RIGHTS, *SYSTEM)
    for place in HIDDEN_SYSTEM:
        if Path(place).is_dir() and not job.limits.gpus:  # a GPU's libraries may lie there
            made.add("--size", "4096", "--tmpfs", place, "--remount-ro", place)
    for name, text in ETC.items():
        made.add("--ro-bind-data", made.hold(text.encode()), f"/etc/{name}")
    made.add("--proc", "/proc", "--dev", "/dev", "--bind", f"{STAGE}/box/shm", "/dev/shm")
    if devices:
        made.add(*gpus.arguments(list(devices)))
    made.add("--remount-ro", "/dev")
    made.add("--bind", f"{STAGE}/box/tmp", "/tmp")
    made.shown["data"] = str(job.data_dir.resolve())
    _add_runtime(made, job.runtime, overlay=overlay)
    made.add("--ro-bind", f"{STAGE}/data", "/data", "--ro-bind", f"{STAGE}/data", f"/kaggle/input/{job.slug}")
    made.add("--bind", f"{STAGE}/box/work", BOX, "--symlink", "/data", f"{BOX}/data")
    for name, data in job.sources.items():
        made.add("--perms", "0644", "--file", made.hold(data), f"{BOX}/{name}")
    for name, value in (variables(job) | (gpus.variables(list(devices)) if devices else {})).items():
        made.add("--setenv", name, value)
    for name, value in runtime_variables(job.runtime).items() if overlay else ():
        made.add("--setenv", name, value)
    made.add("--chdir", BOX, "--remount-ro", "/")
    made.add("--seccomp", made.hold(seccomp.program(deny_uncounted_memory=not counted)))
    made.add("--json-status-fd", str(STATUS_FD))
    if gated:
        made.add("--block-fd", str(BLOCK_FD))
    return made


def _add_runtime(made: Prepared, runtime: Path, *, overlay: bool) -> None:
    """Show the environment as /runtime and its base interpreter, by names that say nothing of the host."""
    named = base_bin(runtime)
    prefix = named.parent.resolve()
    made.shown["runtime"] = str(runtime.resolve())
    made.add("--ro-bind", f"{STAGE}/runtime", "/runtime")
    if prefix == Path("/usr"):
        return
    made.shown["base"] = str(prefix)
    if overlay:
        made.add("--ro-bind", f"{STAGE}/base", BASE)
        program = _interpreter(runtime, prefix)
        made.over["runtime"] = {
            "pyvenv.cfg": f"home = {BASE}/bin\ninclude-system-site-packages = false\n",
            "bin/python": f"-> {BASE}/bin/{program}",
            "bin/python3": "-> python",
            f"bin/{program}": f"-> {BASE}/bin/{program}",
        }
        return
    # without overlays the runtime's own links must lead somewhere
    made.add("--ro-bind", f"{STAGE}/base", str(prefix))
    if named.parent != prefix and not named.is_relative_to("/usr"):
        made.add("--symlink", str(prefix), str(named.parent))


def _interpreter(runtime: Path, prefix: Path) -> str:
    target = (runtime / "bin" / "python").resolve()
    return target.name if target.parent == prefix / "bin" else "python3"


def runtime_variables(runtime: Path) -> dict[str, str]:
    """What a base interpreter shown elsewhere needs to find its own library."""
    return {"LD_LIBRARY_PATH": f"{BASE}/lib"} if _has_shared_library(base_bin(runtime)) else {}


def _has_shared_library(folder: Path) -> bool:
    return folder.resolve() != Path("/usr/bin") and any((folder.parent / "lib").glob("libpython3*.so*"))


def cores(job: Job) -> int:
    """How many processors the job may keep busy."""
    return min(job.limits.cpus or 2, os.cpu_count() or 1)


def variables(job: Job) -> dict[str, str]:
    """The program's whole environment."""
    threads = str(cores(job))
    return {
        "PATH": "/runtime/bin:/usr/bin:/bin", "HOME": BOX, "OUTPUT_DIR": BOX, "DATA_DIR": "/data", "LANG": "C.UTF-8",
        "TMPDIR": "/tmp", "VIRTUAL_ENV": "/runtime", "PYTHONUNBUFFERED": "1", "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONHASHSEED": "0", "ARENA_SEED": str(job.seed), "MPLBACKEND": "Agg", "KERAS_BACKEND": "torch",
        "OMP_NUM_THREADS": threads, "OPENBLAS_NUM_THREADS": threads, "MKL_NUM_THREADS": threads,
        "NUMEXPR_NUM_THREADS": threads, "LOKY_MAX_CPU_COUNT": threads,
        "PYTHON_CPU_COUNT": threads,
    }  # fmt: skip


def bubblewrap_path() -> str:
    """Raises `SandboxUnavailable` where bubblewrap isn't installed."""
    found = shutil.which("bwrap")
    if found is None:
        raise SandboxUnavailable("bubblewrap is missing.")
    return found
