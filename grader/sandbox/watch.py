"""Memory and processor time of a process and its descendants, by polling, where there are no control groups."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path


def tree_memory_bytes(pid: int) -> int:
    """Proportional set size over the whole tree below `pid`; what can't be read counts nothing."""
    total = 0
    for folder in _tree(pid):
        try:
            for line in (folder / "smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    total += int(line.split()[1]) * 1024
        except OSError:
            total += _resident_bytes(folder)
    return total


def tree_cpu_time_s(pid: int) -> float:
    """Processor time of the tree below `pid`: of what lives, and of the dead whose parent waited for them."""
    ticks = 0
    for folder in _tree(pid):
        try:
            # the name, in brackets, may hold spaces; utime, stime, cutime and cstime are fields 14 to 17
            ticks += sum(int(n) for n in (folder / "stat").read_text().rpartition(")")[2].split()[11:15])
        except OSError:
            continue
    return ticks / os.sysconf("SC_CLK_TCK")


def _tree(pid: int) -> Iterator[Path]:
    waiting = [pid]
    while waiting:
        folder = Path(f"/proc/{waiting.pop()}")
        yield folder
        try:
            for task in (folder / "task").iterdir():
                waiting += [int(child) for child in (task / "children").read_text().split()]
        except OSError:
            continue


def _resident_bytes(folder: Path) -> int:
    try:
        return int((folder / "statm").read_text().split()[1]) * 4096
    except (OSError, IndexError):
        return 0
