"""Count and bound a job's memory, processes and CPU with version 1 or 2 control groups, where we may make them."""

from __future__ import annotations

import os
import time
import uuid
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

ROOT = Path("/sys/fs/cgroup")
V1_CONTROLLERS = ("memory", "pids", "cpuacct")


def version() -> str:
    """`v2`, `v1` or `none`: what this process can really use."""
    if (ROOT / "cgroup.controllers").exists():
        needed = {"memory", "pids"}
        home = _v2_home()
        if home and needed <= set((home / "cgroup.subtree_control").read_text().split()) and os.access(home, os.W_OK):
            return "v2"
        return "none"
    if all(os.access(ROOT / c, os.W_OK) and (ROOT / c / "tasks").exists() for c in V1_CONTROLLERS):
        return "v1"
    return "none"


def has_exact_peak() -> bool:
    """Whether the kernel itself keeps the highest memory use: version 1 always, version 2 from Linux 5.19."""
    found = version()
    if found == "v2":
        home = _v2_home()
        return home is not None and any(home.glob("*/memory.peak"))
    return found == "v1"


def _v2_home() -> Path | None:
    """The parent of our own group, where a delegated scope keeps the jobs."""
    for line in Path("/proc/self/cgroup").read_text().splitlines():
        if line.startswith("0::"):
            own = ROOT / line[3:].lstrip("/")
            return own.parent if own != ROOT else ROOT
    return None


@dataclass(frozen=True)
class Group:
    """One job's groups: a folder per controller in v1, a single one in v2."""

    folders: dict[str, Path]
    is_v2: bool

    @property
    def attach_files(self) -> list[Path]:
        return [folder / "cgroup.procs" for folder in dict.fromkeys(self.folders.values())]

    def peak_memory_bytes(self) -> int:
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

    def kill(self) -> None:
        """SIGKILL until nothing is left, then remove the groups. A second call does nothing."""
        if not all(file.exists() for file in self.attach_files):
            return
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            pids = {int(p) for f in self.attach_files for p in f.read_text().split()}
            if not pids:
                break
            for pid in pids:
                try:
                    os.kill(pid, 9)
                except ProcessLookupError:
                    continue
            time.sleep(0.005)
        for folder in dict.fromkeys(self.folders.values()):
            for _ in range(200):
                try:
                    folder.rmdir()
                    break
                except OSError:
                    time.sleep(0.005)

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


def create(*, memory_bytes: int, processes: int) -> Group | None:
    """A new group with its limits written, or None where there are no usable control groups."""
    found, name = version(), f"arena-{uuid.uuid4().hex[:12]}"
    if found == "none":
        return None
    home = _v2_home() if found == "v2" else None
    folders = {c: (home or ROOT / c) / name for c in V1_CONTROLLERS}
    group = Group(folders, is_v2=home is not None)
    try:
        for folder in dict.fromkeys(folders.values()):
            folder.mkdir()
        _write_limits(group, memory_bytes=memory_bytes, processes=processes)
    except OSError:
        for folder in dict.fromkeys(folders.values()):
            with suppress(OSError):
                folder.rmdir()
        raise
    return group


def _write_limits(group: Group, *, memory_bytes: int, processes: int) -> None:
    memory, pids = group.folders["memory"], group.folders["pids"]
    (pids / "pids.max").write_text(str(processes))
    if group.is_v2:
        (memory / "memory.max").write_text(str(memory_bytes))
        (memory / "memory.swap.max").write_text("0")
        (memory / "memory.oom.group").write_text("1")
        return
    (memory / "memory.limit_in_bytes").write_text(str(memory_bytes))
    with_swap = memory / "memory.memsw.limit_in_bytes"
    if with_swap.exists():
        with_swap.write_text(str(memory_bytes))
