"""Memory of a process and its descendants, by polling, for machines without control groups."""

from __future__ import annotations

from pathlib import Path


def tree_memory_bytes(pid: int) -> int:
    """Proportional set size over the whole tree below `pid`; what can't be read counts nothing."""
    total, waiting = 0, [pid]
    while waiting:
        current = waiting.pop()
        folder = Path(f"/proc/{current}")
        try:
            for line in (folder / "smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    total += int(line.split()[1]) * 1024
        except OSError:
            total += _resident_bytes(folder)
        try:
            for task in (folder / "task").iterdir():
                waiting += [int(child) for child in (task / "children").read_text().split()]
        except OSError:
            continue
    return total


def _resident_bytes(folder: Path) -> int:
    try:
        return int((folder / "statm").read_text().split()[1]) * 4096
    except (OSError, IndexError):
        return 0
