"""Count and bound a job's memory, processes and CPU with version 1 or 2 control groups, where we may make them.

Version 2 wants a delegated scope, a systemd unit with `Delegate=yes` or a container: the worker moves into its leaf
`mgr`, jobs get leaves under `jobs`. Version 1 wants writable hierarchies, so root.
"""

from __future__ import annotations

import os
import time
import uuid
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from grader.sandbox.keeper import remove_groups

ROOT = Path("/sys/fs/cgroup")
OWN = Path("/proc/self/cgroup")
V1_CONTROLLERS = ("memory", "pids", "cpuacct")
V2_CONTROLLERS = ("memory", "pids", "cpu")
PERIOD_US = 100_000
ABANDONED_S = 3600.0


def version() -> str:
    """`v2`, `v1` or `none`: what this process can really use."""
    if (ROOT / "cgroup.controllers").exists():
        return "v2" if _v2_scope() is not None else "none"
    if all(os.access(ROOT / c, os.W_OK) and (ROOT / c / "tasks").exists() for c in V1_CONTROLLERS):
        return "v1"
    return "none"


def has_exact_peak() -> bool:
    """Whether the kernel itself keeps the highest memory use: version 1 always, version 2 from Linux 5.19."""
    found = version()
    if found == "v2":
        release = os.uname().release.split(".")
        return (int(release[0]), int(release[1].split("-")[0])) >= (5, 19)
    return found == "v1"


def prepare() -> None:
    """Version 2: move what runs in the delegated scope into its leaf `mgr`, and hand its controllers on to `jobs`."""
    scope = _v2_scope() if version() == "v2" else None
    if scope is None:
        return
    jobs = scope / "jobs"
    jobs.mkdir(exist_ok=True)
    if (scope / "cgroup.type").exists() and not set(_words(scope / "cgroup.subtree_control")) >= {"memory", "pids"}:
        manager = scope / "mgr"
        manager.mkdir(exist_ok=True)
        for pid in _words(scope / "cgroup.procs"):
            with suppress(ProcessLookupError):
                (manager / "cgroup.procs").write_text(pid)
    offered = set(_words(scope / "cgroup.controllers"))
    wanted = " ".join(f"+{name}" for name in V2_CONTROLLERS if name in offered)
    for folder in (scope, jobs):
        (folder / "cgroup.subtree_control").write_text(wanted)


def _v2_scope() -> Path | None:
    """The group that we may divide, or None."""
    for line in OWN.read_text().splitlines():
        if line.startswith("0::"):
            own = ROOT / line[3:].lstrip("/")
            scope = own.parent if own.name == "mgr" else own
            may_write = os.access(scope, os.W_OK) and os.access(scope / "cgroup.subtree_control", os.W_OK)
            if may_write and {"memory", "pids"} <= set(_words(scope / "cgroup.controllers")):
                return scope
    return None


def _words(file: Path) -> list[str]:
    try:
        return file.read_text().split()
    except OSError:
        return []


@dataclass(frozen=True)
class Group:
    """One job's groups: a folder per controller in v1, a single one in v2."""

    folders: dict[str, Path]
    is_v2: bool

    @property
    def attach_files(self) -> list[Path]:
        return [folder / "cgroup.procs" for folder in dict.fromkeys(self.folders.values())]

    def memory_bytes(self) -> int:
        return self._number("memory", "memory.current" if self.is_v2 else "memory.usage_in_bytes")

    def peak_memory_bytes(self) -> int:
        """The kernel's own high-water mark, or 0 where it keeps none."""
        return self._number("memory", "memory.peak" if self.is_v2 else "memory.max_usage_in_bytes")

    def cpu_time_s(self) -> float:
        if self.is_v2:
            return self._field("memory", "cpu.stat", "usage_usec") / 1e6
        return self._number("cpuacct", "cpuacct.usage") / 1e9

    def was_out_of_memory(self) -> bool:
        file = "memory.events" if self.is_v2 else "memory.oom_control"
        return self._field("memory", file, "oom_kill") > 0

    def hit_process_limit(self) -> bool:
        return self._field("pids", "pids.events", "max") > 0

    def remove(self) -> None:
        """SIGKILL until nothing is left, then remove the groups. A second call does nothing."""
        remove_groups([str(file.parent) for file in self.attach_files])

    def _number(self, controller: str, file: str) -> int:
        try:
            return int((self.folders[controller] / file).read_text())
        except (OSError, ValueError):
            return 0

    def _field(self, controller: str, file: str, name: str) -> int:
        try:
            lines = (self.folders[controller] / file).read_text().splitlines()
        except OSError:
            return 0
        return next((int(line.split()[1]) for line in lines if line.split()[0] == name), 0)


