"""Memory, processor time and tasks of a process and its descendants, by polling, where there are no control groups."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path


def tree_memory_bytes(pid: int, *, on_tmpfs: int = 0) -> int:
    """Proportional set size over the whole tree below `pid`; what can't be read counts nothing.

    `on_tmpfs` are the bytes of the job's files. A mapped file is in both counts, so of these and of the tree's shared
    memory the larger counts.
    """
    private = shared = 0
    for folder in _tree(pid):
        sizes = _sizes(folder)
        shared += sizes.get("Pss_Shmem:", 0)
        private += sizes.get("Pss:", 0) - sizes.get("Pss_Shmem:", 0)
    return private + max(shared, on_tmpfs)


def tree_resident_bytes(pid: int) -> int:
    """Resident memory summed over the tree below `pid`: cheap, and never below what `tree_memory_bytes` says of it."""
    pages = 0
    for folder in _tree(pid):
        try:
            pages += int((folder / "statm").read_text().split()[1])
        except (OSError, IndexError):
            continue
    return pages * os.sysconf("SC_PAGE_SIZE")


def tree_tasks(pid: int) -> int:
    """Processes and threads of the tree below `pid`, with itself."""
    total = 0
    for folder in _tree(pid):
        try:
            total += len(os.listdir(folder / "task"))
        except OSError:
            continue
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


def _sizes(folder: Path) -> dict[str, int]:
    try:
        lines = [line.split() for line in (folder / "smaps_rollup").read_text().splitlines()[1:]]
        return {words[0]: int(words[1]) * 1024 for words in lines}
    except (OSError, ValueError, IndexError):
        try:
            return {"Pss:": int((folder / "statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")}
        except (OSError, IndexError):
            return {}