def create(*, memory_bytes: int, processes: int, cpus: int | None = None) -> Group | None:
    """A new group with its limits written, or None where there are no usable control groups. `cpus` None: no bound."""
    found, name = version(), f"arena-{os.getpid()}-{uuid.uuid4().hex[:8]}"
    if found == "none":
        return None
    bounded = cpus if cpus is not None and cpus < (os.cpu_count() or 1) else None
    if found == "v2":
        scope = _v2_scope()
        assert scope is not None
        folders = dict.fromkeys(V2_CONTROLLERS, scope / "jobs" / name)
    else:
        with_quota = bounded is not None and os.access(ROOT / "cpu", os.W_OK)
        controllers = (*V1_CONTROLLERS, "cpu") if with_quota else V1_CONTROLLERS
        # cpu and cpuacct are often one hierarchy under two names
        folders = {c: (ROOT / c).resolve() / name for c in controllers}
    group = Group(folders, is_v2=found == "v2")
    try:
        for folder in dict.fromkeys(folders.values()):
            folder.mkdir()
        _write_limits(group, memory_bytes=memory_bytes, processes=processes, cpus=bounded)
    except OSError:
        for folder in dict.fromkeys(folders.values()):
            with suppress(OSError):
                folder.rmdir()
        raise
    return group


def clear_abandoned(*, age_s: float = ABANDONED_S) -> int:
    """Remove empty groups older than this: a worker killed between making one and handing it to its keeper left it.

    A group with a process in it can't be removed, so a job that runs for long keeps its own. Returns how many went.
    """
    found, n = version(), 0
    if found == "none":
        return 0
    scope = _v2_scope()
    roots = {scope / "jobs"} if scope else {(ROOT / c).resolve() for c in (*V1_CONTROLLERS, "cpu")}
    for folder in (folder for root in roots for folder in root.glob("arena-*")):
        with suppress(OSError):
            if time.time() - folder.stat().st_mtime > age_s:
                folder.rmdir()
                n += 1
    return n


def _write_limits(group: Group, *, memory_bytes: int, processes: int, cpus: int | None) -> None:
    memory, pids, cpu = group.folders["memory"], group.folders["pids"], group.folders.get("cpu")
    (pids / "pids.max").write_text(str(processes))
    if group.is_v2:
        (memory / "memory.max").write_text(str(memory_bytes))
        if (memory / "memory.swap.max").exists():
            (memory / "memory.swap.max").write_text("0")
        (memory / "memory.oom.group").write_text("1")
        if cpus is not None and (memory / "cpu.max").exists():
            (memory / "cpu.max").write_text(f"{cpus * PERIOD_US} {PERIOD_US}")
        return
    (memory / "memory.limit_in_bytes").write_text(str(memory_bytes))
    with_swap = memory / "memory.memsw.limit_in_bytes"
    if with_swap.exists():
        with_swap.write_text(str(memory_bytes))
    if cpus is not None and cpu is not None:
        (cpu / "cpu.cfs_period_us").write_text(str(PERIOD_US))
        (cpu / "cpu.cfs_quota_us").write_text(str(cpus * PERIOD_US))
